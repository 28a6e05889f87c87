"""Overrides that are written so that a filter does not see them and a model does."""

import re
from functools import cache

from promptops.lint.overrides.wording import overrides
from promptops.lint.text import fold, unleet

_LEET = {"o": "0", "i": "1", "e": "3", "a": "4", "s": "5", "t": "7"}
_DISGUISED_WORDS = ("ignore", "disregard", "forget", "previous", "instruct", "bypass", "override",
                    "jailbreak", "prompt", "restrict")  # fmt: skip
_SPELLED = re.compile(r"(?<![\w])(?:[a-z][ .*_\-\u00b7]){4,60}[a-z](?![\w])")
_JOINT = re.compile(r"[ .*_\-\u00b7]")
_ZERO_WIDTH = "\u00ad\u034f\u180e\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff"


@cache
def marks() -> tuple[str, ...]:
    """Characters of which every disguise in Unicode holds one: look-alikes, styles, zero width."""
    styled = (chr(code) for code in range(0x1D400, 0x1D7CC))
    vowels = [char for char in styled if fold(char) in {"e", "i", "o"}]
    return (*_ZERO_WIDTH, *"ｅｉｏ", *"ⓔⓘⓞ", *"еоіаοε", *vowels)


@cache
def shapes() -> tuple[str, ...]:
    """RE2 patterns of disguises in ASCII: a digit inside a key word, and letters spelled out."""
    return (*(shape for word in _DISGUISED_WORDS for shape in _leet_shapes(word)),
            r"[a-z][ .*_-][a-z][ .*_-][a-z][ .*_-][a-z][ .*_-][a-z][ .*_-][a-z]\b")  # fmt: skip


def _leet_shapes(word: str) -> list[str]:
    """One pattern for each letter that must be a digit, the others being either."""
    either = [f"[{char}{_LEET[char]}]" if char in _LEET else char for char in word]
    return [
        "".join([*either[:place], _LEET[char], *either[place + 1 :]])
        for place, char in enumerate(word)
        if char in _LEET
    ]


def is_disguised_override(text: str) -> bool:
    """Whether a text holds an override only once its disguise is taken off.

    Disguises: other Unicode forms and look-alikes, zero-width characters, digits for letters,
    letters spelled out one by one.
    """
    plain = text.lower()
    folded = fold(text)
    forms = {folded, unleet(folded), _SPELLED.sub(_joined, folded)} - {plain}
    if not forms or any(found.sure for found in overrides(plain)):
        return False
    return any(found.sure for form in sorted(forms) for found in overrides(form))


def _joined(match: re.Match[str]) -> str:
    return _JOINT.sub("", match.group())
