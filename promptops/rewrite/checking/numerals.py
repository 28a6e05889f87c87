"""Numbers in words, and ranges and bounds that marks tell, written in one way."""

import re

NUMBERS = {
    "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
    "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16", "seventeen": "17",
    "eighteen": "18", "nineteen": "19", "twenty": "20", "thirty": "30", "forty": "40",
    "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90",
    "hundred": "100", "thousand": "1000", "million": "1000000", "dozen": "12", "half": "1/2",
    "twice": "2", "thrice": "3", "double": "2", "triple": "3", "second": "2nd", "third": "3rd",
    "fourth": "4th", "fifth": "5th", "sixth": "6th", "seventh": "7th", "eighth": "8th",
    "ninth": "9th", "tenth": "10th", "1st": "first", "single": "1", "once": "1", "pair": "2",
    "couple": "2", "quarter": "1/4",
}  # fmt: skip
"""Number words and what they stand for."""
_PLAIN_NUMBERS = [word for word, value in NUMBERS.items() if value.isdigit() and int(value) > 2] + [
    "two"
]
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_NUMBER_WORD = re.compile(
    rf"\b(?:({_TENS})[ -](one|two|three|four|five|six|seven|eight|nine)"
    rf"|{'|'.join(_PLAIN_NUMBERS)})\b"
)
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_COUNTS = "|".join(
    word for word, value in NUMBERS.items() if value.isdigit() and word not in {*_SCALES, "once"}
)
_COMPOUND = re.compile(
    rf"\b(?:a|\d+(?:\.\d+)?|{_COUNTS})[ -](?:(?:and|{_COUNTS})[ -])*(?:{'|'.join(_SCALES)})"
    rf"(?:(?: and)?[ -](?:{_COUNTS}|{'|'.join(_SCALES)}))*\b"
)
"""A number of several words, one of which is a scale."""
_SIGNS = (
    (re.compile(r"(?:>=|≥) ?(?=\d)"), " §MIN "),
    (re.compile(r"(?:<=|≤) ?(?=\d)"), " §MAX "),
    (re.compile(r"(?<![-=~])> ?(?=\d)"), " above strictly "),
    (re.compile(r"<(?![-=~]) ?(?=\d)"), " below strictly "),
)
"""What compares with a number; "> 5" is another bound than "≥ 5"."""
_ONE = re.compile(r"\bone(?=(?: to | or | ?[-–] ?)(?:\d|two|three|four|five)\b)")
"""Where it is no pronoun."""
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}\b)")
_RANGE = re.compile(
    r"(?<![\w./-])(?:from )?(?:between )?(\d+)(?: ?[-–] ?|-? to | and )(\d+)(?![./-]?\d)"
)
_OR_MORE = re.compile(r"(?<![\w.+])(\d+)\+(?![\w+])")
_PERCENT = re.compile(r"(\d) (?:percent|per cent)\b")


def in_digits(text: str) -> str:
    """A text with its numbers in digits, ranges and "10+" as bounds (``§MIN``, ``§MAX``).

    Args:
        text: Lower case.
    """
    for sign, said in _SIGNS:
        text = sign.sub(said, text)
    plain = _NUMBER_WORD.sub(
        _number, _COMPOUND.sub(_compound, _GROUPED.sub("", _ONE.sub("1", text)))
    )
    plain = _PERCENT.sub(r"\1%", _OR_MORE.sub(r" §MIN \1 ", plain))
    return _RANGE.sub(r" §MIN \1 §MAX \2 ", plain)


def _number(match: re.Match[str]) -> str:
    if match[1]:
        return str(int(NUMBERS[match[1]]) + int(NUMBERS[match[2]]))
    return NUMBERS[match[0]]


def _compound(match: re.Match[str]) -> str:
    """The value of a number of several words: "two hundred and fifty thousand" is 250000."""
    total = part = 0.0
    for word in re.split(r"[ -]", match[0]):
        if scale := _SCALES.get(word):
            part = (part or 1) * scale
            if scale > 100:
                total, part = total + part, 0.0
        elif word != "and":
            part += 1.0 if word == "a" else float(NUMBERS.get(word, word))
    value = total + part
    return str(int(value)) if value.is_integer() else match[0]
