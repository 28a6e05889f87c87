"""Mirror what was measured in MLflow, and keep the night's report.

The evidence store is the truth; MLflow is where people compare. Which measurements were written
there is evidence itself, so a night that was killed before this step is written by the next one,
once.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from promptops.core.clock import iso
from promptops.core.files import write_atomic
from promptops.evaluation.result import Evaluation
from promptops.operations.evaluation import Measured
from promptops.operations.lint_sweep import lint_metrics
from promptops.operations.optimization_tracking import (
    compared_runs,
    evaluation_metrics,
    mark,
    per_case,
    record_optimization,
    tracked,
)
from promptops.packs.build import Pack
from promptops.reporting.night import NightReport, PromptRow, rows_json
from promptops.tracking.evidence import evidence_key
from promptops.tracking.tracker import TrackedRun
from promptops.wiring import Services

if TYPE_CHECKING:
    from promptops.operations.night import Night
    from promptops.operations.optimization import Optimized


def experiment(services: Services, name: str) -> str:
    """The MLflow experiment of a workspace's nights or packs."""
    return f"{services.settings.general.name} {name}"


def record_night(services: Services, night: "Night") -> dict[str, str]:
    """Write the night as a run, with a run for each prompt measured and each variant tried.

    Returns:
        Links: ``mlflow_ui`` (the command that opens the UI), ``mlflow_run`` (the night's page),
        ``mlflow_compare`` (old and new wordings side by side, when something improved), ``note``
        (how many runs were written).
    """
    report = night.report()
    rows = {row.id: row for row in report.prompts}
    group = experiment(services, "nights")
    written = 0
    with services.tracker.run(
        f"night {iso(report.started_at)}", experiment=group, tags={"promptops.kind": "night"}
    ) as parent:
        _night(parent, report)
        if night.lint is not None:
            parent.metrics(lint_metrics(night.lint))
        for measured in night.measured.values():
            row = rows[measured.file.prompt.id]
            optimized = night.optimizations.get(row.id)
            written += _prompt(services, parent.id, group, measured, row, optimized)
        if night.pack is not None:
            parent.artifact(night.pack.path, f"packs/{night.pack.name}")
            parent.artifact(night.pack.archive, "packs")
        from promptops.reporting.html import night_html

        parent.text("report.html", night_html(report))
        url = parent.url
    compare = _compare_url(services, night)
    return {
        "mlflow_ui": mlflow_command(services),
        "mlflow_run": url,
        **({"mlflow_compare": compare} if compare else {}),
        "note": f"{written} new runs in MLflow",
    }


def _compare_url(services: Services, night: "Night") -> str:
    """The page that shows the most improved prompt's old and new wording side by side."""
    improved = [each for each in night.optimizations.values() if each.proposal is not None]
    if not improved:
        return ""
    best = max(improved, key=_gain)
    ids = compared_runs(services, best)
    return services.tracker.compare_url(ids) if ids else ""


def _gain(optimized: "Optimized") -> float:
    comparison = optimized.result.comparison
    return comparison.difference.estimate if comparison else 0.0


def mlflow_command(services: Services) -> str:
    """What opens MLflow's UI over the workspace's runs."""
    uri = services.settings.tracking.uri
    return f"open {uri}" if uri.startswith("http") else "promptops ui"


def record_pack(services: Services, pack: Pack) -> str:
    """Log a built pack as artifacts of a run of its own; the run's id."""
    tags = {"promptops.kind": "pack", "promptops.pack": pack.name, "promptops.digest": pack.digest}
    with services.tracker.run(
        pack.name, experiment=experiment(services, "packs"), tags=tags
    ) as run:
        run.params({"pack": pack.name, "digest": pack.digest, "status": pack.status})
        run.artifact(pack.path, f"packs/{pack.name}")
        run.artifact(pack.archive, "packs")
        return run.id


def save_report(services: Services, report: NightReport) -> NightReport:
    """Write ``reports/nightly/<time>.html``, its ``.json`` and ``latest.html``.

    Returns:
        The report with its place.

    Raises:
        StorageError: The folder cannot be written to.
    """
    from promptops.reporting.html import night_html

    folder = services.workspace.reports / "nightly"
    stem = f"{report.started_at:%Y-%m-%dT%H-%M-%SZ}"
    placed = replace(report, report_path=folder / f"{stem}.html")
    text = night_html(placed)
    write_atomic(folder / f"{stem}.html", text)
    write_atomic(folder / f"{stem}.json", json.dumps(placed.to_json(), indent=2) + "\n")
    write_atomic(folder / "latest.html", text)
    return placed


def _night(run: TrackedRun, report: NightReport) -> None:
    scores = [row.score.estimate for row in report.prompts if row.score]
    run.params({"workspace": report.workspace, "model": report.model, "code": report.code_version})
    run.metrics(
        {
            "llm_calls": report.spent.calls,
            "cached_answers": report.spent.cached,
            "tokens": report.spent.input_tokens + report.spent.output_tokens,
            "usd": report.spent.usd,
            "seconds": report.seconds,
            "prompts": len(report.prompts),
            "prompts_improved": sum(row.verdict == "improved" for row in report.prompts),
            "lint_errors": sum(row.errors for row in report.prompts),
            "lint_warnings": sum(row.warnings for row in report.prompts),
            "proposals": len(report.proposals),
            "errors": len(report.errors),
            **({"mean_score": sum(scores) / len(scores)} if scores else {}),
        }
    )
    for name, rows in (
        ("prompts", report.prompts),
        ("proposals", report.proposals),
        ("regressions", report.regressions),
        ("routing", report.routing),
        ("steps", report.steps),
    ):
        if rows:
            run.table(f"{name}.json", _flat(rows_json(rows)))


def _flat(rows: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    """Intervals as text: a table cell holds one value."""
    return [
        {
            name: f"{value['estimate']:.3f} [{value['low']:.3f}, {value['high']:.3f}]"
            if isinstance(value, dict) and "estimate" in value
            else value
            for name, value in row.items()
        }
        for row in rows
    ]


def _prompt(
    services: Services,
    parent: str,
    group: str,
    measured: Measured,
    row: PromptRow,
    optimized: "Optimized | None",
) -> int:
    """A run for the prompt's own wording and, below it, its optimization."""
    evaluation = measured.evaluation
    key = evidence_key(evaluation.subject, "score", evaluation.inputs)
    run_id = tracked(services, key)
    written = 0
    if run_id is None:
        name = f"{row.id} v{row.version}"
        with services.tracker.run(name, experiment=group, parent=parent) as run:
            run.params(_params(row, evaluation))
            run.metrics(evaluation_metrics(evaluation, measured.metric))
            run.metrics({"lint_errors": row.errors, "lint_warnings": row.warnings})
            run.table("per_case.json", per_case(evaluation, measured.metric))
            run.dataset(measured.golden.name, measured.golden.digest, measured.golden.path)
            run_id = run.id
        mark(services, key, run_id)
        written += 1
    if optimized is None:
        return written
    return written + record_optimization(
        services, optimized, version=row.version, group=group, parent=run_id
    )


def _params(row: PromptRow, evaluation: Evaluation) -> dict[str, str]:
    # The same keys in every run, versions as text: the compare view shows what differs.
    return {
        "prompt": row.id,
        "version": f"v{row.version}",
        "variant": "base",
        "cases": "all cases",
        "model": evaluation.target.model,
        "wording": evaluation.subject[7:19],
        "parents": "none",
    }
