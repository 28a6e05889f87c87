"""The line of a file that a finding is about, with a mark under the place.

Lines with a concealed finding are never quoted, whatever else was found in them: a report must not
repeat a secret or personal data.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from promptops.lint.finding import Finding
from promptops.lint.report import LintReport
from promptops.lint.reporters.wording import visible

_WIDTH = 96
_LEAD = 32
_CONTEXT = 400
_CONCEALED = re.compile(r".{0,4}…\([0-9]+ characters?\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A line of a file, cut to what fits, and where in it to put the mark.

    ``indent`` and ``length`` count terminal cells.
    """

    line: int
    text: str
    indent: int
    length: int


class Quotes:
    """The quotable lines of a report's files."""

    def __init__(self, report: LintReport) -> None:
        """Split the sources once and note the lines that must not be shown."""
        self._lines: Mapping[str, list[str]] = {
            path: text.removeprefix("\ufeff").split("\n") for path, text in report.sources.items()
        }
        self._closed = {
            (finding.path, line)
            for finding in report.findings
            if _CONCEALED.fullmatch(finding.excerpt)
            for line in range(finding.line, finding.end_line + 1)
        }

    def of(self, finding: Finding) -> Quote | None:
        """The quote for a finding; None in tables, and where the line is unknown or closed."""
        lines = self._lines.get(finding.path)
        if lines is None or finding.row is not None or finding.line > len(lines):
            return None
        if (finding.path, finding.line) in self._closed:
            return None
        text = lines[finding.line - 1].removesuffix("\r")
        start = min(finding.column - 1, len(text))
        end = finding.end_column - 1 if finding.end_line == finding.line else len(text)
        return _cut(finding.line, text, start, max(start, min(end, len(text))))

    def snippet(self, finding: Finding) -> str | None:
        """The text of a finding's place as the file has it; None where it may not be quoted."""
        lines = self._lines.get(finding.path)
        if lines is None or finding.row is not None or finding.end_line > len(lines):
            return None
        numbers = range(finding.line, finding.end_line + 1)
        if any((finding.path, number) in self._closed for number in numbers):
            return None
        stretch = [lines[number - 1] for number in numbers]
        stretch[-1] = stretch[-1][: finding.end_column - 1]
        stretch[0] = stretch[0][finding.column - 1 :]
        return "\n".join(stretch)

    def context(self, finding: Finding) -> str | None:
        """The whole lines of a short place; None where they may not be quoted or are long."""
        if self.snippet(finding) is None:
            return None
        lines = self._lines[finding.path][finding.line - 1 : finding.end_line]
        text = "\n".join(lines)
        return text if len(text) <= _CONTEXT else None


def _cut(line: int, text: str, start: int, end: int) -> Quote:
    """At most `_WIDTH` characters around the mark, ellipses where something is left out."""
    first = 0 if end <= _WIDTH else max(0, start - _LEAD)
    last = min(len(text), first + _WIDTH)
    head, tail = "…" if first else "", "…" if last < len(text) else ""
    before = head + visible(text[first:start])
    marked = visible(text[start : min(end, last)])
    after = visible(text[min(end, last) : last]) + tail
    return Quote(
        line=line,
        text=f"{before}{marked}{after}".rstrip(),
        indent=_cells(before),
        length=max(1, _cells(marked)),
    )


def _cells(text: str) -> int:
    """Terminal cells: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )
