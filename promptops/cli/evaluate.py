"""``promptops evaluate``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptops.cli.broken import end_with
from promptops.cli.destination import REPORT_FILE
from promptops.cli.lazy import Cli
from promptops.cli.measures import measured, write_metrics, write_plot
from promptops.cli.options import PROMPT, common, open_workspace, reports, watching
from promptops.cli.output import emit_json, emit_table, emit_text
from promptops.core.canonical import JSON
from promptops.core.counting import counted
from promptops.errors import PromptOpsError

if TYPE_CHECKING:
    from promptops.cli.watch import Watch
    from promptops.evaluation.result import CaseResult
    from promptops.operations.evaluation import Measured
    from promptops.prompts.loader import PromptFile
    from promptops.wiring import Services


@click.command
@click.argument("prompts", nargs=-1, type=PROMPT)
@click.option("--all", "every", is_flag=True, help="Every prompt that names a golden set.")
@click.option("--model", metavar="ID", help="The model; else the workspace's.")
@click.option("--variant", metavar="ID", help="The wording to use; else the prompt's own.")
@click.option("--eval", "eval_id", metavar="ID", help="Which eval of the prompt; else the first.")
@click.option("--repeats", type=click.IntRange(1, 20), default=1, help="Answers for each case.")
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
    prompts: tuple[str, ...],
    every: bool,
    model: str | None,
    variant: str | None,
    eval_id: str | None,
    repeats: int,
    show_cases: bool,
    out: Path | None,
    exit_zero: bool,
    metrics: Path | None,
    plot: Path | None,
    format_: str,
) -> None:
    """Score PROMPTS on their golden sets; what was measured before is not measured again.

    Ends with 1 when a bar of a prompt's eval is not kept; with --all, what cannot be measured stops
    nothing else: it is named at the end, with 2.
    """
    watch = watching(cli)
    services = open_workspace(cli, {"llm.model": model}, watch=watch)
    found: list[Measured] = []
    files, broken = _files(services, prompts, every=every)
    if every and not files:
        watch.remark("no prompt that can be read names a golden set")
    failed: list[PromptOpsError] = [*broken]
    for file in files:
        try:
            found.append(_evaluate(services, watch, file, variant, eval_id, repeats))
        except PromptOpsError as problem:
            if not every:
                raise
            failed.append(problem)
    watch.close()
    if out is not None:
        _write_answers(out, found)
    write_metrics(metrics, _metrics(found))
    write_plot(
        plot,
        ("prompt", "score", "low", "high", "tokens"),
        [
            (
                item.file.prompt.id,
                item.score.estimate,
                item.score.low,
                item.score.high,
                _tokens(item),
            )
            for item in found
        ],
    )
    if format_ == "json":
        emit_json(_document(services, found, failed))
    else:
        for item in found:
            _show(item, show_cases=show_cases)
        emit_text(counted(services.meter.snapshot().calls, "new call"))
    end_with(failed)
    if any(item.below for item in found) and not exit_zero:
        click.get_current_context().exit(1)


def _files(
    services: "Services", prompts: tuple[str, ...], *, every: bool
) -> "tuple[tuple[PromptFile, ...], tuple[PromptOpsError, ...]]":
    if every == bool(prompts):
        raise click.UsageError("name prompts, or --all")
    if prompts:
        return tuple(services.registry.get(prompt) for prompt in prompts), ()
    files, broken = services.registry.load_all()
    return tuple(file for file in files if file.prompt.evals), broken


def _evaluate(
    services: "Services",
    watch: "Watch",
    file: "PromptFile",
    variant: str | None,
    eval_id: str | None,
    repeats: int,
) -> "Measured":
    from promptops.evaluation.target import Target
    from promptops.operations.evaluation import evaluate_prompt

    if variant is not None:
        file.prompt.variant(variant)
    card = services.catalog.get(services.settings.llm.model)
    return evaluate_prompt(
        services,
        file,
        target=Target(model=card.id, variant=variant),
        eval_id=eval_id,
        repeats=repeats,
        progress=watch.of(f"evaluate {file.prompt.id}"),
    )


def _metrics(found: "list[Measured]") -> dict[str, JSON]:
    return {
        item.file.prompt.id: {
            **{name: item.evaluation.mean(name) for name in item.evaluation.metrics},
            "tokens": _tokens(item),
        }
        for item in found
    }


def _write_answers(path: Path, found: "list[Measured]") -> None:
    """Every answer with its scores; no times, so that equal answers give equal bytes."""
    import json

    from promptops.core.files import write_atomic

    document = {
        item.file.prompt.id: {
            "subject": item.evaluation.subject,
            "target": item.evaluation.target.name,
            "inputs": dict(item.evaluation.inputs),
            "cases": [
                {
                    "case": case.case_id,
                    "answer": case.answer,
                    "scores": dict(case.scores),
                    "error": case.error,
                }
                for case in item.evaluation.cases
            ],
        }
        for item in found
    }
    text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False)
    write_atomic(path, text + "\n")


def _tokens(item: "Measured") -> float:
    return item.evaluation.input_tokens_mean + item.evaluation.output_tokens_mean


def _document(
    services: "Services", found: "list[Measured]", failed: list[PromptOpsError]
) -> dict[str, JSON]:
    spent = services.meter.snapshot()
    return {
        "llm_calls": spent.calls,
        "cached_answers": spent.cached_calls,
        "tokens": spent.input_tokens + spent.output_tokens,
        "usd": spent.cost_usd,
        "prompts": [
            {
                "prompt": item.file.prompt.id,
                "version": item.file.prompt.version,
                "subject": item.evaluation.subject,
                "target": item.evaluation.target.name,
                "metric": item.metric,
                "scores": {
                    name: item.evaluation.score(name).to_json() for name in item.evaluation.metrics
                },
                "below": list(item.below),
                "cases": item.evaluation.to_json()["cases"],
            }
            for item in found
        ],
        "errors": [
            {"code": problem.code, "where": problem.where, "message": problem.message}
            for problem in failed
        ],
    }


def _show(item: "Measured", *, show_cases: bool) -> None:
    result = item.evaluation
    emit_text(f"{item.file.prompt.id}@{item.file.prompt.version} on {result.target.name}")
    for name in result.metrics:
        emit_text(f"  {name}  {result.score(name)}  over {counted(len(result.cases), 'case')}")
    emit_text(
        f"  {result.input_tokens_mean:.0f} input and {result.output_tokens_mean:.0f} output "
        f"tokens a call, {result.latency_ms_mean:.0f} ms"
    )
    for line in item.below:
        emit_text(f"  below its bar: {line}")
    if show_cases:
        rows = [
            (c.case_id, *(f"{c.scores.get(name, 0):.2f}" for name in result.metrics), _said(c))
            for c in result.cases
        ]
        emit_table(rows, ("case", *result.metrics, "answer"))


def _said(case: "CaseResult") -> str:
    return f"FAILED {case.error}" if case.error else case.answer
