"""Take out politeness for small models, which spend their attention on it."""

import re
from functools import partial
from typing import ClassVar

from promptops.rewrite.draft import Draft
from promptops.rewrite.literals import map_words, starts_sentence, trimmed
from promptops.rewrite.step import Step

_SENTENCE = re.compile(
    r"(?:(?<=^)|(?<=[.!?\n]))[ \t]*(?:thank you(?: (?:so|very) much)?|thanks(?: a lot)?"
    r"|many thanks)(?: in advance| for your (?:help|time|work))?[.!]+(?=\s|$)",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\b(?:could|can|would|will) you (?:(?:please |kindly )|(?=(?:answer|check|choose|classify"
    r"|come up|create|describe|explain|find|generate|give|help|identify|list|make|provide|rewrite"
    r"|show|sort|suggest|summari[sz]e|tell|translate|write)\b))(?P<verb>\w)(?P<rest>[^.!?\n]*\??)",
    re.IGNORECASE,
)
_WISHED = re.compile(
    r"\b(?:i(?: would|['’]d) like you to |i want you to )(?P<verb>\w)", re.IGNORECASE
)
_PLEASE = re.compile(r"\b(?:please kindly |please |kindly )(?P<verb>\w)", re.IGNORECASE)
_TRAILING = re.compile(r",? please(?=[.!])", re.IGNORECASE)


class ShortenPoliteness(Step):
    """Removes please, kindly, thank you and "I would like you to"."""

    name: ClassVar[str] = "shorten-politeness"
    topic: ClassVar[str] = "politeness"
    values: ClassVar[frozenset[str]] = frozenset({"drop"})
    reason: ClassVar[str] = "drops politeness, which costs a small model tokens and attention"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        return draft.reword(_plain)


def _plain(text: str) -> str:
    return trimmed(map_words(text, _shorten), text)


def _shorten(text: str) -> str:
    text = _SENTENCE.sub("", text)
    text = _TRAILING.sub("", text)
    for pattern, change in ((_ASKED, _told), (_WISHED, _told), (_PLEASE, _verb)):
        text = pattern.sub(partial(change, text=text), text)
    return text


def _told(match: re.Match[str], text: str) -> str:
    """The request as an instruction, when it is a sentence: "how would you" is a question."""
    if not starts_sentence(text, match.start()):
        return match.group()
    rest = match["rest"] if "rest" in match.re.groupindex else ""
    return _verb(match, text) + (f"{rest[:-1]}." if rest.endswith("?") else rest)


def _verb(match: re.Match[str], text: str) -> str:
    """The verb that follows takes over the capital letter of a sentence."""
    starts = match.group()[0].isupper() and starts_sentence(text, match.start())
    return match["verb"].upper() if starts else match["verb"]
