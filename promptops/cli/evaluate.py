"""``promptops evaluate``."""

import click

from promptops.cli.lazy import Cli
from promptops.cli.options import PROMPT, common, open_workspace, reports, watching
from promptops.cli.output import emit_json, emit_table, emit_text
from promptops.core.canonical import JSON


@click.command
@click.argument("prompt", type=PROMPT)
@click.option("--model", metavar="ID", help="The model; else the workspace's.")
@click.option("--variant", metavar="ID", help="The wording to use; else the prompt's own.")
@click.option(
    "--eval", "eval_id", metavar="ID", help="Which of the prompt's evals; else the first."
)
@click.option("--repeats", type=click.IntRange(1, 20), default=1, help="Answers for each case.")
@click.option("--cases", "show_cases", is_flag=True, help="Show every case with its answer.")
@reports()
@common
@click.pass_obj
def command(
    cli: Cli,
    prompt: str,
    model: str | None,
    variant: str | None,
    eval_id: str | None,
    repeats: int,
    show_cases: bool,
    format_: str,
) -> None:
    """Score PROMPT on its golden set; what was measured before is not measured again.

    Ends with 1 when a bar of the prompt's eval is not kept.
    """
    from promptops.cli.finding import find_prompt
    from promptops.evaluation.target import Target
    from promptops.operations.evaluation import evaluate_prompt

    watch = watching(cli)
    services = open_workspace(cli, {"llm.model": model}, watch=watch)
    file = find_prompt(services, prompt)
    if variant is not None:
        file.prompt.variant(variant)
    target = Target(model=services.catalog.get(services.settings.llm.model).id, variant=variant)
    measured = evaluate_prompt(
        services,
        file,
        target=target,
        eval_id=eval_id,
        repeats=repeats,
        progress=watch.of(f"evaluate {file.prompt.id}"),
    )
    watch.close()
    result = measured.evaluation
    spent = services.meter.snapshot()
    if format_ == "json":
        document: dict[str, JSON] = {
            "prompt": file.prompt.id,
            "version": file.prompt.version,
            "subject": result.subject,
            "target": result.target.name,
            "metric": measured.metric,
            "scores": {name: result.score(name).to_json() for name in result.metrics},
            "cases": result.to_json()["cases"],
            "below": list(measured.below),
            "llm_calls": spent.calls,
            "tokens": spent.input_tokens + spent.output_tokens,
            "usd": spent.cost_usd,
        }
        emit_json(document)
    else:
        emit_text(f"{file.prompt.id}@{file.prompt.version} on {result.target.name}")
        for name in result.metrics:
            emit_text(f"  {name}  {result.score(name)}  over {len(result.cases)} cases")
        emit_text(
            f"  {result.input_tokens_mean:.0f} input and {result.output_tokens_mean:.0f} output "
            f"tokens a call, {result.latency_ms_mean:.0f} ms, {spent.calls} new calls"
        )
        if show_cases:
            rows = [
                (c.case_id, *(f"{value:.2f}" for value in c.scores.values()), c.error or c.answer)
                for c in result.cases
            ]
            emit_table(rows, ("case", *result.metrics, "answer"))
        for line in measured.below:
            emit_text(f"  below its bar: {line}")
    if measured.below:
        click.get_current_context().exit(1)
