"""The whole job of a night, over every prompt of a workspace.

Contracts, lint, groups, evaluation, optimization, rewrites, knowledge-base regression, routing,
candidate pack, report. What one prompt's step fails at stops that prompt only.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from prefect import flow
from prefect.artifacts import create_link_artifact, create_table_artifact
from prefect.futures import PrefectFuture
from prefect.runtime import flow_run
from prefect.task_runners import ThreadPoolTaskRunner

from promptops.operations.night import FATAL, Night, open_night
from promptops.reporting.night import NightReport
from tasks.clustering import cluster
from tasks.data import check_contracts
from tasks.evaluation import evaluate, plan
from tasks.limits import llm_slot
from tasks.linting import lint
from tasks.optimization import optimize
from tasks.packing import build_pack
from tasks.regression import regress
from tasks.rewriting import rewrite
from tasks.routing import recalibrate
from tasks.tracking import record, write_report

_AT_ONCE = 4


def _name() -> str:
    return f"night of {flow_run.get_scheduled_start_time():%Y-%m-%d %H:%M}"


@flow(
    name="nightly",
    flow_run_name=_name,
    task_runner=ThreadPoolTaskRunner(max_workers=_AT_ONCE),
    validate_parameters=False,
)
def nightly(
    workspace: str,
    only: Sequence[str] = (),
    calls: int | None = None,
    usd: float | None = None,
    minutes: float | None = None,
    dry_run: bool = False,
) -> NightReport:
    """Run the night.

    Args:
        workspace: The workspace's folder.
        only: Prompt references; every prompt when empty.
        calls: Model calls that may be made; the workspace's setting when None.
        usd: USD that may be spent.
        minutes: Minutes after which no new work is begun.
        dry_run: Call no model, write no proposal, report or score; tell what would be measured.
    """
    night = open_night(workspace, only=only, calls=calls, usd=usd, minutes=minutes, dry_run=dry_run)
    _inspect(night)
    if dry_run:
        _plan(night)
        return night.report()
    with llm_slot(workspace):
        _measure(night)
        _improve(night)
    _release(night)
    return _finish(night)


def _inspect(night: Night) -> None:
    """What needs no model: data contracts, lint, groups."""
    with night.step("contracts") as step:
        step.note = night.checked(check_contracts(night.workspace))
    with night.step("lint") as step:
        step.note = night.linted(lint(night.workspace))
    with night.step("cluster") as step:
        step.note = night.clustered(cluster(night.workspace))


def _plan(night: Night) -> None:
    with night.step("evaluate") as step:
        for ref, calls in _each(night, "evaluate", night.measurable(), plan):
            night.planned(ref, calls)
        step.note = night.plan_note


def _measure(night: Night) -> None:
    with night.step("evaluate") as step:
        for ref, measured in _each(night, "evaluate", night.measurable(), evaluate):
            night.evaluated(ref, measured)
        step.note = night.evaluation_note


def _improve(night: Night) -> None:
    with night.step("optimize") as step:
        for ref, result in _each(night, "optimize", night.worst_and_dearest(), optimize):
            night.optimized(ref, result)
        step.note = night.optimization_note
    with night.step("rewrite") as step:
        for ref, rewritten in _each(night, "rewrite", night.to_rewrite(), rewrite):
            night.rewritten(ref, rewritten)
        step.note = night.rewrite_note
    with night.step("regression") as step:
        for ref, result in _each(night, "regression", night.retrieving(), regress):
            night.regressed(ref, result)
        step.note = night.regression_note


def _release(night: Night) -> None:
    with night.step("routing") as step:
        step.note = night.recalibrated(recalibrate(night.workspace))
    with night.step("pack") as step:
        if night.defines_a_pack:
            step.note = night.packed(build_pack(night.workspace))
        else:
            step.status, step.note = "skipped", "no pack is defined"


def _finish(night: Night) -> NightReport:
    """Write the report, mirror the night in MLflow, and leave links in Prefect."""
    with night.step("record") as step:
        step.note = night.recorded(record(night.workspace, night))
    report: NightReport = write_report(night.workspace, night.report())
    create_table_artifact(
        key="prompts",
        table=[
            {
                "prompt": row.id,
                "findings": row.errors + row.warnings + row.infos,
                "score": str(row.score or ""),
                "verdict": row.verdict,
            }
            for row in report.prompts
        ],
        description="Every prompt of the night",
    )
    if report.report_path is not None:
        create_link_artifact(
            key="report", link=report.report_path.as_uri(), link_text="The report of this night"
        )
    return report


def _each(night: Night, step: str, refs: Iterable[str], job: Any) -> Iterator[tuple[str, Any]]:
    """Submit a task for each prompt; yield what came back; note what failed and go on."""
    waiting: list[tuple[str, PrefectFuture[Any]]] = [
        (ref, job.submit(night.workspace, ref)) for ref in refs
    ]
    for ref, future in waiting:
        try:
            yield ref, future.result()
        except FATAL:
            raise
        except Exception as problem:  # noqa: BLE001 - a bug in one prompt's step stops that prompt only
            night.failed(step, ref, problem)
