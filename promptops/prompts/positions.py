"""Where things are in a text: lines and columns, and the way from a value back to its file.

A value read from YAML is not a slice of the file: block scalars lose their indentation, quoted
ones their escapes, folded ones their line breaks. ``scalar_offsets`` replays the reading and says
for every character of the value where it stands in the file.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

_FOLD = re.compile(r"[ \t]*(?:\r?\n[ \t]*)+")
_ESCAPED_BREAK = re.compile(r"\\\r?\n[ \t]*")
_ESCAPE_LENGTH = {"x": 4, "u": 6, "U": 10}
_BLOCK_STYLES = ("|", ">")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a text; line and column count characters from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        """``line:column``."""
        return f"{self.line}:{self.column}"


class LineIndex:
    """Turns offsets into lines and columns; only LF ends a line."""

    __slots__ = ("_starts", "length")

    def __init__(self, text: str) -> None:
        """Find the line starts once."""
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.length = len(text)

    def position(self, offset: int) -> Position:
        """The place of the character at ``offset``; past the end means the end."""
        offset = max(0, min(offset, self.length))
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def offset(self, position: Position) -> int:
        """The inverse of `position`; a line that is not there means the end."""
        if position.line > len(self._starts):
            return self.length
        return min(self._starts[position.line - 1] + position.column - 1, self.length)


@dataclass(frozen=True, slots=True)
class ScalarSpan:
    """The place of one YAML scalar: its token's offsets and its style (``|>"'`` or empty)."""

    start: int
    end: int
    style: str


def scalar_offsets(text: str, span: ScalarSpan, value: str) -> list[int]:
    """The offset in ``text`` of every character of ``value``, and one past the last.

    Args:
        text: The file's text.
        span: Where the scalar stands.
        value: What YAML read there.
    """
    if span.style in _BLOCK_STYLES:
        offsets = list(_block_offsets(text, span, value))
    else:
        offsets = list(_flow_offsets(text, span))
    # A scalar that ends with chomped line breaks has fewer places than characters, never more.
    del offsets[len(value) :]
    last = offsets[-1] + 1 if offsets else span.start
    offsets.extend([last] * (len(value) + 1 - len(offsets)))
    return offsets


def _flow_offsets(text: str, span: ScalarSpan) -> Iterator[int]:
    """Plain and quoted scalars: escapes are one character, a folded break is a space or breaks."""
    place, end = span.start, span.end
    if span.style:
        place, end = place + 1, end - 1
    while place < end:
        if span.style == '"' and text[place] == "\\":
            if broken := _ESCAPED_BREAK.match(text, place, end):
                place = broken.end()
                continue
            yield place
            place += _ESCAPE_LENGTH.get(text[place + 1], 2)
        elif fold := _FOLD.match(text, place, end):
            for _ in range(max(1, fold.group().count("\n") - 1)):
                yield place
            place = fold.end()
        else:
            yield place
            place += 2 if span.style == "'" and text[place] == "'" else 1


def _block_offsets(text: str, span: ScalarSpan, value: str) -> Iterator[int]:
    """Block scalars: every source line, without its indentation, is found again in the value."""
    place = text.find("\n", span.start) + 1
    first = next((line for line in value.split("\n") if line.strip(" ")), "")
    indent: int | None = None
    done = 0
    while done < len(value) and 0 < place <= len(text):
        line_end = text.find("\n", place)
        line_end = len(text) if line_end < 0 else line_end
        line = text[place:line_end].removesuffix("\r")
        if indent is None and line.strip(" "):
            indent = _leading_spaces(line) - _leading_spaces(first)
        start = min(indent or 0, len(line)) if indent is not None else len(line)
        content = line[start:]
        # What folding put between two lines: a space or line breaks, which stand at the line's end.
        while content and done < len(value) and not value.startswith(content, done):
            yield place - 1
            done += 1
        for shift in range(min(len(content), len(value) - done)):
            yield place + start + shift
            done += 1
        if done < len(value) and (not content or value[done] == "\n") and span.style == "|":
            yield line_end
            done += 1
        place = line_end + 1


def _leading_spaces(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
