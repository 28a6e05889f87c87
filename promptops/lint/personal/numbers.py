"""Numbers of payment cards, bank accounts and persons, wherever they stand in a message."""

import re
from collections.abc import Iterator

from promptops.lint.parsed import ParsedMessage
from promptops.lint.personal.national import national_numbers
from promptops.lint.phrases import phrase
from promptops.lint.validators import PUBLISHED_IBANS, is_card_number, is_iban, is_ssn, luhn

_GAP = " \u00a0\u2007\u202f"
"""Spaces between the groups of a number; three of them do not break."""
_DIGITS = re.compile(rf"(?<![\w.+-])(?:[0-9][{_GAP}-]?){{11,18}}[0-9](?![\w-]|\.[0-9])")
_CALLED = re.compile(r"\b(?:card|cc|visa|mastercard|amex|credit|debit|maestro|pan)\b[^\n]{0,30}$")
# Both begin with digits, which are rare, and look back from there: less of the text is tried.
_IBAN = re.compile(
    r"[0-9]{2}(?<=(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2})"
    rf"(?:[{_GAP}-]?[A-Za-z0-9]{{1,4}}){{3,8}}(?![A-Za-z0-9])"
)
_BETWEEN = re.compile(rf"[{_GAP}-]")
_LAST = re.compile(rf"[{_GAP}-][^{_GAP}-]{{0,40}}$|[^{_GAP}-]$")
_SSN = re.compile(
    rf"[0-9]{{3}}(?<![\w-][0-9]{{3}})([{_GAP}.\u2010-\u2013-])[0-9]{{2}}\1[0-9]{{4}}"
    r"(?![\w-]|\.[0-9])"
)
_PLAIN_SSN = phrase(r"\b(?:ssn|social security(?: number| no)?)\b[^0-9\n]{0,16}(?P<n>[0-9]{9})\b")


ACCOUNT = "a bank account number (IBAN)"


def is_published(shown: str) -> bool:
    """Whether an account number is an example that is shown everywhere."""
    return _BETWEEN.sub("", shown).upper() in PUBLISHED_IBANS


def identity_numbers(message: ParsedMessage) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of every such number in a message, in any region; some overlap."""
    for match in _IBAN.finditer(message.text):
        start = match.start() - 2
        found = _account(message.text[start : match.end()])
        if found:
            yield start, start + found, ACCOUNT
    said = "ssn" in message.lower or "social security" in message.lower
    for pattern, group in ((_SSN, 0), (_PLAIN_SSN, "n")) if said else ((_SSN, 0),):
        for match in pattern.finditer(message.lower):
            if is_ssn(re.sub(r"[^0-9]", "", match[group])):
                yield *match.span(group), "a social security number"
    yield from national_numbers(message.text, message.lower)


def _account(shown: str) -> int:
    """How many characters of ``shown`` are an account number; words behind it do not count."""
    while len(shown) >= 15:
        if is_iban(_BETWEEN.sub("", shown).upper()):
            return len(shown)
        shown = _LAST.sub("", shown, count=1) if _BETWEEN.search(shown) else ""
    return 0


def card_numbers(message: ParsedMessage) -> Iterator[tuple[int, int]]:
    """Start and end of every card number in a message, in any region."""
    for match in _DIGITS.finditer(message.text):
        if _is_card(message, match.start(), re.sub(r"[^0-9]", "", match.group())):
            yield match.span()


def _is_card(message: ParsedMessage, start: int, digits: str) -> bool:
    return is_card_number(digits) or _is_called(message, start, digits)


def _is_called(message: ParsedMessage, start: int, digits: str) -> bool:
    """Whether a number of no known network is called one of a card, and its check digit holds."""
    said = _CALLED.search(message.lower, max(0, start - 40), start)
    return said is not None and luhn(digits) and len(set(digits)) > 2
