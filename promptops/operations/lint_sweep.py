"""Lint as a measurement: counts of a run in MLflow, so that a trend can be seen."""

from collections import Counter

from promptops.core.clock import iso
from promptops.lint.finding import Severity
from promptops.lint.report import LintReport
from promptops.lint.rule import group_of
from promptops.lint.rules import RULES
from promptops.wiring import Services

_SHOWN = 1000


def lint_metrics(report: LintReport) -> dict[str, float]:
    """The counts of a lint run by metric name.

    ``lint/errors``, ``lint/warnings``, ``lint/infos``, ``lint/suppressed``, ``lint/skipped``,
    ``lint/prompts``, ``lint/findings_per_prompt``, and one each for groups (``lint/group/SEC``)
    and rules (``lint/rule/SEC001``). What was not found is 0, or its curve would end instead of
    coming down.
    """
    codes = Counter(finding.code for finding in report.findings)
    known = {*RULES, *codes}
    groups = Counter({group_of(code): 0 for code in known})
    for code, count in codes.items():
        groups[group_of(code)] += count
    return {
        "lint/errors": report.count(Severity.ERROR),
        "lint/warnings": report.count(Severity.WARNING),
        "lint/infos": report.count(Severity.INFO),
        "lint/suppressed": report.suppressed,
        "lint/skipped": len(report.skipped),
        "lint/prompts": report.checked,
        "lint/findings_per_prompt": len(report.findings) / max(1, report.checked),
        **{f"lint/group/{group}": count for group, count in sorted(groups.items())},
        **{f"lint/rule/{code}": codes[code] for code in sorted(known)},
    }


def record_sweep(services: Services, report: LintReport) -> dict[str, str]:
    """Write a lint run to MLflow, in the experiment ``<workspace> lint``.

    Returns:
        ``mlflow_run``, the run's page, and ``note``, what was written.
    """
    name = f"lint {iso(services.clock())}"
    experiment = f"{services.settings.general.name} lint"
    with services.tracker.run(name, experiment=experiment, tags={"promptops.kind": "lint"}) as run:
        run.params({"rules": len(RULES), "fail_on": report.fail_on.value})
        run.metrics(lint_metrics(report))
        rows = [
            {
                "severity": finding.severity.value,
                "code": finding.code,
                "rule": finding.name,
                "prompt": finding.prompt_id,
                "place": f"{finding.path}:{finding.line}:{finding.column}",
                "message": finding.message,
            }
            for finding in sorted(
                report.findings, key=lambda finding: (finding.severity.rank, finding.order)
            )[:_SHOWN]
        ]
        if rows:
            run.table("findings", rows)
        url = run.url
    return {"mlflow_run": url, "note": f"{len(report.findings)} findings in MLflow"}
