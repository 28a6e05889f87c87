"""Take out politeness for small models, which spend their attention on it."""

import re
from typing import ClassVar

from promptops.rewrite.draft import Draft
from promptops.rewrite.literals import map_words

_SENTENCE = re.compile(
    r"(?:(?<=^)|(?<=[.!?\n]))[ \t]*(?:thank you(?: (?:so|very) much)?|thanks(?: a lot)?"
    r"|many thanks)(?: in advance| for your (?:help|time|work))?[.!]+(?=\s|$)",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"\b(?:(?:could|can|would|will) you (?:please |kindly )?|i(?: would|['’]d) like you to "
    r"|i want you to |please kindly |please |kindly )(\w)",
    re.IGNORECASE,
)
_TRAILING = re.compile(r",? please(?=[.!])", re.IGNORECASE)

_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s*|\n\s*(?:[-*]|\d+[.)])?\s*)$")


class ShortenPoliteness:
    """Removes please, kindly, thank you and "I would like you to"."""

    name: ClassVar[str] = "shorten-politeness"
    topic: ClassVar[str] = "politeness"
    values: ClassVar[frozenset[str]] = frozenset({"drop"})
    reason: ClassVar[str] = "drops politeness, which costs a small model tokens and attention"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        return draft.reword(_plain)


def _plain(text: str) -> str:
    changed = map_words(text, _shorten)
    return changed if changed == text else changed.strip()


def _shorten(text: str) -> str:
    text = _SENTENCE.sub("", text)
    text = _TRAILING.sub("", text)
    return _OPENING.sub(lambda match: _opened(match, text), text)


def _opened(match: re.Match[str], text: str) -> str:
    """The verb that follows takes over the capital letter of a sentence."""
    starts = match.group()[0].isupper() and _SENTENCE_START.search(text[: match.start()])
    return match[1].upper() if starts else match[1]
