"""``promptops regress``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptops.cli.lazy import Cli
from promptops.cli.measures import measured, write_metrics, write_plot
from promptops.cli.options import PROMPT, FiniteRange, common, open_workspace, reports, watching
from promptops.cli.output import emit_json, emit_table, emit_text
from promptops.core.canonical import JSON

if TYPE_CHECKING:
    from promptops.operations.regression import Regressed


@click.command
@click.argument("prompts", nargs=-1, type=PROMPT)
@click.option("--kb", default="", metavar="NAME", help="Only prompts that read this one.")
@click.option("--model", metavar="ID", help="The model; else the workspace's.")
@click.option("--margin", type=FiniteRange(0, 1), help="Loss of score that is no loss.")
@click.option("--dry-run", is_flag=True, help="Compare and report; write no proposal.")
@click.option("--cases", "show_cases", is_flag=True, help="Show every case that changed.")
@click.option("--exit-zero", is_flag=True, help="End with 0 even when a prompt regressed.")
@measured
@reports()
@common
@click.pass_obj
def command(
    cli: Cli,
    prompts: tuple[str, ...],
    kb: str,
    model: str | None,
    margin: float | None,
    dry_run: bool,
    show_cases: bool,
    exit_zero: bool,
    metrics: Path | None,
    plot: Path | None,
    format_: str,
) -> None:
    """Compare prompts that retrieve on the knowledge base they are bound to and on the present one.

    All of them when none are named. Where the present version is no worse, binding the prompt to it
    is proposed. Ends with 1 when a prompt regressed.
    """
    from promptops.operations.regression import bound_to, regress_prompt

    watch = watching(cli)
    services = open_workspace(cli, {"llm.model": model, "retrieval.margin": margin}, watch=watch)
    found = [
        regress_prompt(services, services.registry.get(prompt), propose=not dry_run)
        for prompt in prompts or bound_to(services, kb)
    ]
    watch.close()
    write_metrics(metrics, {item.prompt_id: _numbers(item) for item in found})
    write_plot(
        plot,
        ("prompt", "fixed", "broken", "difference"),
        [
            (
                item.prompt_id,
                item.fixed,
                item.broken,
                item.difference.estimate if item.difference else 0.0,
            )
            for item in found
        ],
    )
    if format_ == "json":
        emit_json([_document(item) for item in found])
    else:
        _show(found, show_cases=show_cases)
    if any(item.verdict == "REGRESSED" for item in found) and not exit_zero:
        click.get_current_context().exit(1)


def _numbers(item: "Regressed") -> dict[str, JSON]:
    return {
        "cases": item.cases,
        "fixed": item.fixed,
        "broken": item.broken,
        "reran": item.reran,
        "difference": item.difference.estimate if item.difference else 0.0,
        **(
            {f"score_{arm}": mean for arm, mean in item.result.scores.items()}
            if item.result
            else {}
        ),
    }


def _document(item: "Regressed") -> dict[str, JSON]:
    return {
        "prompt": item.prompt_id,
        "kb": item.kb,
        "old": item.old,
        "new": item.new,
        "verdict": item.verdict,
        "cases": item.cases,
        "fixed": item.fixed,
        "broken": item.broken,
        "reran": item.reran,
        "difference": item.difference.to_json() if item.difference else None,
        "note": item.note,
        "proposal": item.proposal.id if item.proposal else None,
        "result": item.result.to_json() if item.result else None,
    }


def _versions(item: "Regressed") -> str:
    if not item.old or item.old == item.new:
        return f"{item.kb} {item.new}"
    return f"{item.kb} {item.old} -> {item.new}"


def _show(found: "list[Regressed]", *, show_cases: bool) -> None:
    if not found:
        emit_text("No prompt with golden cases retrieves.")
        return
    rows = [
        (
            item.prompt_id,
            _versions(item),
            item.verdict,
            item.cases,
            item.fixed,
            item.broken,
            item.reran,
            item.difference,
            item.note,
        )
        for item in found
    ]
    emit_table(
        rows,
        ("prompt", "kb", "verdict", "cases", "fixed", "broken", "ran", "difference", "note"),
        right=(3, 4, 5, 6),
    )
    for item in found:
        if show_cases and item.result:
            changed = [case for case in item.result.cases if case.verdict != "ok"]
            emit_text(f"\n{item.prompt_id}")
            emit_table(
                [(case.case_id, case.verdict, case.blame, case.reason) for case in changed],
                ("case", "verdict", "blame", "why"),
            )
        if item.proposal:
            emit_text(f"Look at it: promptops proposals show {item.proposal.id}")
