"""Which of many plain strings occur in a text, in one pass.

The second of two sieves: the linter's prefilter has let the text through, now a few hundred words
decide which patterns are worth running, and `promptops.lint.nearby` where.
"""

from collections.abc import Sequence
from typing import Any

from promptops.lint.literals import merged
from promptops.lint.pattern_set import PatternSet


def flattened(text: str) -> str:
    """``text`` on one line, offset for offset, so that a needle is found over a line end."""
    # Two replacements take a twentieth of the time of one translation.
    return text.replace("\n", " ").replace("\t", " ")


def around(flat: str, strings: Sequence[str], before: int, after: int) -> list[tuple[int, int]]:
    """The stretches around each of a few strings, merged where they overlap, in order.

    Unlike `promptops.lint.nearby.windows` this prepares nothing for its strings: which of hundreds
    are looked for differs from text to text.
    """
    places = []
    for string in strings:
        at = flat.find(string)
        while at >= 0:
            places.append(at)
            at = flat.find(string, at + len(string))
    return merged(places, before, after, len(flat))


class Needles:
    """Strings in groups; a group is present when one of its strings is.

    Args:
        groups: Lower-case strings, group by group.
    """

    def __init__(self, groups: Sequence[Sequence[str]]) -> None:
        """Take the strings; they are compiled when the first text comes."""
        self._strings = [(text, number) for number, group in enumerate(groups) for text in group]
        self._patterns = PatternSet(
            [(text.encode(), place) for place, (text, _) in enumerate(self._strings)],
            literal=True,
            once=True,
        )

    def present(self, text: str) -> dict[int, list[str]]:
        """The groups that occur in lower-case ``text``, in order, with those strings that do."""
        seen: list[int] = []

        def note(number: int, *_: Any) -> None:
            seen.append(number)

        self._patterns.scan(text.encode("utf-8", "surrogatepass"), note)
        found: dict[int, list[str]] = {}
        for place in sorted(seen):
            string, group = self._strings[place]
            found.setdefault(group, []).append(string)
        return found
