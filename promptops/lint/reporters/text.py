"""For a terminal: each finding with its line, its advice and its fix."""

from promptops.lint.finding import Finding, Fix
from promptops.lint.report import LintReport
from promptops.lint.reporters.quoting import Quotes
from promptops.lint.reporters.wording import closing, place, skipped_place, visible


def write(report: LintReport) -> str:
    """A finding's place and rule, the line with a mark under it, the advice and the fix."""
    quotes = Quotes(report)
    lines = []
    for finding in report.findings:
        lines.append(headline(finding))
        lines += _quoted(quotes, finding)
        if finding.advice:
            lines.append(f"    {visible(finding.advice)}")
        if finding.fix:
            lines.append(f"    {_offer(finding.fix, in_table=finding.row is not None)}")
    return ended(report, lines)


def headline(finding: Finding) -> str:
    """Place, severity, rule and message."""
    rule = f"{finding.severity.value} {finding.code} [{finding.name}]"
    return f"{place(finding)}: {rule} {visible(finding.message)}"


def _quoted(quotes: Quotes, finding: Finding) -> list[str]:
    quote = quotes.of(finding)
    if quote is None:
        return []
    number = f"{quote.line:>5} | "
    mark = " " * (len(number) - 2) + "| " + " " * quote.indent + "^" * quote.length
    return [number + quote.text, mark]


def _offer(fix: Fix, *, in_table: bool) -> str:
    title = visible(fix.title)
    if in_table:
        return f"possible change, to make where the table comes from: {title}"
    if fix.applicability == "safe":
        return f"fix with --fix: {title}"
    if fix.applicability == "unsafe":
        return f"fix with --fix --unsafe-fixes (may change the meaning): {title}"
    return f"possible change, to make by hand: {title}"


def ended(report: LintReport, lines: list[str]) -> str:
    """The lines with what was skipped and the closing count."""
    lines += [f"{skipped_place(item)}: SKIPPED {visible(item.reason)}" for item in report.skipped]
    return "\n".join([*lines, closing(report)]) + "\n"
