"""Patterns of running text.

Every pattern of the linter keeps to one rule, checked by a test: no repetition without an upper
bound, so that no input makes matching take more than linear time in the length of the prompt.
"""

import re
from collections.abc import Iterator
from typing import Any, cast

_NOT_LITERAL = re.compile(r"\(\?P<|\\.")
_UPPER = re.compile(r"[A-Z]")
_GAP = r"(?:\s{1,3})"


def phrase(source: str, *, cased: bool = False) -> re.Pattern[str]:
    """A pattern in which one space stands for any short run of white space.

    Texts are hard-wrapped, so words of a phrase may stand on two lines. A space inside a character
    class is just a space. Patterns run over lower-case text unless ``cased``.

    Raises:
        ValueError: An upper-case literal in a pattern that is not ``cased``: it would never match.
    """
    if not cased and source != source.lower() and _UPPER.search(_NOT_LITERAL.sub("", source)):
        raise ValueError(f"this pattern runs over lower-case text: {source}")
    return _lazy(source, 0, spaced=True)


def lazy(source: str, flags: re.RegexFlag | int = 0) -> re.Pattern[str]:
    """What `re.compile` gives, compiled when it is first used.

    A run needs few of the linter's patterns; to compile them all takes a tenth of a second.
    """
    return _lazy(source, flags, spaced=False)


class LazyPattern:
    """Stands for a compiled pattern, which is made when an attribute of it is first asked for."""

    def __init__(self, source: str, flags: re.RegexFlag | int, *, spaced: bool) -> None:
        """Take what to compile; ``spaced`` as in `phrase`."""
        self._source = (source, flags, spaced)

    @property
    def pattern(self) -> str:
        """The source as `re` reads it; asking for it compiles nothing."""
        source, _, spaced = self._source
        return "".join(_spaced(source)) if spaced else source

    @property
    def given(self) -> int:
        """The flags; asking for them compiles nothing."""
        return int(self._source[1])

    def __getattr__(self, name: str) -> Any:
        """An attribute of the compiled pattern; its methods are kept, so this runs once."""
        if name.startswith("_"):
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self._source[1])
        for each in _METHODS:
            setattr(self, each, getattr(compiled, each))
        return getattr(compiled, name)


def given_flags(pattern: Any) -> int:
    """The flags of a compiled or lazy pattern; asking for them compiles nothing."""
    flags = pattern.given if isinstance(pattern, LazyPattern) else pattern.flags
    return int(flags)


_METHODS = ("finditer", "search", "match", "fullmatch", "sub", "findall", "split", "flags",
            "groupindex")  # fmt: skip


def _lazy(source: str, flags: re.RegexFlag | int, *, spaced: bool) -> re.Pattern[str]:
    return cast("re.Pattern[str]", LazyPattern(source, flags, spaced=spaced))


def _spaced(source: str) -> Iterator[str]:
    in_class = escaped = False
    for char in source:
        if not escaped and char in "[]":
            in_class = char == "["
        yield _GAP if char == " " and not in_class and not escaped else char
        escaped = char == "\\" and not escaped


NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "fifteen": 15, "twenty": 20, "fifty": 50, "hundred": 100,
}  # fmt: skip
NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})|\d{{1,5}}|{'|'.join(NUMBERS)})"


def number(text: str) -> int:
    """The value of what `NUMBER` matched."""
    return NUMBERS[text] if text in NUMBERS else int(text.replace(",", ""))
