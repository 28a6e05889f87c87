"""``promptops route``."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptops.cli.lazy import Cli
from promptops.cli.measures import measured, write_metrics, write_plot
from promptops.cli.options import PROMPT, common, open_workspace, reports, watching
from promptops.cli.output import emit_json, emit_table, emit_text
from promptops.core.canonical import JSON
from promptops.core.counting import counted

if TYPE_CHECKING:
    from promptops.operations.routing import Recalibrated
    from promptops.routing.decision import Decision


@click.group
def command() -> None:
    """Explain routing, recalibrate it, look at the run log."""


@command.command()
@click.argument("prompt", type=PROMPT)
@reports()
@common
@click.pass_obj
def explain(cli: Cli, prompt: str, format_: str) -> None:
    """Tell which targets would be tried for PROMPT, in which order, and why.

    Ends with 1 when every target breaks a constraint.
    """
    from promptops.errors import PolicyError
    from promptops.operations.routing import cards_for, load_estimates, policies
    from promptops.routing.ask import ask_for
    from promptops.routing.decision import decide
    from promptops.routing.loading import policy_for

    services = open_workspace(cli)
    file = services.registry.get(prompt)
    ask = ask_for(file.prompt, area=services.registry.area(file))
    policy = policy_for(policies(services), ask)
    if policy is None:
        raise PolicyError(
            f'no routing policy speaks for "{file.prompt.id}"',
            where=str(services.workspace.policies),
            hint="add its area or id to the applies_to of one",
        )
    decision = decide(policy, cards_for(services, policy), load_estimates(services, policy), ask)
    if format_ == "json":
        emit_json(_decision_json(decision))
    else:
        emit_text(f"{file.prompt.id} by {decision.policy}")
        rows = [
            (str(place), item.target.name, str(item.standing), item.reason)
            for place, item in enumerate(decision.order, start=1)
        ]
        rows += [
            ("-", item.target.name, f"ruled out by {item.constraint}", item.reason)
            for item in decision.rejected
        ]
        emit_table(rows, ("", "target", "standing", "why"))
        if not decision.estimates_digest:
            emit_text("Nothing is measured yet: run `promptops route recalibrate`.")
    if decision.chosen is None:
        click.get_current_context().exit(1)


@command.command()
@click.option("--report-only", is_flag=True, help="Leave the estimates in force as they are.")
@measured
@reports()
@common
@click.pass_obj
def recalibrate(
    cli: Cli, report_only: bool, metrics: Path | None, plot: Path | None, format_: str
) -> None:
    """Learn from logged runs which target should answer what."""
    from promptops.operations.routing import recalibrate_policies

    services = open_workspace(cli)
    found = recalibrate_policies(services, apply=not report_only)
    write_metrics(metrics, {item.policy.metadata.name: _numbers(item) for item in found})
    cells = [
        (cell.key, cell.target, cell.quality, cell.quality_lcb, cell.tokens, cell.runs)
        for item in found
        for cell in item.estimates.cells
        if cell.level == "prompt"
    ]
    write_plot(plot, ("prompt", "target", "quality", "at_least", "tokens", "runs"), cells)
    if format_ == "json":
        emit_json(
            [
                {
                    **item.report.to_json(),
                    "runs": item.estimates.rows,
                    "as_of": item.estimates.as_of,
                    "applied": not report_only,
                }
                for item in found
            ]
        )
        return
    if not found:
        emit_text("This workspace has no routing policy.")
    for item in found:
        emit_text(
            f"{item.policy.name}: {counted(item.estimates.rows, 'run')}, "
            f"the target changes for {len(item.report.changed)} of "
            f"{counted(len(item.report.choices), 'prompt')}"
        )
        rows = [
            (c.prompt_id, c.before, c.after, c.verdict, c.difference, c.reason)
            for c in item.report.choices
        ]
        emit_table(rows, ("prompt", "before", "now", "verdict", "difference", "why"))


@command.command()
@click.option("--prompt", "prompts", multiple=True, type=PROMPT, help="Only this prompt; again.")
@click.option("--last", type=click.IntRange(min=1), default=20, show_default=True, help="How many.")
@reports()
@common
@click.pass_obj
def log(cli: Cli, prompts: tuple[str, ...], last: int, format_: str) -> None:
    """Show the newest logged runs."""
    from promptops.core.clock import iso

    services = open_workspace(cli)
    rows = [row for row in services.run_log.records() if not prompts or row.prompt_id in prompts]
    shown = rows[-last:]
    if format_ == "json":
        emit_json(
            [
                {name: getattr(row, name) for name in type(row).__dataclass_fields__}
                | {"at": iso(row.at)}
                for row in shown
            ]
        )
        return
    emit_table(
        [
            (
                iso(row.at),
                row.prompt_id,
                row.target,
                row.input_tokens + row.output_tokens,
                f"{row.latency_ms:.0f}",
                None if row.quality is None else f"{row.quality:.2f}",
                row.error or "",
            )
            for row in shown
        ],
        ("at", "prompt", "target", "tokens", "ms", "quality", "error"),
        right=(3, 4, 5),
    )
    emit_text(f"{len(shown)} of {counted(len(rows), 'run')}")


@command.command()
@click.option("--only", multiple=True, type=PROMPT, metavar="PROMPT", help="Only this one; again.")
@common
@click.pass_obj
def collect(cli: Cli, only: tuple[str, ...]) -> None:
    """Run prompts on every target of their policy over their golden sets, and log each call.

    How a workspace without live traffic gets its first log.
    """
    from promptops.operations.routing import collect_runs

    watch = watching(cli)
    services = open_workspace(cli, watch=watch)
    path = collect_runs(services, only=only, progress=watch.of("collect"))
    watch.close()
    emit_text(str(path) if path else "There was nothing to run.")


def _numbers(item: "Recalibrated") -> dict[str, JSON]:
    """What holds whatever was in force before: runs, and prompts by the target they would get."""
    chosen = Counter(choice.after or "no route" for choice in item.report.choices)
    return {"runs": item.estimates.rows, "prompts": dict(chosen)}


def _decision_json(decision: "Decision") -> dict[str, JSON]:
    return {
        "prompt": decision.prompt_id,
        "policy": decision.policy,
        "policy_digest": decision.policy_digest,
        "estimates": decision.estimates_digest,
        "evidence_limited": decision.evidence_limited,
        "order": [
            {
                "target": item.target.name,
                "standing": item.standing,
                "score": item.score,
                "reason": item.reason,
            }
            for item in decision.order
        ],
        "rejected": [
            {
                "target": item.target.name,
                "constraint": item.constraint,
                "reason": item.reason,
            }
            for item in decision.rejected
        ],
    }
