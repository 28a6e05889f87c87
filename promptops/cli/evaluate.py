"""``promptops evaluate``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from promptops.cli.broken import end_with
from promptops.cli.destination import REPORT_FILE
from promptops.cli.evaluate_report import (
    Found,
    document,
    show,
    show_plans,
    unmeasured,
    write_answers,
    write_numbers,
)
from promptops.cli.lazy import Cli
from promptops.cli.measures import measured
from promptops.cli.options import PROMPT, common, open_workspace, reports, watching
from promptops.cli.output import emit_json, emit_text
from promptops.core.counting import counted
from promptops.errors import PromptOpsError

if TYPE_CHECKING:
    from promptops.cli.watch import Watch
    from promptops.evaluation.target import Target
    from promptops.operations.evaluation_planning import Planned
    from promptops.prompts.loader import PromptFile
    from promptops.wiring import Services

T = TypeVar("T")


@click.command
@click.argument("prompts", nargs=-1, type=PROMPT)
@click.option("--all", "every", is_flag=True, help="Every prompt that names a golden set.")
@click.option("--model", metavar="ID", help="The model; else the workspace's.")
@click.option("--variant", metavar="ID", help="The wording to use; else the prompt's own.")
@click.option("--eval", "eval_id", metavar="ID", help="Which eval of the prompt; else the first.")
@click.option("--repeats", type=click.IntRange(1, 20), default=1, help="Answers for each case.")
@click.option("--plan", is_flag=True, help="Call nothing: tell what it takes and can show.")
@click.option("--against", metavar="OTHER", help="Compare with a variant, prompt or git revision.")
@click.option("--budget", metavar="LIMITS", help="Such as calls=500,usd=2,minutes=10.")
@click.option("--skip-broken-rows", is_flag=True, help="Leave broken rows of a golden set out.")
@click.option("--cases", "show_cases", is_flag=True, help="Show every case with its answer.")
@click.option(
    "--out", type=REPORT_FILE, metavar="FILE", help="Write answers and scores as JSON too."
)
@click.option("--exit-zero", is_flag=True, help="End with 0 even when a bar is not kept.")
@measured
@reports()
@common
@click.pass_obj
def command(
    cli: Cli,
    /,
    prompts: tuple[str, ...],
    every: bool,
    model: str | None,
    budget: str | None,
    plan: bool,
    exit_zero: bool,
    format_: str,
    out: Path | None,
    metrics: Path | None,
    plot: Path | None,
    show_cases: bool,
    **how: Any,
) -> None:
    """Score PROMPTS on their golden sets; what was measured before is not measured again.

    Ends with 1 when a bar of a prompt's eval is not kept, with 2 when a case could not be measured;
    with --all, what cannot be measured stops nothing else: it is named at the end, with 2.
    """
    from promptops.cli.run import parse_budget

    watch = watching(cli)
    limits = parse_budget(budget)
    services = open_workspace(cli, {"llm.model": model}, watch=watch)
    if limits:
        from promptops.llm.metered import Budget

        services.budget = Budget(
            calls=int(limits["calls"]) if "calls" in limits else None,
            usd=limits.get("usd"),
            minutes=limits.get("minutes"),
        )
    files, broken = _files(services, prompts, every=every)
    if every and not files:
        watch.remark("no prompt that can be read names a golden set")
    run = _Run(services=services, watch=watch, how=_How(**how), failed=[*broken])
    if plan and run.how.against:
        raise click.UsageError("--plan tells of one wording: leave --against out")
    if plan:
        show_plans(run.over(files, _plan, every=every), format_)
        end_with(run.failed)
        return
    found = run.over(files, _evaluate, every=every)
    watch.close()
    if out is not None:
        write_answers(out, found)
    write_numbers(found, metrics, plot)
    if format_ == "json":
        emit_json(document(services, found, run.failed))
    else:
        for item in found:
            show(item, show_cases=show_cases)
        emit_text(counted(services.meter.snapshot().calls, "new call"))
    end_with([*run.failed, *(problem for item in found for problem in unmeasured(item))])
    if any(item.measured.below for item in found) and not exit_zero:
        click.get_current_context().exit(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _How:
    """How each prompt is measured, from the options."""

    variant: str | None
    eval_id: str | None
    repeats: int
    against: str | None
    skip_broken_rows: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    services: "Services"
    watch: "Watch"
    how: _How
    failed: list[PromptOpsError]

    def over(
        self,
        files: "Sequence[PromptFile]",
        do: "Callable[[_Run, PromptFile], T]",
        *,
        every: bool,
    ) -> "list[T]":
        """What was done with each prompt; with ``every`` a failure stops nothing else."""
        found = []
        for file in files:
            try:
                found.append(do(self, file))
            except PromptOpsError as problem:
                if not every:
                    raise
                self.failed.append(problem)
        return found

    def target(self, file: "PromptFile") -> "Target":
        """What a prompt runs on."""
        from promptops.evaluation.target import Target

        if self.how.variant is not None:
            file.prompt.variant(self.how.variant)
        card = self.services.catalog.get(self.services.settings.llm.model)
        return Target(model=card.id, variant=self.how.variant)


def _files(
    services: "Services", prompts: tuple[str, ...], *, every: bool
) -> "tuple[tuple[PromptFile, ...], tuple[PromptOpsError, ...]]":
    if every == bool(prompts):
        raise click.UsageError("name prompts, or --all")
    if prompts:
        return tuple(services.registry.get(prompt) for prompt in prompts), ()
    files, broken = services.registry.load_all()
    return tuple(file for file in files if file.prompt.evals), broken


def _evaluate(run: _Run, file: "PromptFile") -> Found:
    from promptops.operations.evaluation import evaluate_prompt
    from promptops.operations.evaluation_planning import evaluate_against, find_wording

    how = run.how
    # Found before the first call: a wrong name costs nothing.
    wording = find_wording(run.services, file, how.against) if how.against else None
    measured = evaluate_prompt(
        run.services,
        file,
        target=run.target(file),
        eval_id=how.eval_id,
        repeats=how.repeats,
        progress=run.watch.of(f"evaluate {file.prompt.id}"),
        skip_broken_rows=how.skip_broken_rows,
    )
    for row in measured.skipped:
        run.watch.remark(f"skipped {row}")
    if wording is None:
        return Found(measured=measured)
    against = evaluate_against(
        run.services,
        measured,
        wording,
        eval_id=how.eval_id,
        repeats=how.repeats,
        progress=run.watch.of(f"evaluate {wording.name}"),
    )
    return Found(measured=measured, against=against)


def _plan(run: _Run, file: "PromptFile") -> "Planned":
    from promptops.operations.evaluation_planning import plan_evaluation

    planned = plan_evaluation(
        run.services,
        file,
        target=run.target(file),
        eval_id=run.how.eval_id,
        repeats=run.how.repeats,
        skip_broken_rows=run.how.skip_broken_rows,
    )
    for row in planned.skipped:
        run.watch.remark(f"skipped {row}")
    return planned
