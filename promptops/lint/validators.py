"""Checks that tell a real number from a lookalike: card, account, identity, entropy."""

import math
import re
from collections import Counter

_CARD_PREFIX = re.compile(
    r"^(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"
    r"|3[47]\d{13}|6(?:011|5\d\d)\d{12}|62\d{14}(?:\d{3})?|3(?:0[0-5]|[68]\d)\d{11}|35(?:2[89]|[3-9]\d)\d{12}"
    r"|(?:2131|1800)\d{11}|(?:5018|5020|5038|5893|5845|6304|6390|67[56]\d|0604)\d{8,15})$"
)
TEST_CARDS = frozenset(
    {
        "4111111111111111", "4242424242424242", "4012888888881881", "4222222222222",
        "5555555555554444", "5105105105105100", "5200828282828210", "378282246310005",
        "371449635398431", "6011111111111117", "6011000990139424", "30569309025904",
        "38520000023237", "3530111333300000", "3566002020360505", "2223003122003222",
    }
)  # fmt: skip
"""Numbers that card networks and payment providers publish for tests."""
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22,
    "BI": 27, "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27,
    "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27,
    "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HN": 28, "HR": 21, "HU": 28,
    "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28,
    "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22,
    "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23,
    "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24,
    "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25, "SV": 28,
    "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}  # fmt: skip
"""Characters of an account number by country: the registry of ISO 13616."""
PUBLISHED_IBANS = frozenset(
    {
        "AT611904300234573201", "BE68539007547034", "CH9300762011623852957",
        "DE89370400440532013000", "DK5000400440116243", "ES9121000418450200051332",
        "FI2112345600000785", "FR1420041010050500013M02606", "GB29NWBK60161331926819",
        "GB82WEST12345698765432", "IE29AIBK93115212345678", "IT60X0542811101000000123456",
        "LU280019400644750000", "NL91ABNA0417164300", "NO9386011117947",
        "PL61109010140000071219812874", "PT50000201231234567890154", "SE4550000000058398257466",
    }
)  # fmt: skip
"""Examples of the registry and of Wikipedia, which many a text shows."""
_PUBLISHED_SSN = frozenset({"078051120", "219099999", "457555462", "123456789", "111111111"})


def luhn(digits: str) -> bool:
    """Whether a digit string passes the Luhn check (ISO/IEC 7812-1)."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char)
        if place % 2:
            value = value * 2 - 9 * (value > 4)
        total += value
    return total % 10 == 0


def is_card_number(digits: str) -> bool:
    """A number that a card network can have issued: prefix, length and Luhn check."""
    return bool(_CARD_PREFIX.match(digits)) and luhn(digits) and len(set(digits)) > 2


def is_iban(text: str) -> bool:
    """An account number: the country's length and ISO 13616's modulo-97 check."""
    if _IBAN_LENGTHS.get(text[:2]) != len(text):
        return False
    turned = text[4:] + text[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def is_ssn(digits: str) -> bool:
    """A United States social security number that can have been issued and is not a known example.

    Source: Social Security Administration, "Social Security Number Randomization": area 000, 666
    and 900-999, group 00 and serial 0000 are never assigned.
    """
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    if area in {"000", "666"} or area >= "900" or group == "00" or serial == "0000":
        return False
    return digits not in _PUBLISHED_SSN


def entropy(text: str) -> float:
    """Shannon entropy in bits per character."""
    if not text:
        return 0.0
    total = len(text)
    return -sum(n / total * math.log2(n / total) for n in Counter(text).values())
