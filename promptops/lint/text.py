"""Plain-text tools of the rules: lower case without shifts, sentences, lines, words, tokens."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator

_BOUNDARY = re.compile(
    r"(?<=[.!?])[\"')\]*_]{0,3}\s{1,8}(?=[A-Z0-9\"'(\[<{*_#-])"
    r"|\n[ \t]{0,40}(?=\n)"
    r"|\n(?=[ \t]{0,40}(?:[-*•+>|#<]|\d{1,3}[.)]|[A-Z][\w ]{0,30}:))"
    r"|(?<=:)[ \t]{0,8}\n"
)
_NEWLINE = re.compile("\n")
_WORD = re.compile(r"[^\W_]{1,40}(?:['’-][^\W_]{1,40}){0,4}")
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|etc|vs|mr|mrs|ms|dr|no|fig|approx|cf|al)\.$", re.IGNORECASE
)
_ZERO_WIDTH = dict.fromkeys(
    [0x00AD, 0x034F, 0x061C, 0x180E, *range(0x200B, 0x2010), *range(0x2060, 0x2065), 0xFEFF]
)
_ASCII = bytes(range(128))
_LEET = str.maketrans("013457@$", "oieastas")
_LOOKALIKES = str.maketrans("аеорсухіѕԁһ", "aeopcyxisdh")  # Cyrillic letters that look Latin

KELVIN = "\u212a"
"""The one character beyond ASCII whose lower case is ASCII: "k"."""
CHARACTERS_PER_TOKEN = 4.0
"""English prose under byte-pair encoders; a stated estimate, used where no tokenizer is at hand."""


def lower(text: str) -> str:
    """Lower case of the same length: offsets in the result are offsets in ``text``."""
    if not text.isascii():
        data = text.encode("utf-8", "surrogatepass")
        beyond = data.translate(None, _ASCII).decode("utf-8", "surrogatepass")
        if beyond == beyond.lower():  # bytes are lowered several times as fast as characters
            return data.lower().decode("utf-8", "surrogatepass")
    simple = text.lower()
    if len(simple) == len(text):
        return simple
    # The dotted capital I is the one character that two lower-case ones replace.
    return "\u0130".join(part.lower() for part in text.split("\u0130"))


def words(text: str) -> list[str]:
    """The words of a text, as written."""
    return _WORD.findall(text)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence, list item or line that stands alone, without outer space."""
    start = 0
    for match in _BOUNDARY.finditer(text):
        if _ABBREVIATION.search(text, max(start, match.start() - 8), match.start()):
            continue
        yield from _stripped(text, start, match.start())
        start = match.end()
    yield from _stripped(text, start, len(text))


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    body = piece.strip()
    if body:
        yield start + left, start + left + len(body)


def fold(text: str) -> str:
    """``text`` as an attacker hopes it is not read: NFKC, no zero-width, no look-alikes, no leet.

    The length may change: use it to recognize, not to point.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_ZERO_WIDTH).lower()
    return plain.translate(_LOOKALIKES)


def unleet(text: str) -> str:
    """Digits and signs that stand for letters, read as letters; the length stays."""
    return text.translate(_LEET)


def shingles(text: str, size: int = 5) -> frozenset[str]:
    """The set of ``size``-word runs of a text, lower case; shorter texts give one run."""
    found = [word.lower() for word in words(text)]
    if len(found) <= size:
        return frozenset({" ".join(found)}) if found else frozenset()
    return frozenset(" ".join(found[i : i + size]) for i in range(len(found) - size + 1))


def estimated_tokens(text: str) -> int:
    """About how many tokens a text costs (`CHARACTERS_PER_TOKEN`); wide scripts count singly."""
    wide = sum(1 for char in text if ord(char) > 0x2E7F) if not text.isascii() else 0
    return round((len(text) - wide) / CHARACTERS_PER_TOKEN + wide)


class Lines:
    """Offsets to lines and columns, both from 1."""

    __slots__ = ("_starts", "_text")

    def __init__(self, text: str) -> None:
        """Take the text; its lines are counted when a position is first asked for."""
        self._text = text
        self._starts: list[int] = []

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of the character at ``offset``."""
        if not self._starts:
            self._starts = [0, *(match.end() for match in _NEWLINE.finditer(self._text))]
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1
