"""GitHub workflow commands: annotations in the diff of a pull request.

Method: GitHub Actions, "Workflow commands", setting notice, warning and error messages. A table's
lines and columns count inside a cell, which is no place in the file, so its annotations name the
row in words.
"""

from promptops.lint.finding import Finding, Severity
from promptops.lint.report import LintReport, Skipped
from promptops.lint.reporters.wording import row_prefix, visible

_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def write(report: LintReport) -> str:
    """One annotation a finding; what was skipped is an error."""
    lines = [_annotation(finding) for finding in report.findings]
    lines += [_skipped(item) for item in report.skipped]
    return "".join(f"{line}\n" for line in lines)


def _annotation(finding: Finding) -> str:
    where = [f"file={_property(finding.path)}"]
    if finding.row is None:
        where += [f"line={finding.line}", f"col={finding.column}"]
        where += [f"endLine={finding.end_line}", f"endColumn={finding.end_column}"]
    where.append(f"title={_property(f'{finding.code} {finding.name}')}")
    text = f"{row_prefix(finding.row)}{finding.message}"
    text += f". {finding.advice}" if finding.advice else ""
    return f"::{_LEVEL[finding.severity]} {','.join(where)}::{_data(text)}"


def _skipped(item: Skipped) -> str:
    where = [f"file={_property(item.path)}"]
    if item.row is None and item.line is not None:
        where.append(f"line={item.line}")
    if item.row is None and item.column is not None:
        where.append(f"col={item.column}")
    text = f"{row_prefix(item.row)}not checked: {item.reason}"
    return f"::error {','.join([*where, 'title=skipped'])}::{_data(text)}"


def _data(text: str) -> str:
    # Line ends are encoded, not shown, so that they cannot begin another command.
    return visible(text.replace("%", "%25"), keep="\r\n").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
