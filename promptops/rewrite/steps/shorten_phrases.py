"""Say set phrases in fewer words, for models that lose the thread of long instructions."""

import re
from typing import ClassVar

from promptops.rewrite.draft import Draft
from promptops.rewrite.literals import map_words
from promptops.rewrite.step import Step

_SHORTER = {
    "in order to": "to",
    "so as to": "to",
    "due to the fact that": "because",
    "owing to the fact that": "because",
    "in the event that": "if",
    "at this point in time": "now",
    "at the present time": "now",
    "for the purpose of": "for",
    "for the purposes of": "for",
    "prior to": "before",
    "subsequent to": "after",
    "by means of": "by",
    "is able to": "can",
    "are able to": "can",
}
_OPENERS = (
    "it is important to note that", "please note that",
    "keep in mind that", "bear in mind that", "note that", "basically,",
    "essentially,", "your task is to", "your job is to", "your goal is to",
    "i want you to", "i would like you to", "i need you to", "make sure that you", "make sure to",
    "be sure to",
)  # fmt: skip
_PHRASE = re.compile(
    rf"\b(?:{'|'.join(re.escape(key) for key in sorted(_SHORTER, key=len, reverse=True))})\b",
    re.IGNORECASE,
)
# Only where a sentence begins: "it is important to note that" inside of one may be its point.
_OPENER = re.compile(
    rf"(?P<before>(?:^|(?<=[.!?\n])[ \t]*|(?<=[-*] )))(?:{'|'.join(_OPENERS)})\s+(?P<first>\w)",
    re.IGNORECASE,
)


class ShortenPhrases(Step):
    """Replaces "in order to" by "to" and drops openers such as "your task is to".

    The pairs are from the plain-language lists of the United States government (plainlanguage.gov,
    "Use simple words and phrases"); none holds a number, a negation or an obligation.
    """

    name: ClassVar[str] = "shorten-phrases"
    topic: ClassVar[str] = "instructions"
    values: ClassVar[frozenset[str]] = frozenset({"short"})
    reason: ClassVar[str] = "says set phrases in fewer words"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        return draft.reword(lambda text: map_words(text, _shorter))


def _shorter(text: str) -> str:
    text = _PHRASE.sub(_short, text)
    return _OPENER.sub(lambda match: match["before"] + match["first"].upper(), text)


def _short(match: re.Match[str]) -> str:
    short = _SHORTER[match.group().lower()]
    return short.capitalize() if match.group()[0].isupper() else short
