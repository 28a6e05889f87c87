"""Say it once in a normal voice: no capitals for emphasis, no rows of exclamation marks."""

import re
from typing import ClassVar

from promptops.rewrite.draft import Draft
from promptops.rewrite.literals import line_around, map_words, starts_sentence
from promptops.rewrite.step import Step

_STRONG = frozenset(
    {"ALWAYS", "ANY", "EVER", "EVERY", "MUST", "NEVER", "ONLY", "SHOULD", "STRICTLY"}
)
"""Words that are written in capitals for emphasis, not because they are names."""
_LABELS = frozenset({"CRITICAL", "IMPORTANT", "MANDATORY", "NO", "REQUIRED", "VERY", "WARNING"})
"""The same where the sentence goes on in small letters; else they may be values (``YES or NO``)."""
_WEAK = frozenset({"AND", "DO", "NOT", "NOTE", "OR"})
"""The same, unless a term in capitals holds them (``NOT NULL``)."""
_PROSE = frozenset(
    {
        *("A", "ALL", "ARE", "AS", "BE", "FOR", "FROM", "HAVE", "I", "IF", "IN", "IS", "IT", "OF"),
        *("ON", "THAT", "THE", "THIS", "TO", "WILL", "WITH", "YOU", "YOUR"),
    }
)
"""Words that show that a run of capitals is a sentence."""
_PREFIX = re.compile(r"(^|(?<=[.!?\n])[ \t]*)(?:CRITICAL|IMPORTANT|NOTE)[:!][ \t]*(\w)")
# A warning says more than that it is loud: the word stays.
_WARNING = re.compile(r"(^|(?<=[.!?\n])[ \t]*)WARNING[:!](?=\s)")
# What is called in capitals, or stands before a colon, is the name of something.
_NAMED = re.compile(
    r"(?:\b(?:called|named|titled|labell?ed|entitled|sections?|headings?|headers?|columns?|tags?"
    r"|fields?|starts? with|begins? with) (?:the |an? )?|\bsays? |\[!?|[<$#@/\\-])$",
    re.IGNORECASE,
)
_EMPHATIC_NOT = re.compile(r"\b(?:do|does|did|must|should|shall|will|may) $", re.IGNORECASE)
_NEAR = 24
_CLOSERS = (":", "]", ">", "_", "=", "-")
# One or more words in capitals; a single letter does not begin a run.
_RUN = re.compile(r"\b[A-Z]{2,}(?:['’][A-Z]+)?(?:[ ,]+[A-Z]+(?:['’][A-Z]+)?)*\b")
_NAMES = frozenset(
    {"API", "EU", "I", "ID", "IDS", "ISO", "JSON", "UK", "URL", "USA", "USD", "UTF", "XML", "YAML"}
)
_MARKS = re.compile(r"(?<=[\w)\]'’])!{2,}(?=\s|$)")


class SoftenShouting(Step):
    """Writes shouted words in lower case, drops "CRITICAL:" and repeated exclamation marks.

    "WARNING:" stays as a word: it says more than that it is loud.
    """

    name: ClassVar[str] = "soften-shouting"
    topic: ClassVar[str] = "emphasis"
    values: ClassVar[frozenset[str]] = frozenset({"calm"})
    reason: ClassVar[str] = "says it in a normal voice: capitals make the model overreact"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        return draft.reword(lambda text: map_words(text, _soften))


def _soften(text: str) -> str:
    text = _WARNING.sub(r"\1Warning:", text)
    text = _PREFIX.sub(lambda match: match[1] + match[2].upper(), text)
    text = _MARKS.sub("!", text)
    return _RUN.sub(lambda match: _calm(match, text), text)


def _calm(match: re.Match[str], text: str) -> str:
    run = match.group()
    before = text[max(0, match.start() - _NEAR) : match.start()]
    if _NAMED.search(before) or text[match.end() : match.end() + 1] in _CLOSERS:
        return run
    if _is_title(line_around(text, match.start())):
        return run
    words = set(re.findall(r"[A-Z'’]+", run))
    # "Do NOT THINK" is a verb with stress, "is NOT NULL" a term.
    emphatic = run.startswith("NOT ") and _EMPHATIC_NOT.search(before)
    if not emphatic and not _is_shouted(words, run, text[match.end() : match.end() + 2]):
        return run
    calm = re.sub(r"[A-Z'’]+", lambda word: _lower(word.group()), run)
    starts = starts_sentence(text, match.start())
    return calm[:1].upper() + calm[1:] if starts else calm


def _is_title(line: str) -> bool:
    """Whether a line is a heading in capitals, or as short as one."""
    if any(map(str.islower, line)) or line.rstrip("*_ \t").endswith((".", "!", "?")):
        return False
    words = set(re.findall(r"[A-Z]+", line))
    return line.lstrip().startswith("#") or not (words & _PROSE or "DO NOT" in line)


def _is_shouted(words: set[str], run: str, behind: str) -> bool:
    if not words & (_STRONG | _LABELS | _WEAK):
        return False
    if words & _PROSE or "DO NOT" in run:
        return True
    if "," in run or words <= _WEAK - {"NOT"}:
        return False  # values: "AND, OR", "VERY LOW, LOW"
    if words <= _LABELS:
        return re.fullmatch(r" [a-z]", behind) is not None
    return bool(words & _STRONG) or words <= _LABELS | _WEAK


def _lower(word: str) -> str:
    """Lower case, unless the word is an acronym: a known one, or one that cannot be spoken."""
    return word if word in _NAMES or not set(word) & set("AEIOUY") else word.lower()
