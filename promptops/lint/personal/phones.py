"""Telephone numbers: by their form where it is distinctive, by the words around them elsewhere."""

import re
from collections.abc import Iterator

from promptops.lint.phrases import lazy
from promptops.lint.validators import is_card_number

_EXTENSION = r"(?: ?(?:x|ext\.?|extension) ?[0-9]{1,6})?"
_END = r"(?![A-Za-z0-9]|[-.][0-9]|,[0-9]{3}|@|%)"
_INTERNATIONAL = lazy(
    r"(?<![\w./+=-])(?:\+ ?|00)[1-9][0-9]{0,2}[ .-]?(?:\(0?[0-9]{0,4}\)[ .-]?)?"
    rf"(?:[0-9]{{1,5}}[ .-]?){{1,5}}[0-9]{{2,4}}{_EXTENSION}{_END}"
)
_NORTH_AMERICAN = lazy(
    r"(?<![\w./+=#-])(?:(?:\+?1|001)[ .-]?)?(?:\([2-9][0-9]{2}\) ?"
    r"|[2-9][0-9]{2}([-.]))[2-9][0-9]{2}(?(1)\1|[ .-])"
    rf"[0-9]{{4}}{_EXTENSION}{_END}"
)
_NATIONAL = lazy(
    r"(?<![\w./+=,#$€£-])(?:\(0[0-9]{1,4}\) ?[0-9]{3,4}(?:[ -]?[0-9]{2,4}){1,2}"
    rf"|0[1-9][0-9]{{1,3}}(?:[ -][0-9]{{2,4}}){{2,4}}"
    rf"|0[1-9](?:([ .])[0-9]{{2}})(?:\1[0-9]{{2}}){{3}}){_END}"
)
_BEFORE = lazy(
    r"\b(?:phones?|telephone|tel|mobile|cell(?:phone)?|call(?:ed|ing)?(?: (?:me|us|her|him|them"
    r"|back|someone))?"
    r"|can someone call me|fax|desk(?=:)|whatsapp|sms|text(?:ed)? (?:me|us|her|him)|dial(?:ed)?"
    r"|ring (?:me|us|her|him)|hotline|answering|(?:my|their|your|his|her|the|our) registered"
    r"|messages?(?= (?:to|on|at)\b)|landline"
    r"|reach(?:ed|able)?(?: (?:me|us|her|him|them)| at| on| under)|contact(?: (?:me|us|number"
    r"|no)|(?=:))|phoned?|telefon|handy|tél(?:éphone)?"
    r"|teléfono|móvil|telefono|cellulare|telefone)\b(?: (?:number|no|nr|num))?[.:]?"
    r"(?: (?:is|at|on|to|under|via|using|was|number|no\.?|phone|mobile"
    r"|from)){0,3}[ \t]{0,3}[:#=]?(?:\\n|\s){0,3}[\"'(]??"
    rf"(?P<number>(?:\(0?[0-9]{{1,4}}\) ?|\+)?[0-9]{{1,4}}(?:(?:[ .-]{{1,2}}"
    rf"| ?/ ?)?[0-9]{{1,5}}){{1,5}}{_EXTENSION}){_END}"
)
_BEHIND = lazy(
    rf"(?<![\w./+=#-])(?<![0-9],)(?P<number>(?:\([0-9]{{1,4}}\) ?)?[0-9]{{2,4}}(?:[ .-]?[0-9"
    rf"]{{2,4}}){{1,5}}{_EXTENSION})"
    r"[ \t]{0,2}[-(]?[ \t]?(?:office|fax|mobile|cell|phone|home|work|landline|desk)\b",
    re.IGNORECASE,
)
_DATE = lazy(
    r"(?:19|20)[0-9]{2}([-./ ])[01]?[0-9]\1[0-3]?[0-9](?![0-9])"
    r"|[0-3]?[0-9]([-./ ])[01]?[0-9]\2(?:19|20)[0-9]{2}"
    r"|[01]?[0-9]([-./])[0-3]?[0-9]\3(?:19|20)[0-9]{2}|(?:19|20)[0-9]{2} ?[-–] ?(?:19|20)[0-9]{2}$"
)
_NETWORK = lazy(
    r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}"
    r"|[1-9]?[0-9])$"
)
_SOCIAL = lazy(r"[0-9]{3}([- ])[0-9]{2}\1[0-9]{4}$")
_FICTION = lazy(
    r"\b555[ .)-]{0,2}(?:01[0-9]{2}|1234|5555|0000)$|([0-9])(?:[ .-]?\1){5}|123[ .-]?456"
    r"|000[ .-]?000|987[ .-]?654"
)

SHAPES = (
    r"(?:\+ ?|00)[1-9][0-9]{0,2}[ .-]?(?:\(0?[0-9]{0,4}\)[ .-]?)?[0-9]{1,5}[ .-]?[0-9]{2}",
    r"[2-9][0-9]{2}(?:[.-]|\) ?)[2-9][0-9]{2}[ .-][0-9]{4}",
    r"\(0[0-9]{1,4}\) ?[0-9]{3}",
    r"0[1-9][0-9]{1,3}[ -][0-9]{2,4}[ -][0-9]{2}",
    r"0[1-9](?:[ .][0-9]{2}){4}",
    (
        r"(?:phone|tel|mobile|cell|call|fax|desk|whatsapp|sms|text|dial|ring|hotline|answering"
        r"|registered|message|landline"
        r"|reach|contact|handy|tel.{1,2}fono|m.{1,2}vil|cellulare"
        r"|telefone)[^0-9]{0,30}[0-9](?:[ ./()-]{0,3}[0-9]){6}"
    ),
    (
        r"[0-9](?:[ .-]?[0-9]){5}[ \t]{0,2}[-(]?[ \t]?(?:office|fax|mobile|cell|phone|home|work"
        r"|landline|desk)"
    ),
)
"""What every telephone number implies, over lower-case text."""


_FORMS = ((_INTERNATIONAL, 9, 15), (_NORTH_AMERICAN, 10, 20), (_NATIONAL, 9, 12))
_RUN = lazy(r"[0-9](?:[ ./()-]{0,3}[0-9]){6}")


def phone_numbers(text: str, lower: str) -> Iterator[tuple[int, int]]:
    """Start and end of every telephone number, in order, none overlapping."""
    spans: set[tuple[int, int]] = set()
    for run in _RUN.finditer(text):
        begin, end = max(0, run.start() - 60), run.end() + 40
        for form, least, most in _FORMS:
            found = form.finditer(text, begin, end)
            for match in found:
                if match.span() not in spans and _fits(match.group(), least, most):
                    spans.add(match.span())
        for pattern in (_BEFORE, _BEHIND):
            found = pattern.finditer(lower, begin, end)
            spans.update(match.span("number") for match in found if _fits(match["number"], 7, 17))
    last = -1
    for start, stop in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= last:
            yield start, stop
            last = stop


def _fits(shown: str, least: int, most: int) -> bool:
    """Whether the digits can be those of a telephone and the form is not that of something else."""
    number = re.split(r" ?[xe]", shown, maxsplit=1)[0]
    digits = re.sub(r"[^0-9]", "", number)
    return (
        least <= len(digits) <= most
        and not _FICTION.search(number)
        and not _DATE.match(number)
        and not _NETWORK.match(number)
        and not _SOCIAL.match(number)
        and not is_card_number(digits)
    )
