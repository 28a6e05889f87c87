"""Where in a long text a secret could stand: stretches around the signs that `gate` tells of."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from promptops.lint.pattern_set import PatternSet
from promptops.lint.secrets.gate import COMMAND, MANIFEST, RUN, TELLING, TRIGGERS
from promptops.lint.sieve import folded, image

_BEFORE, _AFTER = 160, 80
"""Characters. A name stands at most so far before its value, and its value so far behind it."""
_SIGN = 100
"""Characters of the longest sign without a blank in it, but for the text of a command."""
_FAR = {
    "private key-----": (_SIGN, 4100),
    "private key block-----": (_SIGN, 4100),
    COMMAND: (1700, 300),
    MANIFEST: (1100, 2100),
}
"""Characters before and behind a sign that what it is the sign of reaches to."""
_RUN_END = RUN + r"[a-z0-9_.~+/-]*[^a-z0-9_.~+/-]"
"""Told once a run."""
_SPACE = re.compile(r"[ \n]")


@cache
def _signs() -> tuple[PatternSet, list[tuple[int, int]]]:
    """Every sign, and by its number how far before and behind it a secret reaches."""
    signs = [*TRIGGERS, *TELLING]
    written = [re.escape(sign) for sign in TRIGGERS]
    # Only white space may be something else in a folded text.
    written += [image(sign) if r"\s" in sign else sign for sign in signs[len(TRIGGERS) :]]
    numbered = [(sign.encode("ascii"), number) for number, sign in enumerate([_RUN_END, *written])]
    reach = [(0, _AFTER), *(_FAR.get(sign, (_SIGN + _BEFORE, _AFTER)) for sign in signs)]
    return PatternSet(numbered, literal=False, caseless=True), reach


def around_signs(text: str) -> Iterator[tuple[int, int]]:
    """The stretches around signs, whole words, in order; elsewhere a text has no secret."""
    signs, reach = _signs()
    ends: dict[int, list[int]] = {}

    def seen(number: int, _: int, end: int, *_more: Any) -> None:
        ends.setdefault(number, []).append(end)

    signs.scan(folded(text) + b" ", seen)
    places = sorted(
        place for number, at in ends.items() for place in _reached(text, at, *reach[number])
    )
    start = stop = 0
    for first, last in places:
        if first > stop:
            if stop:
                yield start, stop
            start = first
        if last > stop:
            space = _SPACE.search(text, last)
            stop = space.start() if space else len(text)
    if stop:
        yield start, stop


def _reached(text: str, ends: list[int], before: int, after: int) -> Iterator[tuple[int, int]]:
    """The stretches around a sign's matches; those that end one behind the other are one."""
    first = last = 0
    for end in (*sorted(ends), len(text) + 3):
        if end > last + 1:
            if last:
                place = min(_word_start(text, first - 1) - _BEFORE, first - before)
                yield _word_start(text, place), min(len(text), last + after)
            first = end
        last = end


def _word_start(text: str, place: int) -> int:
    near = max(0, place)
    space = text.rfind(" ", 0, near)
    return max(space, text.rfind("\n", space + 1, near)) + 1
