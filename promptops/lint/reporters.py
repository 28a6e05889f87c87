"""A report as text for people, as one JSON document, or as GitHub annotations."""

import json
from collections.abc import Callable

from promptops.lint.finding import Finding, Severity
from promptops.lint.report import LintReport

_GITHUB_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def text_report(report: LintReport) -> str:
    """One line a finding with its advice below, what was skipped, and a closing count."""
    lines = []
    for finding in report.findings:
        place = f"{finding.path}:{finding.line}:{finding.column}"
        lines.append(
            f"{place}: {finding.severity.value} {finding.code} [{finding.name}] {finding.message}"
        )
        if finding.advice:
            lines.append(f"    {finding.advice}")
    lines += [f"{item.path}: SKIPPED {item.reason}" for item in report.skipped]
    lines.append(_closing(report))
    return "\n".join(lines) + "\n"


def json_report(report: LintReport) -> str:
    """One JSON document, the same bytes for the same report."""
    return json.dumps(report.to_json(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def github_report(report: LintReport) -> str:
    """GitHub workflow commands: one annotation a finding or skipped file."""
    lines = [_annotation(finding) for finding in report.findings]
    lines += [
        f"::error file={_property(item.path)},title=skipped::{_data(item.reason)}"
        for item in report.skipped
    ]
    return "".join(f"{line}\n" for line in lines)


REPORTERS: dict[str, Callable[[LintReport], str]] = {
    "text": text_report,
    "json": json_report,
    "github": github_report,
}


def _closing(report: LintReport) -> str:
    parts = [
        f"{report.count(severity)} {word}"
        for severity, word in (
            (Severity.ERROR, "errors"),
            (Severity.WARNING, "warnings"),
            (Severity.INFO, "infos"),
        )
    ]
    tail = f"{', '.join(parts)} in {report.checked} prompts"
    if report.suppressed:
        tail += f", {report.suppressed} suppressed"
    if report.skipped:
        tail += f", {len(report.skipped)} SKIPPED (not checked, not passed)"
    return tail


def _annotation(finding: Finding) -> str:
    where = ",".join(
        [
            f"file={_property(finding.path)}",
            f"line={finding.line}",
            f"col={finding.column}",
            f"endLine={finding.end_line}",
            f"endColumn={finding.end_column}",
            f"title={_property(f'{finding.code} {finding.name}')}",
        ]
    )
    text = f"{finding.message}. {finding.advice}" if finding.advice else finding.message
    return f"::{_GITHUB_LEVEL[finding.severity]} {where}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
