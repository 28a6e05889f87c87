"""FMT012."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import windows
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.regions import Region
from promptops.lint.rule import Rule

_SEEDS = ("|-", "| -", "|:-", "| :-")
_DELIMITER = re.compile(r"[ \t]{0,3}\|?(?:[ \t]{0,20}:?-{1,200}:?[ \t]{0,20}\|?){1,60}[ \t]{0,4}")
_ODD = ("{{", "{%", "||", "...", "…")


class BrokenTable(Rule):
    r"""A Markdown table whose rows do not fit its header.

    What it does:
        Flags a table whose delimiter row (`|---|---|`) has another number of cells than its header,
        so that it is no table at all, and rows with more or fewer cells than the header. Rows that
        stand for others ("…"), template tags and code are left alone.

    Why is this bad?
        Cells slide into the wrong column: the model reads a value under another name.

    Example:
        | Plan | Price |
        |------|-------|
        | Free | 0 | yes |

    Use instead:
        | Plan | Price |
        |------|-------|
        | Free | 0 |

    What to do:
        Give every row as many cells as the header; write a bar inside a cell as `\|`.

    Source:
        GitHub Flavored Markdown specification, section 4.10 (tables).
    """

    code = "FMT012"
    name = "broken-table"
    severity = Severity.WARNING
    regions = frozenset({Region.INSTRUCTION, Region.EXAMPLE})
    triggers = _SEEDS
    tags = ("pd-structure",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the delimiter row, or each row, that has another number of cells."""
        for message in prompt.messages:
            seen = -1
            for at, _ in windows(message.text, _SEEDS, 0, 0):
                start = message.text.rfind("\n", 0, at) + 1
                end = _line_end(message.text, start)
                if start <= seen or start == 0 or not _DELIMITER.fullmatch(message.text[start:end]):
                    continue
                seen = start
                if message.region(at) in self.regions:
                    yield from self._table(prompt, message, start, end)

    def _table(
        self, prompt: ParsedPrompt, message: ParsedMessage, start: int, end: int
    ) -> Iterator[Finding]:
        text = message.text
        above = text.rfind("\n", 0, start - 1) + 1
        header = text[above : start - 1]
        if header.count("|") < 1 or any(odd in header for odd in _ODD):
            return
        wanted, ruled = _cells(header), _cells(text[start:end])
        if wanted != ruled:
            found = f"this row has {ruled} cells and the header {wanted}"
            yield self.found(prompt, message, (start, end), found)
            return
        while end < len(text):
            start, end = end + 1, _line_end(text, end + 1)
            row = text[start:end]
            if "|" not in row:
                return
            if _cells(row) != wanted and not any(odd in row for odd in _ODD):
                found = f"this row has {_cells(row)} cells and the header {wanted}"
                yield self.found(prompt, message, (start, end), found)


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _cells(row: str) -> int:
    plain = row.replace("\\|", "").strip()
    return plain.removeprefix("|").removesuffix("|").count("|") + 1
