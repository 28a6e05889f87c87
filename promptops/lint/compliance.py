"""Whether a text orders something, or speaks about it: forbids, audits, explains it."""

import re

from promptops.lint.nearby import sentence_around
from promptops.lint.parsed import ParsedMessage

_AGAINST = re.compile(
    r"\b(?:not|never|no|avoid|without|refuse|refusing|decline|prohibit(?:ed|s)?|forbidden|illegal"
    r"|unlawful|unfair|bias(?:es|ed)?|discriminat\w{2,6}|fairness|prevent|audit|comply|compliance"
    r"|explain (?:why|how)|whether (?:it|this|the) (?:is|text|prompt|system)|regardless of"
    r"|banned?)\b"
    r"|n't\b"
)
_TOLD = re.compile(
    r"\b(?:fictional|novel|story|game|history|essay|article (?:on|about)|research (?:on|about))\b"
)


def is_negated(message: ParsedMessage, start: int, end: int) -> bool:
    """Whether the sentence around a match forbids it, or looks for cases of it."""
    first, last = sentence_around(message, start)
    return bool(_AGAINST.search(message.lower, first, max(last, end)))


def is_discussed(message: ParsedMessage, start: int, end: int) -> bool:
    """Whether that sentence forbids it, or speaks about it only, as a story or an essay does."""
    first, last = sentence_around(message, start)
    told = _TOLD.search(message.lower, first, max(last, end))
    return told is not None or is_negated(message, start, end)
