"""Where plain strings occur in a text, all of them in one pass.

Ten calls of `str.find` cost ten passes; a rule that looks for fifty words would spend its whole
time there.
"""

from collections.abc import Iterable, Sequence

from promptops.lint.pattern_set import PatternSet


class Literals:
    """ASCII strings to look up together.

    Args:
        strings: In lower case, without line ends; a space in one may be a line end of the text.
    """

    def __init__(self, strings: Sequence[str]) -> None:
        """Take the strings; they are compiled when the first text comes."""
        self.strings = tuple(strings)
        self._lengths = tuple(map(len, self.strings))
        self._patterns = PatternSet(
            [(string.encode("ascii"), number) for number, string in enumerate(self.strings)],
            literal=True,
            caseless=True,
        )

    def places(self, text: str) -> list[tuple[int, int]]:
        """Start and number of every occurrence in ``text``, whose case does not count."""
        found: list[tuple[int, int]] = []
        lengths = self._lengths

        def seen(number: int, _: int, end: int, *__: object) -> None:
            found.append((end - lengths[number], number))

        self._patterns.scan(_one_byte_each(text), seen)
        return found


def merged(places: Iterable[int], before: int, after: int, length: int) -> list[tuple[int, int]]:
    """The stretches around places of a text, those that touch as one, in order.

    Args:
        places: Offsets, in any order.
        before: Characters to keep before each.
        after: Characters to keep after it.
        length: Of the text, which no stretch leaves.
    """
    found: list[tuple[int, int]] = []
    for at in sorted(places):
        start, end = max(0, at - before), min(length, at + after)
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _one_byte_each(text: str) -> bytes:
    """``text`` on one line with a byte a character, so that offsets in it are offsets in ``text``.

    What is not ASCII becomes "?". The rules look at the same text one after the other, so the last
    one is kept.
    """
    global _last  # noqa: PLW0603 - a cache of one entry, replaced whole
    kept, data = _last
    if kept is not text:
        data = text.encode("ascii", "replace").replace(b"\n", b" ")
        _last = text, data
    return data


_last: tuple[str, bytes] = ("", b"")
