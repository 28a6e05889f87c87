"""Our places in an editor's coordinates.

The linter counts lines by line feeds and columns in characters, both from 1. The protocol ends a
line at a line feed, a carriage return or both, counts from 0, and measures columns in the units
that client and server agreed on (UTF-16 where nothing was agreed).

Source: Language Server Protocol 3.17, "Text Documents" and "Position".
"""

import re
from bisect import bisect_right
from collections.abc import Callable

from lsprotocol import types

_LINE_END = re.compile("\r\n|\n|\r")


class Places:
    """The places of one text.

    Args:
        text: What the editor shows.
        units: How many of the client's units a string is long.
    """

    def __init__(self, text: str, units: Callable[[str], int]) -> None:
        """Index the lines, by our count and by the protocol's."""
        self._text = text
        self._units = units
        self._ours = [0, *(match.end() for match in re.finditer("\n", text))]
        self._theirs = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def offset(self, line: int, column: int) -> int:
        """The offset of a place that the linter names; of the nearest one in the text."""
        start = self._ours[min(max(line, 1), len(self._ours)) - 1]
        return min(start + max(column, 1) - 1, len(self._text))

    def position(self, offset: int) -> types.Position:
        """An offset as the client counts."""
        line = bisect_right(self._theirs, offset) - 1
        return types.Position(line, self._units(self._text[self._theirs[line] : offset]))

    def range(self, start: int, end: int) -> types.Range:
        """A stretch as the client counts."""
        return types.Range(self.position(start), self.position(end))

    def change(self, new: str) -> types.TextEdit | None:
        """The one smallest edit that makes ``new`` of the text; None when nothing changes."""
        old = self._text
        if new == old:
            return None
        start = 0
        most = min(len(old), len(new))
        while start < most and old[start] == new[start]:
            start += 1
        end = 0
        while end < most - start and old[-1 - end] == new[-1 - end]:
            end += 1
        return types.TextEdit(self.range(start, len(old) - end), new[start : len(new) - end])
