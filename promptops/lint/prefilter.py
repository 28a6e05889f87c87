"""Which rules could find something in a text: every rule's triggers in one pass.

All triggers are compiled into one Hyperscan database, so the time of the pass hardly depends on how
many rules there are. It may let a rule through that then finds nothing; it never holds one back
whose trigger occurs: triggers are looked up in the lower-case text byte for byte, and shapes keep
to ASCII, so that Hyperscan's and `re`'s ideas of letters cannot differ. A space in a trigger stands
for any white space, so that a phrase broken over two lines is seen.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from promptops.lint.pattern_set import PatternSet
from promptops.lint.rule import Rule
from promptops.lint.text import lower

_SPACE = r"[\x09-\x0d\x1c-\x20]"
_WIDE_SPACES = re.compile("[\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")


class Prefilter:
    """A set of rules, ready to be narrowed down to those that a text could concern.

    Args:
        rules: In the order in which candidates are reported.
        folder: Where compiled shapes are kept; see `PatternSet`.
    """

    def __init__(self, rules: Sequence[type[Rule]], *, folder: Path | None = None) -> None:
        """Compile the triggers and shapes of ``rules``, or load them compiled.

        Raises:
            ValueError: A shape that Hyperscan cannot compile, or that is not ASCII.
        """
        self._rules = tuple(rules)
        self.always = frozenset(
            number for number, rule in enumerate(rules) if not rule.triggers and not rule.shapes
        )
        words = [(word, n) for n, rule in enumerate(rules) for word in rule.triggers]
        literals = [(word, n) for word, n in words if " " not in word]
        shapes = [(_spaced(word), n) for word, n in words if " " in word]
        shapes += [(shape, n) for n, rule in enumerate(rules) for shape in rule.shapes]
        self._sets = [
            _pattern_set(tuple(patterns), literal, folder)
            for patterns, literal in ((literals, True), (shapes, False))
            if patterns
        ]

    def candidates(self, text: str) -> frozenset[int]:
        """The places, in the order of the rules, of those that must look at ``text``."""
        data = text
        if not text.isascii():
            data = lower(text)
            if _WIDE_SPACES.search(data):
                data = _WIDE_SPACES.sub(" ", data)
        encoded = data.encode("utf-8", "surrogatepass")
        found = set(self.always)

        def seen(number: int, *_: Any) -> None:
            found.add(number)

        for patterns in self._sets:
            patterns.scan(encoded, seen)
        return frozenset(found)


@cache
def _pattern_set(
    patterns: tuple[tuple[str, int], ...], literal: bool, folder: Path | None
) -> PatternSet:
    encoding = "utf-8" if literal else "ascii"
    made = PatternSet(
        [(pattern.encode(encoding), number) for pattern, number in patterns],
        literal=literal,
        caseless=True,
        once=True,
        folder=folder,
    )
    made.prepare()
    return made


def _spaced(words: str) -> str:
    """A trigger of several words: they may stand on two lines, as in `phrases.phrase`."""
    parts = "".join(char if char.isalnum() else f"\\x{ord(char):02x}" for char in words)
    return parts.replace(r"\x20", f"{_SPACE}{{1,3}}")
