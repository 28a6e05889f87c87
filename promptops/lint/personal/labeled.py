"""Numbers that only their label tells from others: "passport no. …", "CVV: …", "MRN …"."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from promptops.lint.personal.checks import is_vin
from promptops.lint.phrases import lazy
from promptops.lint.validators import luhn

_JOIN = (
    r"(?:[ _-]?(?:number|numbers|num|no|nr|code|id|#))?[\"'`]?[.:#=]{0,2}\s{0,3}"
    r"(?:(?:is|was|are|are:|is:|number|no\.?|nr\.?|#|=)\s{1,3}){0,2}[#:\"'(`]{0,2}\s?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A kind of number, the words that announce it, and its form in lower case."""

    name: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool]

    def find(self, lower: str) -> Iterator[tuple[int, int]]:
        """Start and end of each number after its label."""
        for match in self.pattern.finditer(lower):
            bare = re.sub(r"[ .-]", "", match["value"])
            if self.check(bare) and not _is_made_up(bare):
                yield match.span("value")


def label(
    name: str, words: str, value: str, check: Callable[[str], bool] = lambda _: True
) -> Label:
    """A kind of number: ``words`` announce it, ``value`` is its form."""
    pattern = rf"(?<![a-z])(?:{words}){_JOIN}(?P<value>{value})(?![a-z0-9]|[.,-][0-9])"
    return Label(name=name, pattern=lazy(pattern), check=check)


def _digits(least: int, most: int = 99) -> Callable[[str], bool]:
    return lambda bare: least <= sum(map(str.isdigit, bare)) <= most


def _is_routing(bare: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(bare, (3, 7, 1) * 3, strict=True))
    return total % 10 == 0 and bare[:2] <= "80"


def _is_made_up(bare: str) -> bool:
    return (len(set(bare)) < 3 and len(bare) > 4) or "12345" in bare or "xxx" in bare


_LICENSE = (
    r"(?:driv(?:er|ing)(?:'?s?'?|’s)? licen[cs]e|driver(?:'?s|’s)? permit|dl"
    r"|führerschein(?:nummer)?)"
)
DOCUMENTS = (
    label(
        "a driver license number",
        rf"{_LICENSE}(?: or id)?",
        r"[a-z]{0,3}[ -]?[0-9][0-9a-z]{0,14}(?:[ -][0-9a-z]{1,9}){0,4}",
        _digits(5, 16),
    ),
    label(
        "a passport number",
        r"passport|reisepass(?:nummer)?|pasaporte|passeport|passaporto",
        r"[a-z]{0,3}[0-9]{6,9}[a-z]?|[a-z][0-9a-z]{8}",
        _digits(4, 9),
    ),
    label(
        "a license plate",
        r"licen[cs]e plate|number plate|registration plate|kennzeichen"
        r"|vehicle registration",
        r"[a-z0-9]{1,4}[ -]?[a-z0-9]{1,4}(?:[ -]?[a-z0-9]{1,4})?",
        _digits(1, 6),
    ),
    label(
        "a visa or residence number",
        r"(?:alien registration|a-number|residence permit"
        r"|green card|uscis)",
        r"[a-z]{0,3}[0-9]{7,10}",
        _digits(7, 10),
    ),
    label(
        "a voter or student identity number",
        r"(?:voter|student|employee|national) (?:id"
        r"|identity|identification)",
        r"[a-z]{0,3}-?[0-9]{5,12}",
        _digits(5, 12),
    ),
)
HEALTH = (
    label(
        "a medical record number",
        r"mrn|medical record|patient (?:id|number|no)"
        r"|chart (?:number|no)",
        r"[a-z]{0,4}-?[0-9]{4,10}(?:-[0-9]{1,6}){0,2}",
        _digits(4, 14),
    ),
    label(
        "a health plan number",
        r"(?:health plan|medicare|medicaid|beneficiary"
        r"|health insurance|subscriber|member)"
        r" (?:id|number|no|beneficiary|card)|mbi|policy number",
        r"[1-9][a-z][0-9a-z][0-9]-?[a-z][0-9a-z][0-9]-?[a-z]{2}[0-9]{2}"
        r"|[a-z]{0,4}-?[0-9][0-9a-z]{5,13}(?:-[0-9a-z]{2,6}){0,2}",
        _digits(4, 14),
    ),
)
BANKING = (
    label(
        "a bank account number",
        r"(?:bank |checking |savings |my |your |his |her )account"
        r"|account (?:number|no)|acct|a/c|kontonummer",
        r"[0-9]{2,17}(?:[ -][0-9]{2,6}){0,4}",
        _digits(7, 17),
    ),
    label("a bank routing number", r"routing|aba|rtn", r"[0-9]{9}", _is_routing),
    label("a bank sort code", r"sort", r"[0-9]{2}-[0-9]{2}-[0-9]{2}"),
)
CARD_SECRETS = (
    label(
        "a card's security code",
        r"cvv2?|cvc2?|cid|csc|card security|security code (?:of"
        r"|on) (?:the|my|your) card"
        r"|card verification(?: value| code)?",
        r"[0-9]{3,4}",
        lambda bare: bare not in {"123", "1234", "000", "0000"},
    ),
    label(
        "a card's PIN",
        r"(?:card|debit|credit|atm|bank)(?: card)?(?:'s)? pin",
        r"[0-9]{4,6}",
        lambda bare: bare not in {"1234", "0000", "123456"},
    ),
)
DEVICES = (
    label("a device number (IMEI)", r"imei", r"[0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{6}[ -]?[0-9]", luhn),
    label(
        "a vehicle number (VIN)",
        r"vin|vehicle identification|chassis",
        r"[0-9a-hj-npr-z]{17}",
        lambda bare: is_vin(bare.upper()),
    ),
    label("a SIM card number", r"iccid|sim(?: card)?", r"89[0-9]{16,18}", luhn),
    label(
        "a serial number of a device",
        r"(?:device|advertising|android|udid|idfa"
        r"|gaid)(?: identifier)?",
        r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{16}|[0-9a-f]{40}",
        _digits(4),
    ),
)
