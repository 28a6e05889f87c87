"""``promptops optimize``."""

import click

from promptops.cli.lazy import Cli
from promptops.cli.options import (
    PROMPT,
    FiniteRange,
    common,
    open_workspace,
    reports,
    watching,
)
from promptops.cli.output import emit_json

_GOALS = ("accuracy", "shorter", "cheaper", "faster", "balanced")
_MOST = 10**9  # of calls and tokens
_LARGEST_SEED = 2**53 - 1  # what every reader of JSON takes for the same number


class Weights(click.ParamType[dict[str, float]]):
    """``accuracy=1,tokens=0.2``: what counts how much."""

    name = "weights"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[str, float]:
        """Read the pairs."""
        if isinstance(value, dict):
            return value
        found: dict[str, float] = {}
        for part in str(value).split(","):
            name, equals, number = part.partition("=")
            try:
                weight = float(number)
            except ValueError:
                weight = -1.0
            if not equals or not name.strip() or not 0 <= weight < float("inf"):
                self.fail(f'"{part}" is not NAME=NUMBER with a number from 0 on', param, ctx)
            if name.strip() in found:
                self.fail(f'"{name.strip()}" is named twice', param, ctx)
            found[name.strip()] = weight
        return found


class Names(click.ParamType[tuple[str, ...]]):
    """``a,b``: names, each once."""

    name = "names"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Read the names."""
        if isinstance(value, tuple):
            return value
        names = [name.strip() for name in str(value).split(",")]
        if not all(names) or len(set(names)) < len(names):
            self.fail(f'"{value}" is not a list of different names', param, ctx)
        return tuple(names)


@click.command
@click.argument("prompt", type=PROMPT)
@click.option("--goal", type=click.Choice(_GOALS), help="What better means; else the setting.")
@click.option(
    "--weights",
    type=Weights(),
    metavar="NAME=NUMBER,…",
    help="What better means in weights (accuracy=1,tokens=0.2), instead of --goal.",
)
@click.option("--model", metavar="ID", help="The model it is for; else the workspace's.")
@click.option("--variant", metavar="ID", help="The wording to improve; else the prompt's own.")
@click.option("--eval", "eval_id", metavar="ID", help="Which eval of the prompt; else the first.")
@click.option("--calls", type=click.IntRange(0, _MOST), help="Model calls at most.")
@click.option("--tokens", type=click.IntRange(0, _MOST), help="Tokens at most, in and out.")
@click.option("--usd", type=FiniteRange(min=0), help="USD at most.")
@click.option("--minutes", type=FiniteRange(min=0), help="Minutes at most.")
@click.option("--proposers", type=Names(), metavar="A,B", help="Who proposes; else all of ours.")
@click.option(
    "--margin",
    type=FiniteRange(0, 1, min_open=True, max_open=True),
    help="Largest loss of score that counts as none.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, _LARGEST_SEED),
    help="Seed of every choice; else the setting.",
)
@click.option("--dry-run", is_flag=True, help="Search and report; write no proposal.")
@reports()
@common
@click.pass_obj
def command(
    cli: Cli,
    prompt: str,
    goal: str | None,
    weights: dict[str, float] | None,
    model: str | None,
    variant: str | None,
    eval_id: str | None,
    calls: int | None,
    tokens: int | None,
    usd: float | None,
    minutes: float | None,
    proposers: tuple[str, ...] | None,
    margin: float | None,
    seed: int | None,
    dry_run: bool,
    format_: str,
) -> None:
    """Search for a better version of PROMPT and prove it on held-out cases.

    Says first what its cases can show. Writes a proposal when one is better beyond chance; changes
    no prompt. Ends with 0 either way: "no safe improvement found" is an answer.
    """
    from promptops.cli.optimize_report import show
    from promptops.evaluation.target import Target
    from promptops.operations.optimization import optimize_prompt

    if goal is not None and weights is not None:
        raise click.UsageError("give --goal or --weights, not both")
    watch = watching(cli)
    services = open_workspace(cli, {"llm.model": model}, watch=watch)
    file = services.registry.get(prompt)
    if variant is not None:
        file.prompt.variant(variant)
    card = services.catalog.get(services.settings.llm.model)
    found = optimize_prompt(
        services,
        file,
        goal=goal,
        weights=weights,
        target=Target(model=card.id, variant=variant),
        eval_id=eval_id,
        calls=calls,
        tokens=tokens,
        usd=usd,
        minutes=minutes,
        proposers=proposers,
        margin=margin,
        seed=seed,
        propose=not dry_run,
    )
    watch.close()
    spent = services.meter.snapshot()
    if format_ == "json":
        cost = {"tokens": spent.input_tokens + spent.output_tokens, "usd": spent.cost_usd}
        emit_json({**found.to_json(), "llm_calls": spent.calls, **cost})
    else:
        show(found, new_calls=spent.calls, proposed=not dry_run)
