"""What the reports for people have in common: counts in words, and text that is safe to show."""

import unicodedata

from promptops.core.counting import counted
from promptops.lint.finding import Finding, Severity
from promptops.lint.report import LintReport, Skipped

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str, *, keep: str = "") -> str:
    """``text`` with what nobody sees, or what steers a terminal, spelled out: ``<U+200B>``.

    A prompt may hold escape sequences and direction overrides; quoted as they are, they would
    rewrite the report around them. A tab becomes a space. ``keep`` names characters to leave.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char in keep else shown(char) for char in text)


def shown(char: str) -> str:
    """One character as `visible` writes it."""
    if char == "\t":
        return " "
    return f"<U+{ord(char):04X}>" if unicodedata.category(char) in _HIDDEN else char


def place(finding: Finding) -> str:
    """``path:line:column``; in a table ``path row N:line:column``, counted inside the cell."""
    row = f" row {finding.row}" if finding.row is not None else ""
    return f"{visible(finding.path)}{row}:{finding.line}:{finding.column}"


def skipped_place(item: Skipped) -> str:
    """The place of what was not checked, as far as it is known."""
    text = visible(item.path)
    if item.row is not None:
        text += f" row {item.row}"
    if item.line is not None:
        text += f":{item.line}" + (f":{item.column}" if item.column is not None else "")
    return text


def row_prefix(row: int | None) -> str:
    """``row 3: `` for a finding in a table."""
    return f"row {row}: " if row is not None else ""


def fixable(report: LintReport) -> tuple[int, int]:
    """How many findings have a fix that is made: a safe one, one that may change the meaning.

    Tables are never written to, so what stands in a row is fixed where the table comes from.
    """
    kinds = [
        finding.fix.applicability
        for finding in report.findings
        if finding.fix and finding.row is None
    ]
    return kinds.count("safe"), kinds.count("unsafe")


def closing(report: LintReport) -> str:
    """Everything in one line: ``1 error, 2 warnings in 12 prompts; 1 fixable with --fix``."""
    counts = [
        counted(report.count(severity), severity.value)
        for severity in Severity
        if report.count(severity)
    ]
    parts = [f"{', '.join(counts) or 'no findings'} in {counted(report.checked, 'prompt')}"]
    safe, unsafe = fixable(report)
    if safe:
        parts.append(f"{safe:,} fixable with --fix")
    if unsafe:
        how = "more with --unsafe-fixes" if safe else "fixable with --fix --unsafe-fixes"
        parts.append(f"{unsafe:,} {how}")
    if report.suppressed:
        parts.append(f"{report.suppressed:,} suppressed")
    if report.skipped:
        parts.append(f"{len(report.skipped):,} SKIPPED (not checked, not passed)")
    return "; ".join(parts)
