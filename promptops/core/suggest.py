"""Suggestions for a mistyped name."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``did you mean "x"?`` for the closest known word, or an empty string."""
    names = sorted(set(known))
    by_lower = {name.lower(): name for name in reversed(names)}
    close = get_close_matches(word.lower(), list(by_lower), n=1, cutoff=0.6)
    return f'did you mean "{by_lower[close[0]]}"?' if close else ""
