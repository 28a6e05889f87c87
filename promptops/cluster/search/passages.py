"""A text cut into passages: what is embedded, and what an answer shows."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

SIZE = 480
"""Characters of a passage at most: about 110 tokens of MiniLM, half of its window."""
MOST = 8
"""Passages of a text that are embedded; words are found in all of it."""

_OVERLAP = 160
_PIECE = re.compile(r"[^\n]*?(?:[.!?。！？…](?=\s)|\n|$)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Characters ``start`` to ``end`` of a text; ``line`` counts from 1."""

    start: int
    end: int
    line: int


def passages(text: str, *, most: int | None = MOST) -> tuple[Passage, ...]:
    """Runs of whole sentences and lines, in order, of at most `SIZE` characters.

    The last sentence of a passage begins the next one too when it is short, so that a thought at
    the border is whole in one of them. A longer sentence is cut. A text of spaces has none.

    Args:
        text: Any text.
        most: Stop after this many; None for all.
    """
    return tuple(islice(_placed(text, _runs(text)), most))


def sentences(text: str) -> Iterator[Passage]:
    """The sentences and lines of a text, long ones cut at `SIZE` characters."""
    return _placed(text, _pieces(text))


def _runs(text: str) -> Iterator[tuple[int, int]]:
    first, last = 0, (0, 0)
    for start, end in _pieces(text):
        if end - first > SIZE:
            yield first, last[1]
            short = last[1] - last[0] <= _OVERLAP and end - last[0] <= SIZE and last[0] > first
            first = last[0] if short else start
        last = start, end
    yield first, last[1]


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    for match in _PIECE.finditer(text):
        start, end = match.span()
        for at in range(start, end, SIZE):
            yield at, min(at + SIZE, end)


def _placed(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[Passage]:
    """The spans without the spaces around them, with their lines; empty ones left out."""
    line, counted = 1, 0
    for start, end in spans:
        held = text[start:end]
        begin = start + len(held) - len(held.lstrip())
        finish = end - len(held) + len(held.rstrip())
        if begin < finish:
            line += text.count("\n", counted, begin)
            counted = begin
            yield Passage(start=begin, end=finish, line=line)
