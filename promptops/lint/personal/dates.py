"""Dates of a person's life: of birth and death, of treatment (HIPAA's list of identifiers)."""

import re
from collections.abc import Iterator

from promptops.lint.phrases import lazy

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DATE = (
    r"(?:[0-3]?[0-9][./-][0-3]?[0-9][./-](?:19|20)?[0-9]{2}"
    r"|(?:18|19|20)[0-9]{2}[./-][01]?[0-9][./-][0-3]?[0-9]"
    rf"|{_MONTH} [0-3]?[0-9](?:st|nd|rd|th)?,? (?:18|19|20)[0-9]{{2}}"
    rf"|[0-3]?[0-9](?:st|nd|rd|th|\.)?(?: of)? {_MONTH},? (?:18|19|20)[0-9]{{2}})"
)
_EVENT = lazy(
    r"\b(?P<event>born(?: on| in)?|date of (?:birth|death|admission|discharge|service)"
    r"|d\.?o\.?b\b\.?|birth[ _-]?da(?:te|y)"
    r"|(?:was |been )?(?:admitted|hospitali[sz]ed|discharged)(?: on| to hospital on)?"
    r"|died(?: on)?|deceased(?: on)?"
    r"|geboren(?: am)?|geburtsdatum|né(?:e)? le|nacid[oa] el|fecha de nacimiento|nat[oa] il)"
    r"[\"'`)]{0,2}\s{0,3}(?:[:=]|is|was|on){0,1}\s{0,3}[\"'`(]?"
    rf"(?P<date>{_DATE})(?![0-9])"
)
SHAPES = (
    (
        r"(?:born|d\.?o\.?b|birth|date of|admitted|hospitali[sz]ed|discharged|died|deceased|geboren"
        r"|geburtsdatum"
        r"|le|nacid[oa] el|nacimiento"
        r"|nat[oa] il)[^\n]{0,24}[0-9]{1,4}(?:[./-][0-9]{1,2}[./-][0-9]{2}"
        r"|[a-z.]{0,3}(?: of)? [a-z]{3,9}\.?,? [12][0-9]{3})"
    ),
    (
        r"(?:born|d\.?o\.?b|birth|date of|admitted|hospitali[sz]ed|discharged|died|deceased)"
        r"[^\n]{0,20}"
        r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? [0-9]{1,2}(?:st|nd|rd"
        r"|th)?,? [12][0-9]{3}"
    ),
)
"""What every such date implies, over lower-case text."""
_LIVING_FROM = 1910


def personal_dates(lower: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and event of each date whose person can be alive (born or treated since 1910)."""
    for match in _EVENT.finditer(lower):
        year = re.search(r"(?:18|19|20)[0-9]{2}", match["date"])
        if year is None or int(year.group()) >= _LIVING_FROM:
            yield *match.span("date"), match["event"]
