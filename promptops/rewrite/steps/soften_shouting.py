"""Say it once in a normal voice: no capitals for emphasis, no rows of exclamation marks."""

import re
from typing import ClassVar

from promptops.rewrite.check import SHOUTED
from promptops.rewrite.draft import Draft
from promptops.rewrite.literals import map_words

_SHOUTED = re.compile(rf"\b(?:{'|'.join(sorted(SHOUTED))})\b")
_PREFIX = re.compile(r"(^|(?<=[.!?\n])[ \t]*)(?:CRITICAL|IMPORTANT|WARNING|NOTE)[:!][ \t]*(\w)")
_MARKS = re.compile(r"!{2,}")
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s*|\n\s*(?:[-*]|\d+[.)])?\s*)$")


class SoftenShouting:
    """Writes shouted words in lower case, drops "CRITICAL:" and repeated exclamation marks."""

    name: ClassVar[str] = "soften-shouting"
    topic: ClassVar[str] = "emphasis"
    values: ClassVar[frozenset[str]] = frozenset({"calm"})
    reason: ClassVar[str] = "says it in a normal voice: capitals make the model overreact"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        return draft.reword(lambda text: map_words(text, _soften))


def _soften(text: str) -> str:
    if text.upper() == text and not _SHOUTED.search(text):
        return text
    text = _PREFIX.sub(lambda match: match[1] + match[2].upper(), text)
    text = _MARKS.sub("!", text)
    return _SHOUTED.sub(lambda match: _calm(match, text), text)


def _calm(match: re.Match[str], text: str) -> str:
    word = match.group().lower()
    starts = _SENTENCE_START.search(text[: match.start()]) is not None
    return word.capitalize() if starts else word
