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
from promptops.packs.build import Pack
from promptops.reporting.night import NightReport, PromptRow, rows_json
from promptops.tracking.evidence import Evidence, evidence_key
from promptops.tracking.tracker import TrackedRun
from promptops.wiring import CODE_VERSION, Services

if TYPE_CHECKING:
    from promptops.operations.night import Night
    from promptops.operations.optimization import Optimized

KIND = "tracked"


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
    marks = [_held_out_mark(best, variant) for variant in ("base", "finalist")]
    ids = [found for mark in marks if (found := _tracked(services, mark))]
    return services.tracker.compare_url(ids) if ids else ""


def _gain(optimized: "Optimized") -> float:
    comparison = optimized.result.comparison
    return comparison.difference.estimate if comparison else 0.0


def _held_out_mark(optimized: "Optimized", variant: str) -> str:
    return f"{optimized.result.subject} {optimized.key} {variant}"


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
    """A run for the prompt's own wording and, below it, one for each variant tried."""
    evaluation = measured.evaluation
    key = evidence_key(evaluation.subject, "score", evaluation.inputs)
    run_id = _tracked(services, key)
    written = 0
    if run_id is None:
        name = f"{row.id} v{row.version}"
        with services.tracker.run(name, experiment=group, parent=parent) as run:
            run.params(_params(row, evaluation, variant="base", part="all cases"))
            run.metrics(_metrics(evaluation, measured.metric))
            run.metrics({"lint_errors": row.errors, "lint_warnings": row.warnings})
            run.table("per_case.json", _per_case(evaluation, measured.metric))
            run.dataset(measured.golden.name, measured.golden.digest, measured.golden.path)
            run_id = run.id
        _mark(services, key, run_id)
        written += 1
    return written + _variants(services, run_id, group, row, optimized)


def _variants(
    services: Services, parent: str, group: str, row: PromptRow, optimized: "Optimized | None"
) -> int:
    """Runs below a prompt's: the two wordings on held-out cases, then each one tried on dev."""
    if optimized is None:
        return 0
    result, written = optimized.result, 0
    held_out = [("base", result.base), ("finalist", result.best)]
    for variant, evaluation in held_out:
        if evaluation is None or (variant == "base" and result.best is None):
            continue
        mark = _held_out_mark(optimized, variant)
        if _tracked(services, mark) is None:
            name = f"{row.id} · {variant} · held-out"
            with services.tracker.run(name, experiment=group, parent=parent) as run:
                run.params(_params(row, evaluation, variant=variant, part="held-out"))
                run.metrics(_metrics(evaluation, result.metric))
                run.table("per_case.json", _per_case(evaluation, result.metric))
                child = run.id
            _mark(services, mark, child)
            written += 1
    for tried in result.tried:
        mark = f"{result.subject} {optimized.key} {tried.digest}"
        if tried.dev_cases and _tracked(services, mark) is None:
            name = f"{row.id} · {tried.proposer} · dev"
            with services.tracker.run(name, experiment=group, parent=parent) as run:
                params = _params(row, result.base, variant=tried.proposer, part="dev")
                run.params({**params, "wording": tried.digest[7:19]})
                run.metrics(
                    {
                        "score": tried.dev_score,
                        "gain": tried.dev_gain,
                        "input_tokens": tried.input_tokens,
                        "n": tried.dev_cases,
                    }
                )
                run.text("reason.txt", tried.reason)
                child = run.id
            _mark(services, mark, child)
            written += 1
    return written


def _params(row: PromptRow, evaluation: Evaluation, *, variant: str, part: str) -> dict[str, str]:
    # The same keys in every run, versions as text: the compare view shows what differs.
    return {
        "prompt": row.id,
        "version": f"v{row.version}",
        "variant": variant,
        "cases": part,
        "model": evaluation.target.model,
        "wording": evaluation.subject[7:19],
    }


def _metrics(evaluation: Evaluation, metric: str) -> dict[str, float]:
    return {
        "score": evaluation.mean(metric),
        "input_tokens": evaluation.input_tokens_mean,
        "output_tokens": evaluation.output_tokens_mean,
        "latency_ms": evaluation.latency_ms_mean,
        "cost_usd": evaluation.cost_usd_mean,
        "n": float(len(evaluation.cases)),
    }


def _per_case(evaluation: Evaluation, metric: str) -> list[dict[str, object]]:
    return [
        {
            "case": case.case_id,
            "answer": case.answer,
            "score": case.scores.get(metric),
            "reason": case.reasons.get(metric, ""),
            "input_tokens": case.input_tokens,
            "output_tokens": case.output_tokens,
            "latency_ms": case.latency_ms,
            "error": case.error or "",
        }
        for case in evaluation.cases
    ]


def _place(services: Services) -> Mapping[str, str]:
    return {"tracker": services.tracking_uri}


def _tracked(services: Services, subject: str) -> str | None:
    found = services.evidence.find(subject, KIND, _place(services))
    return str(found.value["run"]) if found else None


def _mark(services: Services, subject: str, run_id: str) -> None:
    services.evidence.add(
        Evidence(
            subject=subject,
            kind=KIND,
            inputs=_place(services),
            value={"run": run_id},
            measured_at=services.clock(),
            code_version=CODE_VERSION,
        )
    )
