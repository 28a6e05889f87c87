"""Written forms of e-mail addresses, accounts, identity and card numbers and IP addresses.

Positives in the variety that the standards allow, negatives that look like them: what is no such
thing at all ("lookalike"), and what is one but nobody's ("nobody's": reserved, documented or
published for tests). Values are drawn anew for every case, the same ones on every run.

Sources: RFC 5321, 5322, 6531 (e-mail), 2606 (reserved domains); ISO 13616 registry (lengths and
structure of accounts, its examples); Social Security Administration (areas, groups and serials that
are never assigned); RFC 4291, 5952, 4038 (IP in text), 5737, 3849 (documentation); ISO/IEC 7812-1.

    python benchmarks/lint_personal_cases.py
"""

import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

EACH = 6
"""Cases of a form."""
POSITIVE, LOOKALIKE, NOBODY = "positive", "lookalike", "nobody's"
_CARRIERS = (
    "Please look into {} before the meeting.", "The last entry was {}, which nobody had checked.",
    "Reply to the ticket about {} today.", "In the notes it says {}.",
    "- {}", "We found {} in the export and kept it.",
)  # fmt: skip
_FIRST = ("maria", "tobias", "leila", "pavel", "ingrid", "kofi", "yuki", "carlos", "nadia", "owen")
_LAST = ("keller", "okafor", "lindqvist", "moreau", "tanaka", "petrov", "garcia", "novak", "byrne")
_FIRM = ("contoso-retail", "northwind", "fabrikam", "lucerne", "tailspin", "proseware", "woodgrove")
_ENDING = ("com", "org", "net", "io", "de", "fr", "co.uk", "com.br", "technology", "dev")

Draw = Callable[[random.Random], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A text with one value: of an ``entity``, in a ``form``, of a ``kind``; where it stands."""

    entity: str
    form: str
    kind: str
    text: str
    start: int
    end: int


def cases() -> Iterator[Case]:
    """Every case, in a fixed order."""
    for entity, kind, form, draw in _forms():
        for number in range(EACH):
            dice = random.Random(f"{entity}/{kind}/{form}/{number}")
            value = draw(dice)
            before, mark, rest = value.partition("«")
            shown, _, behind = rest.partition("»") if mark else (value, "", "")
            carrier = _CARRIERS[number % len(_CARRIERS)]
            start = carrier.index("{}") + len(before if mark else "")
            text = carrier.format(f"{before if mark else ''}{shown}{behind}")
            yield Case(entity=entity, form=form, kind=kind, text=text, start=start,
                       end=start + len(shown))  # fmt: skip


def _forms() -> Iterator[tuple[str, str, str, Draw]]:
    for entity, table in _TABLES.items():
        for kind, forms in table.items():
            for form, draw in forms.items():
                yield entity, kind, form, draw


def _number(dice: random.Random, pattern: str) -> str:
    """``#`` is a digit, ``$`` a capital letter, ``~`` a hexadecimal digit."""
    drawn = {"#": string.digits, "$": string.ascii_uppercase, "~": "0123456789abcdef"}
    return "".join(dice.choice(drawn[char]) if char in drawn else char for char in pattern)


def _filled(pattern: str) -> Draw:
    def draw(dice: random.Random) -> str:
        parts = {"first": _FIRST, "last": _LAST, "firm": _FIRM, "end": _ENDING}
        text = pattern
        for name, choices in parts.items():
            text = text.replace(f"<{name}>", dice.choice(choices))
        while "<n>" in text:
            text = text.replace("<n>", str(dice.randint(11, 98)), 1)
        return text

    return draw


def _of(pattern: str) -> Draw:
    return lambda dice: _number(dice, pattern)


# --- accounts ------------------------------------------------------------------------------------

_STRUCTURE = {
    "AD": "#" * 20, "AE": "#" * 19, "AL": "#" * 24, "AT": "#" * 16, "AZ": "$$$$" + "#" * 20,
    "BE": "#" * 12, "BG": "$$$$" + "#" * 14, "BR": "#" * 23 + "$#", "CH": "#" * 17,
    "CR": "#" * 18, "CZ": "#" * 20, "DE": "#" * 18, "DK": "#" * 14, "DO": "$$$$" + "#" * 20,
    "EE": "#" * 16, "EG": "#" * 25, "ES": "#" * 20, "FI": "#" * 14, "FR": "#" * 23,
    "GB": "$$$$" + "#" * 14, "GE": "$$" + "#" * 16, "GI": "$$$$" + "#" * 15, "GR": "#" * 23,
    "IE": "$$$$" + "#" * 14, "IL": "#" * 19, "IS": "#" * 22, "IT": "$" + "#" * 22,
    "JO": "$$$$" + "#" * 22, "KZ": "#" * 16, "LB": "#" * 24, "LT": "#" * 16,
    "LV": "$$$$" + "#" * 13, "MD": "#" * 20, "MT": "$$$$" + "#" * 23, "NL": "$$$$" + "#" * 10,
    "NO": "#" * 11, "PK": "$$$$" + "#" * 16, "PL": "#" * 24, "PT": "#" * 21,
    "QA": "$$$$" + "#" * 21, "RO": "$$$$" + "#" * 16, "RS": "#" * 18, "SA": "#" * 20,
    "SE": "#" * 20, "SI": "#" * 15, "TR": "#" * 22, "UA": "#" * 25, "VG": "$$$$" + "#" * 16,
    "XK": "#" * 16,
}  # fmt: skip
_EXAMPLES = ("DE89 3704 0044 0532 0130 00", "GB29 NWBK 6016 1331 9268 19",
             "FR14 2004 1010 0505 0001 3M02 606", "CH93 0076 2011 6238 5295 7",
             "NL91 ABNA 0417 1643 00", "BE68 5390 0754 7034")  # fmt: skip


def _check(country: str, rest: str) -> int:
    digits = "".join(str(int(char, 36)) for char in f"{rest}{country}00")
    return 98 - int(digits) % 97


def _account(dice: random.Random, *, add: int = 0, country: str = "") -> str:
    land = country or dice.choice(sorted(_STRUCTURE))
    rest = _number(dice, _STRUCTURE.get(land, "#" * 18))
    return f"{land}{(_check(land, rest) + add - 2) % 97 + 2:02}{rest}"


def _fours(value: str, between: str = " ") -> str:
    return between.join(value[place : place + 4] for place in range(0, len(value), 4))


# --- cards ---------------------------------------------------------------------------------------


def _luhn(start: str, length: int, dice: random.Random, *, add: int = 0) -> str:
    body = start + "".join(dice.choice(string.digits) for _ in range(length - len(start) - 1))
    total = 0
    for place, char in enumerate(reversed(body)):
        value = int(char) * (1 if place % 2 else 2)
        total += value - 9 * (value > 9)
    return body + str((10 - total % 10 + add) % 10)


def _card(start: str, length: int, sizes: str = "", between: str = " ", add: int = 0) -> Draw:
    def draw(dice: random.Random) -> str:
        number = _luhn(start, length, dice, add=add)
        cut, parts = 0, []
        for size in map(int, sizes):
            parts.append(number[cut : cut + size])
            cut += size
        return between.join(parts) if parts else number

    return draw


# --- addresses of networks -----------------------------------------------------------------------


def _public(dice: random.Random) -> str:
    return f"{dice.choice((5, 31, 62, 77, 86, 91, 109, 145, 178, 188))}." + ".".join(
        str(dice.randint(13, 247)) for _ in range(3)
    )


def _six(dice: random.Random, groups: int) -> list[str]:
    start = dice.choice(("2a02", "2001", "2600", "2a01", "2804", "2406"))
    first = f"{dice.randint(0x1000, 0x7FFF):x}"
    return [start, first, *(f"{dice.randint(0x100, 0xFFFE):x}" for _ in range(groups - 2))]


def _version6(form: str) -> Draw:
    def draw(dice: random.Random) -> str:
        parts = _six(dice, 8)
        full = ":".join(parts)
        forms = {
            "full": full,
            "capital": full.upper(),
            "zeros": ":".join(part.zfill(4) for part in [*parts[:2], "0", "0", *parts[4:]]),
            "middle": f"{':'.join(parts[:3])}::{parts[3]}",
            "end": f"{':'.join(parts[:4])}::",
            "one": f"{':'.join(parts[:4])}::1",
            "port": f"[«{full}»]:{dice.randint(1024, 65000)}",
            "prefix": f"«{':'.join(parts[:4])}::{parts[5]}»/128",
            "mapped": f"::ffff:{_public(dice)}",
            "dotted": f"64:ff9b::{_public(dice)}",
        }
        return forms[form]

    return draw


# --- the forms -----------------------------------------------------------------------------------

_AREAS = (1, 665), (667, 899)


def _ssn(dice: random.Random, between: str, *, area: str = "", group: str = "",
         serial: str = "") -> str:  # fmt: skip
    low, high = dice.choice(_AREAS)
    drawn = area or f"{dice.randint(max(low, 100), high):03}"
    return between.join((drawn, group or f"{dice.randint(10, 99)}",
                         serial or f"{dice.randint(1002, 9989)}"))  # fmt: skip


_EMAIL = {
    POSITIVE: {
        "name.name": _filled("<first>.<last>@<firm>.<end>"),
        "plus tag": _filled("<first>.<last>+invoices<n>@<firm>.<end>"),
        "several subdomains": _filled("<first>@mail.dept.<firm>.co.uk"),
        "capitals": lambda dice: _filled("<first>.<last>@<firm>.<end>")(dice).upper(),
        "digits only": lambda dice: _number(dice, "#########@qq.com"),
        "hyphens and underscores": _filled("_<first>-<last>_<n>@<firm>.<end>"),
        "apostrophe": _filled("<first>.o'<last>@<firm>.<end>"),
        "other signs of RFC 5322": _filled("<first>&<last>#<n>@<firm>.<end>"),
        "domain with umlaut": _filled("<first>.<last>@bäckerei-<firm>.de"),
        "domain in punycode": _filled("<first>.<last>@xn--bckerei-<firm>-7hb.de"),
        "local part beyond ASCII": _filled("jos\u00e9.<last>@<firm>.<end>"),
        "quoted local part": _filled('"<first> <last>"@<firm>.<end>'),
        "address literal": lambda dice: f"{dice.choice(_FIRST)}@[{_public(dice)}]",
        "angle brackets": _filled("Maria K. <«<first>.<last>@<firm>.<end>»>"),
        "mailto": _filled("mailto:«<first>.<last>@<firm>.<end>»?subject=bill"),
    },
    LOOKALIKE: {
        "package with version": _of("lodash@4.17.##"),
        "scoped package": _of("@angular/core@1#.2.#"),
        "image of two densities": _of("icon-##@2x.png"),
        "login in an address": _filled("postgres://<first>:pa55w<n>@db.<firm>.<end>/app"),
        "handle": _filled("@<first>_<last><n>"),
        "price per piece": _of("## pcs @ 3.## each"),
        "two at signs": _filled("<first>@<last>@<firm>"),
        "no ending": _filled("<first>.<last>@fileserver"),
        "ending that is none": _filled("<first>.<last>@<firm>.local<n>"),
        "remote of a repository": _filled("git@github.com:<firm>/<last>.git"),
    },
    NOBODY: {
        "reserved domain": _filled("<first>.<last>@example.com"),
        "reserved ending": _filled("<first>@<firm>.invalid"),
        "role": _filled("support@<firm>.<end>"),
        "no reply": _filled("no-reply@<firm>.<end>"),
    },
}
_IBAN = {
    POSITIVE: {
        "compact": _account,
        "groups of four": lambda dice: _fours(_account(dice)),
        "hyphens": lambda dice: _fours(_account(dice), "-"),
        "no-break spaces": lambda dice: _fours(_account(dice), "\u00a0"),
        "small letters": lambda dice: _account(dice).lower(),
        "small letters in groups": lambda dice: _fours(_account(dice)).lower(),
        "behind its name": lambda dice: f"IBAN:«{_account(dice)}»",
        "before the bank's code": lambda dice: f"«{_fours(_account(dice))}» BIC COBADEFFXXX",
        "before a word in capitals": lambda dice: f"«{_fours(_account(dice, country='DE'))}» EUR",
        "in parentheses": lambda dice: f"(«{_account(dice)}»)",
    },
    LOOKALIKE: {
        "wrong check digits": lambda dice: _account(dice, add=dice.randint(1, 90)),
        "wrong check digits, in groups": lambda dice: _fours(_account(dice, add=7)),
        "country without accounts": lambda dice: _account(dice, country="US"),
        "country that is none": lambda dice: _fours(_account(dice, country="ZZ")),
        "a digit short": lambda dice: _account(dice, country="DE")[:-1],
        "two digits more": lambda dice: _account(dice, country="DE") + "47",
        "part number": _of("AB## ####-###K-####"),
        "hexadecimal digest": _of("~" * 32),
    },
    NOBODY: {"example of the registry": lambda dice: dice.choice(_EXAMPLES)},
}
_SSN = {
    POSITIVE: {
        "hyphens": partial(_ssn, between="-"),
        "spaces, named": lambda dice: f"SSN «{_ssn(dice, ' ')}»",
        "dots, named": lambda dice: f"SSN «{_ssn(dice, '.')}»",
        "nine digits, named": lambda dice: f"SSN: «{_ssn(dice, '')}»",
        "nine digits, named in full": lambda dice: f"social security number is «{_ssn(dice, '')}»",
        "number sign": lambda dice: f"SS# «{_ssn(dice, '-')}»",
        "no-break hyphens": partial(_ssn, between="\u2011"),
        "dashes": partial(_ssn, between="\u2013"),
        "in parentheses": lambda dice: f"(«{_ssn(dice, '-')}»)",
        "behind an equals sign": lambda dice: f"ssn=«{_ssn(dice, '-')}»",
    },
    LOOKALIKE: {
        "area 000": partial(_ssn, between="-", area="000"),
        "area 666": partial(_ssn, between="-", area="666"),
        "area from 900": lambda dice: _ssn(dice, "-", area=str(dice.randint(900, 999)), group="48"),
        "group 00": partial(_ssn, between="-", group="00"),
        "serial 0000": partial(_ssn, between="-", serial="0000"),
        "part number": lambda dice: f"PN-{_ssn(dice, '-')}-{dice.randint(10, 99)}",
        "nine digits without a name": lambda dice: f"order {_ssn(dice, '')}",
        "post code": _of("8####-####"),
        "employer number": _of("3#-#######"),
        "catalog number": _of("4##-######"),
        "two separators": lambda dice: _ssn(dice, "-").replace("-", ".", 1),
    },
    NOBODY: {
        "published in advertisements": lambda dice: dice.choice(
            ("078-05-1120", "219-09-9999", "987-65-4320", "987-65-4325", "123-45-6789")
        ),
    },
}
_IP = {
    POSITIVE: {
        "IPv4": _public,
        "IPv4 with a port": lambda dice: f"«{_public(dice)}»:{dice.randint(1024, 65000)}",
        "IPv4 in a web address": lambda dice: f"http://«{_public(dice)}»/login",
        "IPv4 in brackets": lambda dice: f"[«{_public(dice)}»]",
        "IPv4 of one host": lambda dice: f"«{_public(dice)}»/32",
        "IPv6": _version6("full"),
        "IPv6 in capitals": _version6("capital"),
        "IPv6 with leading zeros": _version6("zeros"),
        "IPv6, zeros left out in the middle": _version6("middle"),
        "IPv6, zeros left out at the end": _version6("end"),
        "IPv6, all but the last left out": _version6("one"),
        "IPv6 with a port": _version6("port"),
        "IPv6 with a prefix": _version6("prefix"),
        "IPv4 mapped to IPv6": _version6("mapped"),
        "IPv4 translated to IPv6": _version6("dotted"),
    },
    LOOKALIKE: {
        "version": lambda dice: f"version {_number(dice, '4.1#.#.2')}",
        "version of a browser": lambda dice: f"Chrome/{_number(dice, '12#.0.1#.8#')}",
        "version of a package": lambda dice: f"System.Text.Json {_number(dice, '8.#.1#.7')}",
        "section": lambda dice: f"section {_number(dice, '3.#.1.4')}",
        "five numbers": lambda dice: f"{_public(dice)}.{dice.randint(1, 99)}",
        "a number above 255": lambda dice: f"{dice.randint(300, 900)}.12.4.77",
        "object identifier": _of("1.3.6.1.4.1.3#1"),
        "hardware address": _of("3~:1b:44:~~:3a:b7"),
        "time": _of("1#:2#:4#"),
        "scope in code": lambda dice: f"std::{dice.choice(('vector', 'map', 'decay', 'byte'))}",
        "scope of hexadecimal words": lambda dice: f"face::{dice.choice(('bed', 'cafe', 'add'))}",
        "two colons": lambda _: "a :: b",
        "digest with colons": lambda dice: ":".join(_number(dice, "~~") for _ in range(20)),
    },
    NOBODY: {
        "documentation": lambda dice: f"203.0.113.{dice.randint(2, 250)}",
        "documentation, IPv6": lambda dice: f"2001:db8::{dice.randint(2, 250)}",
        "private": lambda dice: f"192.168.{dice.randint(0, 9)}.{dice.randint(2, 250)}",
        "this machine": lambda dice: dice.choice(("127.0.0.1", "::1")),
        "this link": lambda dice: f"fe80::{dice.randint(0x100, 0xFFF):x}",
        "public resolver": lambda dice: dice.choice(("8.8.8.8", "1.1.1.1", "9.9.9.9")),
    },
}
_CARD = {
    POSITIVE: {
        "Visa": _card("4", 16, "4444"),
        "Visa, compact": _card("45", 16),
        "Visa, hyphens": _card("47", 16, "4444", "-"),
        "Mastercard": _card("53", 16, "4444"),
        "Mastercard, new range": _card("2345", 16, "4444"),
        "American Express": _card("37", 15, "465"),
        "Diners Club": _card("36", 14, "464"),
        "Discover": _card("6011", 16, "4444"),
        "JCB": _card("3548", 16, "4444"),
        "UnionPay": _card("6222", 16, "4444"),
        "UnionPay, 19 digits": _card("6222", 19),
        "Maestro": _card("6759", 16, "4444"),
        "no-break spaces": _card("4", 16, "4444", "\u00a0"),
    },
    LOOKALIKE: {
        "wrong check digit": _card("4", 16, "4444", add=3),
        "wrong check digit, compact": _card("53", 16, add=5),
        "no network's": _card("9", 16, "4444"),
        "device number": _card("0124", 15),
        "longer": lambda dice: _luhn("4", 16, dice) + _number(dice, "######"),
        "time in milliseconds": _of("17########500"),
        "fraction": lambda dice: f"0.{_luhn('4', 16, dice)}",
        "identifier": lambda dice: f"id-{_luhn('4', 16, dice)}-{_number(dice, '~~~~')}",
    },
    NOBODY: {
        "published for tests": lambda dice: dice.choice(
            ("4111 1111 1111 1111", "4242424242424242", "5555-5555-5555-4444", "378282246310005")
        ),
    },
}
_TABLES: dict[str, dict[str, dict[str, Draw]]] = {
    "EMAIL_ADDRESS": _EMAIL, "IBAN_CODE": _IBAN, "US_SSN": _SSN, "IP_ADDRESS": _IP,
    "CREDIT_CARD": _CARD,
}  # fmt: skip


if __name__ == "__main__":
    for case in cases():
        print(case.entity, case.kind, case.form, case.text, sep="\t")
