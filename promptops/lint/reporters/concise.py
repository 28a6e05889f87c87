"""For a terminal and for editors: one line a finding."""

from promptops.lint.report import LintReport
from promptops.lint.reporters.text import ended, headline


def write(report: LintReport) -> str:
    """One line a finding; ``[*]`` marks those that ``--fix`` settles."""
    lines = []
    for finding in report.findings:
        safe = finding.fix is not None and finding.fix.applicability == "safe"
        lines.append(headline(finding) + (" [*]" if safe else ""))
    return ended(report, lines)
