"""Say it once in a normal voice: no capitals for emphasis, no rows of exclamation marks."""

import re
from typing import ClassVar

from promptops.rewrite.check import SHOUTED
from promptops.rewrite.draft import Draft
from promptops.rewrite.literals import map_words

_SHOUTED = re.compile(rf"\b(?:{'|'.join(sorted(SHOUTED))})\b")
_PREFIX = re.compile(r"(^|(?<=[.!?\n])[ \t]*)(?:CRITICAL|IMPORTANT|WARNING|NOTE)[:!][ \t]*(\w)")
# Three or more words in capitals: the whole run is shouted, not only the words of the list.
_RUN = re.compile(r"\b[A-Z]+(?:['’][A-Z]+)?(?:[ ,]+[A-Z]+(?:['’][A-Z]+)?){2,}\b")
_NAMES = frozenset(
    {"API", "EU", "ID", "IDS", "ISO", "JSON", "UK", "URL", "USA", "USD", "UTF", "YAML"}
)
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
    text = _PREFIX.sub(lambda match: match[1] + match[2].upper(), text)
    text = _MARKS.sub("!", text)
    text = _RUN.sub(lambda match: _calm_run(match, text), text)
    return _SHOUTED.sub(lambda match: _calm(match, text), text)


def _calm_run(match: re.Match[str], text: str) -> str:
    run = match.group()
    if not _SHOUTED.search(run) or "\n" in run:
        return run
    calm = re.sub(r"[A-Z'’]+", lambda word: _lower(word.group()), run)
    return calm[:1].upper() + calm[1:] if _starts_sentence(match, text) else calm


def _lower(word: str) -> str:
    """Lower case, unless the word is an acronym: a known one, or one that cannot be spoken."""
    return word if word in _NAMES or not set(word) & set("AEIOUY") else word.lower()


def _calm(match: re.Match[str], text: str) -> str:
    word = match.group().lower()
    return word.capitalize() if _starts_sentence(match, text) else word


def _starts_sentence(match: re.Match[str], text: str) -> bool:
    return _SENTENCE_START.search(text[: match.start()]) is not None
