"""Check digits of national numbers, each as its authority defines it.

Every input is bare digits, and capital letters where the number has them, without separators.
"""

from promptops.lint.validators import luhn

_VERHOEFF_PRODUCT = tuple(
    tuple(map(int, row))
    for row in (
        "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
        "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
    )
)  # fmt: skip
_VERHOEFF_TURN = tuple(
    tuple(map(int, row))
    for row in (
        "0123456789", "1576283094", "5803796142", "8916043527",
        "9453126870", "4286573901", "2793806415", "7046913258",
    )
)  # fmt: skip
_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_CODICE_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)  # noqa: E501  # fmt: skip
_HETU_LETTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"


def weighted(digits: str, weights: tuple[int, ...]) -> int:
    """The sum of digits times weights."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def varied(digits: str) -> bool:
    """Whether a number is more than one digit repeated or a plain count."""
    return len(set(digits)) > 2 and digits not in "01234567890123456789"


def verhoeff(digits: str) -> bool:
    """Source: Verhoeff, "Error Detecting Decimal Codes", 1969; Aadhaar's check digit."""
    check = 0
    for place, char in enumerate(reversed(digits)):
        check = _VERHOEFF_PRODUCT[check][_VERHOEFF_TURN[place % 8][int(char)]]
    return check == 0


def is_nhs(digits: str) -> bool:
    """United Kingdom, National Health Service: ten digits, modulo 11."""
    check = 11 - weighted(digits, (10, 9, 8, 7, 6, 5, 4, 3, 2)) % 11
    return check != 10 and check % 11 == int(digits[9])


def is_steuer_id(digits: str) -> bool:
    """Germany, tax identification number: one digit comes twice or thrice; ISO 7064 MOD 11,10."""
    counts = sorted(digits[:10].count(digit) for digit in set(digits[:10]))
    if digits[0] == "0" or counts[-1] not in (2, 3) or counts.count(counts[-1]) > 1:
        return False
    product = 10
    for char in digits[:10]:
        total = (int(char) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == int(digits[10])


def is_insee(text: str) -> bool:
    """France, social security number: sex, year, month, department, key modulo 97."""
    number = text[:13].replace("2A", "19").replace("2B", "18")
    month = int(text[3:5])
    return (1 <= month <= 12 or month >= 20) and 97 - int(number) % 97 == int(text[13:])


def is_dni(text: str) -> bool:
    """Spain, DNI and NIE: the letter is the number modulo 23."""
    number = text[:-1].translate(str.maketrans("XYZ", "012"))
    return varied(number) and _DNI_LETTERS[int(number) % 23] == text[-1]


def is_codice_fiscale(text: str) -> bool:
    """Italy: odd and even places are weighed apart; the last letter is the sum modulo 26."""
    values = [int(char, 36) - 10 if char.isalpha() else int(char) for char in text[:15]]
    total = sum(value if place % 2 else _CODICE_ODD[value] for place, value in enumerate(values))
    return chr(ord("A") + total % 26) == text[15]


def is_cpf(digits: str) -> bool:
    """Brazil: two check digits modulo 11."""
    first = weighted(digits, tuple(range(10, 1, -1))) * 10 % 11 % 10
    second = weighted(digits, tuple(range(11, 1, -1))) * 10 % 11 % 10
    return len(set(digits)) > 2 and digits[9:] == f"{first}{second}"


def is_tfn(digits: str) -> bool:
    """Australia, tax file number: modulo 11."""
    return weighted(digits, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0 and varied(digits)


def is_pesel(digits: str) -> bool:
    """Poland: date of birth with the century in the month, weights 1 3 7 9."""
    good = weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0
    return good and 1 <= int(digits[2:4]) % 20 <= 12 and 1 <= int(digits[4:6]) <= 31


def is_bsn(digits: str) -> bool:
    """Netherlands: the test of eleven with the last weight negative."""
    return weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0 and varied(digits)


def is_belgian(digits: str) -> bool:
    """Belgium, national register: modulo 97, from 2000 on with a 2 in front."""
    check = int(digits[9:])
    return any(97 - int(lead + digits[:9]) % 97 == check for lead in ("", "2"))


def is_ahv(digits: str) -> bool:
    """Switzerland: country code 756 and the check digit of EAN-13."""
    return digits[:3] == "756" and weighted(digits, (1, 3) * 6 + (1,)) % 10 == 0


def is_nif(digits: str) -> bool:
    """Portugal: modulo 11."""
    check = 11 - weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2)) % 11
    return (0 if check > 9 else check) == int(digits[8]) and varied(digits)


def is_hetu(text: str) -> bool:
    """Finland: date, sign of the century, serial; the last sign is the number modulo 31."""
    return _HETU_LETTERS[int(text[:6] + text[7:10]) % 31] == text[10] and 1 <= int(text[2:4]) <= 12


def is_norwegian(digits: str) -> bool:
    """Norway: two check digits modulo 11."""
    first = weighted(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11
    second = weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11
    return first == 0 and second == 0 and varied(digits)


def is_turkish(digits: str) -> bool:
    """Türkiye: the tenth digit from odd and even places, the last from all before it."""
    values = list(map(int, digits))
    tenth = (7 * sum(values[0:9:2]) - sum(values[1:8:2])) % 10
    return values[0] > 0 and tenth == values[9] and sum(values[:10]) % 10 == values[10]


def is_chinese(text: str) -> bool:
    """China, resident identity: ISO 7064 MOD 11-2 and a date of birth."""
    total = weighted(text, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))
    return "10X98765432"[total % 11] == text[17] and 1 <= int(text[10:12]) <= 12


def is_nric(text: str) -> bool:
    """Singapore, NRIC and FIN: seven weighted digits choose the letter."""
    total = weighted(text[1:8], (2, 7, 6, 5, 4, 3, 2)) + {"T": 4, "G": 4, "M": 3}.get(text[0], 0)
    letters = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "F": "XWUTRQPNMLK", "G": "XWUTRQPNMLK"}
    return letters.get(text[0], "XWUTRQPNJLK")[total % 11] == text[8] and text[0] != "M"


def is_ppsn(text: str) -> bool:
    """Ireland: seven digits and one or two letters, modulo 23."""
    total = weighted(text, (8, 7, 6, 5, 4, 3, 2))
    total += 9 * (ord(text[8]) - 64) if len(text) > 8 and text[8] != "W" else 0
    return "WABCDEFGHIJKLMNOPQRSTUV"[total % 23] == text[7]


def is_npi(digits: str) -> bool:
    """United States, provider of health care: Luhn over 80840 and the number."""
    return digits[0] in "12" and luhn("80840" + digits)


def is_dea(text: str) -> bool:
    """United States, registration for controlled drugs: digits 1, 3, 5 and twice 2, 4, 6."""
    values = list(map(int, text[2:]))
    return (sum(values[0:5:2]) + 2 * sum(values[1:6:2])) % 10 == values[6]


def is_vin(text: str) -> bool:
    """Vehicle identification number: weighted letters and digits modulo 11 (49 CFR 565)."""
    worth = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    values = "".join(worth.get(char, char) for char in text)
    return "0123456789X"[weighted(values, weights) % 11] == text[8] and len(set(text)) > 5


def has_birth_date(digits: str) -> bool:
    """Whether a number begins with year, month and day in two digits each."""
    return 1 <= int(digits[2:4]) <= 12 and 1 <= int(digits[4:6]) % 60 <= 31
