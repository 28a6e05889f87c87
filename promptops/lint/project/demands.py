"""What the wording of a prompt demands of the answer, as far as it can be checked against one.

Everything here is read from instructions only; what an example or a quotation shows is no demand.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.phrases import NUMBER, number, phrase
from promptops.lint.regions import INSTRUCTIONS
from promptops.lint.scope import scope

Unit = Literal["word", "sentence", "character", "line"]

_UNIT = r"(?P<unit>word|sentence|character|line)s?"
_LIMIT = phrase(
    rf"\b(?P<cue>at most|no more than|not more than|up to|maximum of|max\.?|maximum|not exceed"
    rf"|no longer than|not longer than|under|fewer than|less than|within) (?P<number>{NUMBER}) "
    rf"{_UNIT}\b"
)
_ONE = phrase(
    rf"\b(?:answer|reply|respond|write|return|output|name|give|say|tell|classify|describe)"
    rf"(?: [\w ]{{0,40}})? "
    rf"(?:in|with) (?:exactly |only |just )?(?:one|a single) (?:short |brief )?{_UNIT}\b"
)
_BELOW = {"under", "fewer than", "less than"}
_CASE = phrase(
    r"\b(?:in|use|only|all|as) (?:all )?(?:(?P<lower>lower[ -]?case)|(?P<upper>upper[ -]?case"
    r"|capital letters|capitals|all caps))\b"
)
_LIST_CUE = phrase(
    r"\b(?:labels?|categories|classes|topics|sentiments|options|one of(?: the following)?"
    r"|(?:one|a single) word"
    r"|(?:classify|categori[sz]e|label|sort|rate|tag)\b[^.;:\n]{1,80}? (?:as|into|with)"
    r"|(?:answer|reply|respond) (?:only )?with|either)"
    r"(?: (?:the |these |following |one of ){0,3}(?:labels?|categories|classes|values|words))?"
    r"[: ]{1,3}"
)
_ITEM_LINE = re.compile(
    r"\n[ \t]{0,12}(?:[-*•]|\d{1,2}[.)])[ \t]{1,4}(?P<item>[^\n:(–—]{1,60})[^\n]{0,300}"
)
_SPLIT = re.compile(r",\s{0,3}(?:or |and )?|\s(?:or|and)\s|\s?\|\s?|\s?/\s?")
_END = re.compile(r"[.;\n(]|\sif\s|\sdepending\s|\sbased\s|\sfor\s")
_EDGES = " \t\n\u00a0\"'`“”‘’*_-.:"
_OPEN_ENDS = frozenset({"etc", "more", "others", "among others", "so on", "nothing else", "such"})
_NOT_A_BRANCH = re.compile(
    r"\b(?:otherwise|necessary|needed|should|can|may)\b"
    r"|\b(?:they|users?|customers?|he|she|i|you|to|who|people|players?)$"
)
_BRANCH = phrase(
    r"\bif\b(?P<condition>[^.;\n]{3,160}?)[,:]? (?:then )?(?:just |only |simply )?"
    r"(?:say|answer|answer with|reply|reply with|respond with|return|output|write|use) "
    r"(?:only |just |exactly |the word |the label )?"
    r"(?:[\"“'`‘](?P<quoted>[^\"”'`’\n]{1,80})[\"”'`’]|(?P<bare>null|none|n/a|unknown|other))"
)
_DATE = re.compile(r"\b(?:yyyy([-./])mm\1dd|dd([-./])mm\2yyyy|mm([-./])dd\3yyyy)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Where something is demanded."""

    message: ParsedMessage
    span: tuple[int, int]

    @property
    def words(self) -> str:
        """The demand as written."""
        start, end = self.span
        return " ".join(self.message.text[start:end].split())


@dataclass(frozen=True, slots=True, kw_only=True)
class LengthLimit(Demand):
    """At most ``most`` units; ``parts`` names the parts of the answer, empty for the whole."""

    most: int
    unit: Unit
    parts: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelList(Demand):
    """Labels that the answer is to be chosen from, as written."""

    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch(Demand):
    """When something holds, the answer is ``answer``."""

    condition: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterCase(Demand):
    """The letters of the whole answer."""

    upper: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DateForm(Demand):
    """How dates are written; ``pattern`` matches one."""

    form: str
    pattern: re.Pattern[str]


def instructing(prompt: ParsedPrompt) -> tuple[ParsedMessage, ...]:
    """The messages of the prompt's own wording that instruct."""
    return prompt.wordings[0].instructing if prompt.wordings else ()


def length_limits(prompt: ParsedPrompt) -> Iterator[LengthLimit]:
    """Upper limits on the length of the answer, or of a part of it."""
    for message in instructing(prompt):
        for pattern in (_LIMIT, _ONE):
            for match in message.find(pattern, INSTRUCTIONS):
                unit = cast("Unit", match["unit"])
                start, end = message.sentence_at(match.start())
                parts = scope(message.lower[start:end], without=frozenset({unit}))
                if parts is None:
                    continue
                most = 1 if pattern is _ONE else number(match["number"])
                if pattern is _LIMIT and match["cue"] in _BELOW:
                    most -= 1
                yield LengthLimit(
                    message=message, span=match.span(), most=most, unit=unit, parts=parts
                )


def letter_cases(prompt: ParsedPrompt) -> Iterator[LetterCase]:
    """Demands for lower or upper case of the whole answer."""
    for message in instructing(prompt):
        for match in message.find(_CASE, INSTRUCTIONS):
            start, end = message.sentence_at(match.start())
            if scope(message.lower[start:end], without=frozenset({"label", "word"})) == frozenset():
                upper = match["upper"] is not None
                yield LetterCase(message=message, span=match.span(), upper=upper)


def date_forms(prompt: ParsedPrompt) -> Iterator[DateForm]:
    """Forms that dates are to be written in."""
    for message in instructing(prompt):
        for match in message.find(_DATE, INSTRUCTIONS):
            digits = {"yyyy": "[0-9]{4}", "mm": "[0-9]{2}", "dd": "[0-9]{2}"}
            parts = re.split(r"([-./])", match[0])
            pattern = re.compile("".join(digits.get(part, re.escape(part)) for part in parts))
            form = match[0].upper()
            yield DateForm(message=message, span=match.span(), form=form, pattern=pattern)


def branches(prompt: ParsedPrompt) -> Iterator[Branch]:
    """Conditions with the answer they lead to, spelled out: ``if it is empty, say "none"``."""
    for message in instructing(prompt):
        for match in _BRANCH.finditer(message.lower):
            if message.region(match.start()) not in INSTRUCTIONS:
                continue
            if _NOT_A_BRANCH.search(match["condition"].strip()):
                continue
            group = "quoted" if match["quoted"] is not None else "bare"
            start, end = match.span(group)
            yield Branch(
                message=message,
                span=match.span(),
                condition=match["condition"],
                answer=message.text[start:end],
            )


def label_lists(prompt: ParsedPrompt) -> Iterator[LabelList]:
    """Enumerations that may be the labels of the answer; the caller has to confirm them."""
    for message in instructing(prompt):
        for match in message.find(_LIST_CUE, INSTRUCTIONS):
            labels, end = _inline(message.text, match.end())
            if len(labels) < 2:
                labels, end = _bullets(message.text, match.end())
            if 2 <= len(labels) <= 60:
                yield LabelList(message=message, span=(match.start(), end), labels=labels)


def _inline(text: str, start: int) -> tuple[tuple[str, ...], int]:
    stop = _END.search(text, start, start + 400)
    end = stop.start() if stop else min(len(text), start + 400)
    first, *rest = _SPLIT.split(text[start:end])
    parts = [part.strip(_EDGES) for part in (first.rpartition(":")[2], *rest)]
    whole = all(
        part and len(part.split()) <= 4 and part.lower() not in _OPEN_ENDS for part in parts
    )
    return (tuple(parts), end) if whole else ((), end)


def _bullets(text: str, start: int) -> tuple[tuple[str, ...], int]:
    found, place = [], text.rfind("\n", 0, start + 1) if text[start - 1 : start] == "\n" else -1
    place = place if place >= 0 else text.find("\n", start, start + 120)
    if place < 0 or text[start:place].strip(_EDGES):
        return (), start
    while match := _ITEM_LINE.match(text, place):
        found.append(match["item"].strip(_EDGES))
        place = match.end()
    return tuple(item for item in found if item), place
