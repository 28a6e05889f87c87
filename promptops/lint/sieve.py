"""A second look at what the prefilter lets through: do the rule's own patterns match somewhere?

A trigger such as "json" stands in many a text that its rule has nothing to say about. So a rule may
state signs: patterns of which each of its findings in a bare text holds one row, whole. All of them
are looked up in one pass of Hyperscan, at a hundredth of what parsing the text and running the rule
takes.

The patterns are those that the rule itself runs, in `re`, or parts of them that are found faster.
What Hyperscan gets is their image (`image`), made by machine, which matches wherever they do and
now and then elsewhere; so a sieve cannot hold a finding back. Both are about a text folded to one
byte a character (`folded`), with "?" for all that is not ASCII, and for an image a space, a tab and
a line end are one thing.
"""

import re
import re._constants as code  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from promptops.lint.pattern_set import PatternSet
from promptops.lint.phrases import given_flags
from promptops.lint.text import KELVIN, lower

Signs = tuple[tuple[re.Pattern[str], ...], ...]
"""Rows of patterns over lower-case text; one row has to match, all of its patterns, anywhere."""

_OTHER = ord("?")
"""What stands for every character that is not ASCII."""
_COUNTED = 3
"""Most repetitions of a character that an image counts, and of more than one, none: a small
automaton is worth a few texts too many."""
_DIGITS = frozenset(b"0123456789")
_WORD = _DIGITS | frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_SPACE = frozenset(b"\t\n\v\f\r\x1c\x1d\x1e\x1f ")
_BLANK = frozenset(b" \t\n")
"""Rules look at a text as it is or on one line: either way one of them stands there."""
_ASCII = frozenset(range(128))
_CATEGORIES = {
    code.CATEGORY_DIGIT: _DIGITS,
    code.CATEGORY_SPACE: _SPACE,
    code.CATEGORY_WORD: _WORD,
    code.CATEGORY_NOT_DIGIT: _ASCII - _DIGITS,
    code.CATEGORY_NOT_SPACE: _ASCII - _SPACE,
    code.CATEGORY_NOT_WORD: _ASCII - _WORD,
}
_REPEATS = frozenset({code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT})


class Sieve:
    """The signs of one rule, compiled when the first text comes.

    Args:
        signs: The rows; see `Signs`.
        folder: Where compiled patterns are kept; see `PatternSet`.
    """

    def __init__(self, signs: Signs, *, folder: Path | None = None) -> None:
        """Keep the signs."""
        self._patterns = tuple(dict.fromkeys(pattern for row in signs for pattern in row))
        number = {pattern: n for n, pattern in enumerate(self._patterns)}
        self._rows = tuple(frozenset(number[pattern] for pattern in row) for row in signs)
        self.set = PatternSet(
            [(_written(pattern), n) for pattern, n in number.items()],
            literal=False,
            caseless=True,
            once=True,
            folder=folder,
            image=_expression,
        )

    def absent(self, data: bytes) -> frozenset[re.Pattern[str]] | None:
        """The patterns that match nowhere in a folded text; None when it can hold no finding.

        Raises:
            ValueError: A pattern with a construct that has no image.
        """
        seen: set[int] = set()

        def note(number: int, *_: Any) -> None:
            seen.add(number)

        self.set.scan(data, note)
        if not any(row <= seen for row in self._rows):
            return None
        return frozenset(
            pattern for number, pattern in enumerate(self._patterns) if number not in seen
        )


@cache
def sieve_of(signs: Signs, folder: Path | None) -> Sieve:
    """The sieve for some signs, the same one for the same signs."""
    return Sieve(signs, folder=folder)


def folded(text: str) -> bytes:
    """``text`` with a byte a character; what is not ASCII in lower case is "?"."""
    # Hyperscan takes care of the case of ASCII.
    low = lower(text) if not text.isascii() and KELVIN in text else text
    return low.encode("ascii", "replace")


def image(source: str, flags: int = 0) -> str:
    """A Hyperscan expression that matches in `folded` text wherever a pattern matches in `re`.

    Assertions are left out, high counts become open ones, and every set of characters becomes the
    set of those that they are folded to.

    Args:
        source: Of a pattern over lower-case text.
        flags: Its flags.

    Raises:
        ValueError: A construct that is not known here.
    """
    tree = parser.parse(source, flags)
    # What may match nothing matches everywhere.
    return _Image(flags).sequence(tree) if tree.getwidth()[0] else _any_of(_ASCII)


def _written(pattern: re.Pattern[str]) -> bytes:
    return f"{given_flags(pattern):d} {pattern.pattern}".encode()


def _expression(pattern: bytes) -> bytes:
    flags, source = pattern.decode().split(" ", 1)
    return image(source, int(flags)).encode("ascii")


class _Image:
    def __init__(self, flags: int) -> None:
        self._caseless = bool(flags & re.IGNORECASE)
        self._groups: dict[int, str] = {}

    def sequence(self, tree: Iterable[tuple[Any, Any]]) -> str:
        return "".join(self._item(kind, value) for kind, value in tree)

    def _item(self, kind: Any, value: Any) -> str:
        if kind in {code.LITERAL, code.NOT_LITERAL, code.IN}:
            items = value if kind is code.IN else [(code.LITERAL, value)]
            return _any_of(self._members(items, negated=kind is code.NOT_LITERAL))
        if kind is code.ANY:
            return _any_of(_ASCII)
        if kind in {code.AT, code.ASSERT, code.ASSERT_NOT}:
            return ""
        if kind is code.BRANCH:
            return f"(?:{'|'.join(self.sequence(branch) for branch in value[1])})"
        if kind is code.SUBPATTERN:
            return self._group(*value)
        if kind is code.GROUPREF:
            return self._groups[value]
        if kind is code.ATOMIC_GROUP:
            return f"(?:{self.sequence(value)})"
        if kind is code.GROUPREF_EXISTS:
            return f"(?:{self.sequence(value[1])}|{self.sequence(value[2] or ())})"
        if kind in _REPEATS:
            return self._repeated(*value)
        raise ValueError(f"this has no image: {kind}")

    def _group(self, number: int | None, added: int, _: int, body: Any) -> str:
        self._caseless = self._caseless or bool(added & re.IGNORECASE)
        made = f"(?:{self.sequence(body)})"
        if number is not None:
            self._groups[number] = made
        return made

    def _repeated(self, least: int, most: int, body: Any) -> str:
        inner = self.sequence(body)
        if not inner:
            return ""
        counted = _COUNTED
        if len(body) > 1 or body[0][0] not in {code.IN, code.LITERAL}:
            inner, counted = f"(?:{inner})", 1
        return f"{inner}{{{least},{most if most <= counted else ''}}}"

    def _members(self, items: Iterable[tuple[Any, Any]], *, negated: bool) -> frozenset[int]:
        """The folded characters that a set of characters holds."""
        held: set[int] = set()
        wide = negated
        for kind, value in items:
            if kind is code.NEGATE:
                negated = wide = True
            elif kind is code.CATEGORY:
                held |= _CATEGORIES[value]
                wide = True
            else:
                first, last = value if kind is code.RANGE else (value, value)
                held.update(range(first, min(last, 127) + 1))
                wide = wide or last > 127
        kept = _ASCII - held if negated else held
        # "ſ" is an "s" where case does not count, and there are such letters for "i" and "k".
        wide = wide or (self._caseless and not kept.isdisjoint(b"iksIKS"))
        blank = frozenset() if _BLANK.isdisjoint(kept) else _BLANK
        return frozenset(kept) | blank | ({_OTHER} if wide else set())


def _any_of(members: frozenset[int]) -> str:
    ordered = sorted(members)
    if len(ordered) == 1:
        char = chr(ordered[0])
        return char if char.isalnum() else f"\\x{ordered[0]:02x}"
    runs: list[list[int]] = []
    for each in ordered:
        if runs and runs[-1][1] == each - 1:
            runs[-1][1] = each
        else:
            runs.append([each, each])
    return "[" + "".join(f"\\x{first:02x}-\\x{last:02x}" for first, last in runs) + "]"
