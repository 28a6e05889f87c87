"""Slips of the pen by the letters of two words alone, and what only looks like one."""

import re
from functools import lru_cache
from unicodedata import combining, normalize

_SHORTEST_ROOT = 4
_SHORTEST_TYPO = 5
_LONG = 8


def slipped(one: str, other: str) -> bool:
    """Whether a word that is none is another one with a slip, by their letters alone."""
    short, long = sorted((one, other), key=len)
    turned = len(short) == len(long) and sorted(short) == sorted(long)
    if len(short) < _SHORTEST_TYPO and not turned and len(short) == len(long):
        return False  # another letter makes another word of a short one
    if foreign(one, other) or one[0] != other[0]:
        return False
    if turned and len(short) >= _SHORTEST_ROOT:
        return sum(a != b for a, b in zip(short, long, strict=True)) == 2
    if len(short) != len(long):
        return len(long) - len(short) == 1 and any(
            long[:n] + long[n + 1 :] == short for n in range(len(long))
        )
    return sum(a != b for a, b in zip(short, long, strict=True)) == 1


def foreign(one: str, other: str) -> bool:
    """Whether two words that look alike are rather of two languages: accents, vowels at the end."""
    if one.isascii() != other.isascii():
        return unaccented(one) != unaccented(other)
    if _ROMANCE.search(one) is None and _ROMANCE.search(other) is not None:
        return True
    if _ROMANCE.search(other) is None and _ROMANCE.search(one) is not None:
        return True
    short, long = sorted((one, other), key=len)
    return (long[:-1] == short and long[-1] in "aeio") or one.replace("k", "c") == other.replace(
        "k", "c"
    )


_ROMANCE = re.compile(r"(?:cion|zion[ei]|cao|ung|tat|dad|ique|aire|eur|ismo|mente|iert?)$")
"""Endings of other languages than English that words of English are like but for."""


def unaccented(word: str) -> str:
    """A word without the marks of its letters."""
    return "".join(c for c in normalize("NFD", word) if not combining(c))


@lru_cache(maxsize=1 << 15)
def near(one: str, other: str) -> bool:
    """Whether one letter is missing, too many, another one, or two changed places.

    A long word may have two such slips, and the first letter may be one too many.
    """
    from rapidfuzz.distance import OSA, Levenshtein

    short, long = sorted((one, other), key=len)
    if len(short) < _SHORTEST_TYPO:
        return False
    if long[1:] == short:
        return True
    if short[0] != long[0]:
        return False
    if OSA.distance(short, long, score_cutoff=1) <= 1:
        return True
    return len(short) >= _LONG and Levenshtein.distance(short, long, score_cutoff=2) <= 2
