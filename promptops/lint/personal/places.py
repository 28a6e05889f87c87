"""Postal addresses of people: a house number with a street, announced or followed by a town."""

import re
from collections.abc import Iterator

from promptops.lint.phrases import lazy

_WORD = r"(?:[A-ZÀ-Þ][\w'’.-]{1,24}|[0-9]{1,3}(?:st|nd|rd|th)|[NSEW]\.?)"
_KIND = (
    r"(?:Street|Streets|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Way|Place|Pl"
    r"|Squares?|Sq|Terrace|Crescent|Close|Parkway|Pkwy|Highway|Hwy|Circle|Cir|Trail|Alley|Plaza"
    r"|Row)"
)
_ENGLISH = rf"[0-9]{{1,6}}[A-Za-z]?,? (?:{_WORD} ){{1,4}}{_KIND}\b\.?"
_GERMAN = (
    r"[A-ZÄÖÜ][\wäöüß.-]{2,24}(?:stra(?:ße|sse)|str\.|gasse|weg|platz|allee|ring|damm|ufer)"
    r" ?[0-9]{1,4} ?[a-z]?\b"
)
_ROMANCE = (
    r"(?:Rua|Via|Viale|Piazza|Calle|Avenida|Av\.|Rue|Boulevard|Place|Plaza|Paseo|Carrer|Strada"
    r"|Largo)"
    rf"(?: (?:d[aeio]s?|del(?:la|le|los)?|di|du|des|la|le|l[’']|san|santa"
    rf"|{_WORD})){{1,5}},? (?:n\.? ?|nº ?)?[0-9]{{1,5}}\b"
)
_STREET = lazy(rf"(?<![\w.$€£-])(?:{_ENGLISH}|{_GERMAN}|{_ROMANCE})")
_SAID = lazy(
    r"(?:address|live[sd]?|living|reside[sd]?|residing|residence|home|deliver(?:y|ed)?"
    r"|ship(?:ped|ping)?|mail(?:ed|ing)?|send)"
    r"[^.!?]{0,40}$",
    re.IGNORECASE,
)
_TOWN = lazy(
    r"[,\n ]{1,3}(?:(?:apt|suite|unit|ste|flat|floor)\.? ?#?[\w-]{1,6}[,\n ]{1,3})?"
    r"(?:[A-ZÀ-Þ][\w'’.-]{1,24}[ ,\n]{1,3}){1,3}(?:[A-Z]{2} )?[A-Z]{0,2}[0-9][0-9A-Z]{2,4}\b"
    r"|[,\n ]{1,3}[0-9]{4,5} [A-ZÀ-Þ]",
    re.IGNORECASE,
)

SHAPES = (
    (
        r"[0-9][a-z]?,? (?:[^\s,]{1,25} ){1,4}(?:streets?|st|avenue|ave|road|rd|boulevard|blvd|lane"
        r"|ln|drive|dr|court|ct|way|place|pl"
        r"|squares?|sq|terrace|crescent|close|parkway|pkwy|highway|hwy|circle|cir|trail|alley|plaza"
        r"|row)[^a-z]"
    ),
    r"(?:strasse|stra.{1,2}e|str\.|gasse|weg|platz|allee|ring|damm|ufer) ?[0-9]",
    (
        r"(?:rua|via|viale|piazza|calle|avenida|av\.|rue|boulevard|place|plaza|paseo|carrer|strada"
        r"|largo) [^\n]{2,60}[0-9]"
    ),
)
"""What every address implies, over lower-case text."""


def street_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each street with its number that is someone's address."""
    for match in _STREET.finditer(text):
        said = _SAID.search(text, max(0, match.start() - 60), match.start())
        if said or _TOWN.match(text, match.end(), match.end() + 80):
            yield match.span()
