"""``promptops optimize``."""

from typing import TYPE_CHECKING

import click

from promptops.cli.lazy import Cli
from promptops.cli.options import PROMPT, common, open_workspace, reports, watching
from promptops.cli.output import emit_json, emit_text
from promptops.core.canonical import JSON
from promptops.core.counting import counted

if TYPE_CHECKING:
    from promptops.core.statistics import Interval
    from promptops.operations.optimization import Optimized

_GOALS = ("accuracy", "shorter", "cheaper", "faster", "balanced")


@click.command
@click.argument("prompt", type=PROMPT)
@click.option("--goal", type=click.Choice(_GOALS), help="What better means; else the setting.")
@click.option("--model", metavar="ID", help="The model it is for; else the workspace's.")
@click.option("--eval", "eval_id", metavar="ID", help="Which eval of the prompt; else the first.")
@click.option("--calls", type=click.IntRange(min=0), help="Model calls at most.")
@click.option("--usd", type=click.FloatRange(min=0), help="USD at most.")
@click.option("--minutes", type=click.FloatRange(min=0), help="Minutes at most.")
@click.option("--dry-run", is_flag=True, help="Search and report; write no proposal.")
@reports()
@common
@click.pass_obj
def command(
    cli: Cli,
    prompt: str,
    goal: str | None,
    model: str | None,
    eval_id: str | None,
    calls: int | None,
    usd: float | None,
    minutes: float | None,
    dry_run: bool,
    format_: str,
) -> None:
    """Search for a better version of PROMPT and prove it on held-out cases.

    Writes a proposal when one is better beyond chance; changes no prompt. Ends with 0 either way.
    """
    from promptops.operations.optimization import optimize_prompt

    watch = watching(cli)
    services = open_workspace(cli, {"llm.model": model}, watch=watch)
    found = optimize_prompt(
        services,
        services.registry.get(prompt),
        goal=goal,
        eval_id=eval_id,
        calls=calls,
        usd=usd,
        minutes=minutes,
        propose=not dry_run,
    )
    watch.close()
    spent = services.meter.snapshot()
    if format_ == "json":
        cost = {"tokens": spent.input_tokens + spent.output_tokens, "usd": spent.cost_usd}
        emit_json({**_document(found), "llm_calls": spent.calls, **cost})
        return
    result = found.result
    emit_text(f"{result.prompt_id}: {result.verdict}")
    emit_text(f"  {result.reason}")
    for name, score in _scores(found).items():
        emit_text(f"  {found.metric} {name:6} {score}")
    if result.comparison:
        emit_text(f"  difference  {result.comparison.difference} on held-out cases")
    emit_text(f"  {counted(spent.calls, 'new call')}")
    if found.proposal:
        emit_text(f"Look at it: promptops proposals show {found.proposal.id}")


def _scores(found: "Optimized") -> "dict[str, Interval]":
    both = (("before", found.result.base), ("after", found.result.best))
    return {name: each.score(found.metric) for name, each in both if each is not None}


def _document(found: "Optimized") -> dict[str, JSON]:
    result = found.result
    return {
        "prompt": result.prompt_id,
        "verdict": result.verdict,
        "reason": result.reason,
        "metric": found.metric,
        **{name: score.to_json() for name, score in _scores(found).items()},
        "difference": result.comparison.difference.to_json() if result.comparison else None,
        "proposal": found.proposal.id if found.proposal else None,
    }
