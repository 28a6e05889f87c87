"""Markdown for a pull request's comment or a job's summary."""

import re

from promptops.lint.finding import Finding
from promptops.lint.report import LintReport
from promptops.lint.reporters.wording import closing, place, skipped_place, visible

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~@&$-])")
_TICKS = re.compile(r"`+")


def write(report: LintReport) -> str:
    """A closing line, a table of findings, and a list of what was not checked."""
    counts = closing(report)
    lines = ["## Prompt lint", "", f"{counts[0].upper()}{counts[1:]}.", ""]
    if report.findings:
        lines += ["| place | severity | rule | what | advice |", "|---|---|---|---|---|"]
        lines += [_row(finding) for finding in report.findings]
        lines.append("")
    if report.skipped:
        lines += ["### Not checked", ""]
        lines += [f"- {_code(skipped_place(i))}: {_plain(i.reason)}" for i in report.skipped]
        lines.append("")
    return "\n".join(lines)


def _row(finding: Finding) -> str:
    advice = _plain(finding.advice)
    if finding.fix and finding.fix.applicability != "display":
        flags = "--fix" if finding.fix.applicability == "safe" else "--fix --unsafe-fixes"
        advice = f"{advice} (`{flags}`)".strip()
    cells = (
        _code(place(finding)),
        finding.severity.value,
        f"{finding.code} {finding.name}",
        _plain(finding.message),
        advice,
    )
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    """Text that Markdown shows as it is: no markup, links, mentions or table cells of its own."""
    return _SPECIAL.sub(r"\\\1", " ".join(visible(text, keep="\n").split()))


def _code(text: str) -> str:
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    ticks = "`" * (longest + 1)
    space = " " if longest else ""
    return f"{ticks}{space}{text.replace('|', chr(92) + '|')}{space}{ticks}"
