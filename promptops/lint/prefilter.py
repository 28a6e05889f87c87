"""Which rules could find something in a text: every rule's triggers in one pass.

All triggers are compiled into a few Hyperscan databases, so the time of the pass hardly depends on
how many rules there are. It may let a rule through that then finds nothing; it never holds one back
whose trigger occurs: words are looked up byte for byte, in whichever case they are written, and
shapes keep to ASCII, so that Hyperscan's and `re`'s ideas of letters cannot differ. A space in a
trigger stands for any white space, so that a phrase broken over two lines is seen: phrases are
looked up in the text on one line.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from promptops.lint.pattern_set import PatternSet
from promptops.lint.rule import Rule
from promptops.lint.text import KELVIN, lower

_SPACE = r"[\x09-\x0d\x1c-\x20]"
_WIDE = (
    "\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_WIDE_SPACES = re.compile(f"[{_WIDE}]")


_LONG = 256
_NOT_PLAIN = re.compile(r"\\x..|\\.|\[(?:\\.|[^\]\\]){1,200}\]")
_LETTER = re.compile("[a-z]")
_TOGETHER = 300
"""Shapes in a database: two processes that compile half of them each are done in half the time."""
_MANY = 200
_MOST_GAPS = 4
_FLAT = bytes.maketrans(b"\t\n\v\f\r\x1c\x1d\x1e\x1f", b" " * 9)


class Prefilter:
    """A set of rules, ready to be narrowed down to those that a text could concern.

    Args:
        rules: In the order in which candidates are reported.
        bare: Whether the texts are bare, so that `Rule.file_triggers` do not count.
        folder: Where compiled shapes are kept; see `PatternSet`.
    """

    def __init__(
        self, rules: Sequence[type[Rule]], *, bare: bool = False, folder: Path | None = None
    ) -> None:
        """Take the triggers and shapes of ``rules``, compiled when the first text comes."""
        self.always = frozenset(
            number for number, rule in enumerate(rules) if not rule.triggers and not rule.shapes
        )
        self._wide = len(rules)  # the number of what is no rule's: white space beyond ASCII
        words = [(word, n) for n, rule in enumerate(rules) for word in _triggers(rule, bare=bare)]
        literals = [(word, n) for word, n in words if _is_plain(word)]
        # As strings, phrases are compiled in a fifth of the time that they take as expressions, but
        # looked up in a pass of their own.
        strings = [each for each in words if _is_phrase(each[0])]
        strings = strings if len(strings) >= _MANY else []
        phrases = [(way, n) for word, n in strings for way in _ways(word)]
        known = {*literals, *strings}
        shapes = [(_spelled(word), n) for word, n in words if (word, n) not in known]
        shapes += [(shape, n) for n, rule in enumerate(rules) for shape in rule.shapes]
        if shapes or phrases:
            literals += [(space, self._wide) for space in _WIDE]
        heavy = [each for each in shapes if _is_heavy(each[0])]
        light = [each for each in shapes if not _is_heavy(each[0])]
        # Neighbors are of one rule and about as slow to compile: they are dealt out in turn.
        number = -(-len(light) // _TOGETHER)
        parts = [light[start::number] for start in range(number)]
        parts += [[each] for each in heavy]
        self._read = [_pattern_set(tuple(part), False, folder) for part in parts]
        if literals:
            self._read.insert(0, _pattern_set(tuple(literals), True, folder))
        self._phrases = [_pattern_set(tuple(phrases), True, folder)] if phrases else []
        self.sets = (*self._read, *self._phrases)

    def candidates(self, text: str) -> frozenset[int]:
        """The places, in the order of the rules, of those that must look at ``text``.

        Raises:
            ValueError: A shape that Hyperscan cannot compile.
        """
        return self.always | self.triggered(text)

    def triggered(self, text: str) -> set[int]:
        """As `candidates`, without those that look at every text."""
        if text.isascii():
            return self.scanned(text.encode("ascii"))
        if KELVIN in text:
            text = lower(text)
        found = self.scanned(text.encode("utf-8", "surrogatepass"))
        if self._wide in found:
            text = _WIDE_SPACES.sub(" ", text)
            found = self.scanned(text.encode("utf-8", "surrogatepass"))
        return found

    def scanned(self, data: bytes) -> set[int]:
        """As `triggered`, for the bytes of a text that is ASCII."""
        found: set[int] = set()

        def seen(number: int, *_: Any) -> None:
            found.add(number)

        for patterns in self._read:
            patterns.scan(data, seen)
        for patterns in self._phrases:
            patterns.scan(data.translate(_FLAT), seen)
        return found


@cache
def _pattern_set(
    patterns: tuple[tuple[str, int], ...], literal: bool, folder: Path | None
) -> PatternSet:
    encoding = "utf-8" if literal else "ascii"
    return PatternSet(
        [(pattern.encode(encoding), number) for pattern, number in patterns],
        literal=literal,
        caseless=True,
        once=True,
        folder=folder,
    )


def _is_heavy(shape: str) -> bool:
    """Whether a long shape holds no word that Hyperscan could look for first.

    One such shape slows down all that are compiled with it; alone it is fast.
    """
    return len(shape) > _LONG and not _LETTER.search(_NOT_PLAIN.sub("", shape))


def _triggers(rule: type[Rule], *, bare: bool) -> tuple[str, ...]:
    return rule.triggers if bare else tuple(dict.fromkeys((*rule.triggers, *rule.file_triggers)))


def _is_plain(word: str) -> bool:
    """Whether a trigger can be looked up byte for byte, but for the case of ASCII."""
    return " " not in word and all(char.isascii() or len(_written(char)) == 1 for char in word)


def _is_phrase(word: str) -> bool:
    """Whether a trigger has few enough gaps between its words to be written in all ways."""
    return " " in word and word.isascii() and word.strip().count(" ") <= _MOST_GAPS


def _ways(word: str) -> Iterator[str]:
    """A phrase with one to three spaces in each gap, as `phrases.phrase` allows."""
    first, *rest = word.strip().split(" ")
    before, after = word[: word.index(first)][-1:], word[len(word.rstrip()) :][:1]
    for gaps in product((" ", "  ", "   "), repeat=len(rest)):
        inner = "".join(gap + part for gap, part in zip(gaps, rest, strict=True))
        yield f"{before}{first}{inner}{after}"


def _spelled(word: str) -> str:
    """A trigger as an expression: in any case, and on two lines, as in `phrases.phrase`."""
    return "".join(f"{_SPACE}{{1,3}}" if char == " " else _letter(char) for char in word)


def _letter(char: str) -> str:
    if char.isascii():
        return char if char.isalnum() else f"\\x{ord(char):02x}"
    return f"(?:{'|'.join(_bytes(each) for each in _written(char))})"


def _bytes(char: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", "surrogatepass"))


@cache
def _written(char: str) -> tuple[str, ...]:
    """The characters beyond ASCII whose lower case is ``char``, itself among them."""
    every, low = _beyond_ascii()
    places, at = [], low.find(char)
    while at >= 0:
        places.append(at)
        at = low.find(char, at + 1)
    return tuple(every[place] for place in places) or (char,)


@cache
def _beyond_ascii() -> tuple[str, str]:
    every = "".join(map(chr, range(0x80, 0xD800))) + "".join(map(chr, range(0xE000, 0x20000)))
    return every, lower(every)
