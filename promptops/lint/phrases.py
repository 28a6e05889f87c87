"""Patterns of running text.

Every pattern of the linter keeps to one rule, checked by a test: no repetition without an upper
bound, so that no input makes matching take more than linear time in the length of the prompt.
"""

import re
from collections.abc import Iterator

_NOT_LITERAL = re.compile(r"\(\?P<|\\.")
_GAP = r"(?:\s{1,3})"


def phrase(source: str, *, cased: bool = False) -> re.Pattern[str]:
    """Compile a pattern in which one space stands for any short run of white space.

    Texts are hard-wrapped, so words of a phrase may stand on two lines. A space inside a character
    class is just a space. Patterns run over lower-case text unless ``cased``.

    Raises:
        ValueError: An upper-case literal in a pattern that is not ``cased``: it would never match.
    """
    if not cased and re.search(r"[A-Z]", _NOT_LITERAL.sub("", source)):
        raise ValueError(f"this pattern runs over lower-case text: {source}")
    return re.compile("".join(_spaced(source)))


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
