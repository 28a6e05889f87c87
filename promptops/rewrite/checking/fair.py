"""The fair copy of a sentence: slips of the pen mended, and spellings, units and times in one way.

Only what tells nothing about the meaning is written otherwise, and so on both sides. The words are
in ``spellings.txt``.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache

from promptops.rewrite.checking.letters import slipped
from promptops.rewrite.checking.lexicon import is_word, lexicon, lines, stem

_WORD = re.compile(r"(?<!\w)[A-Za-z]+(?:'[a-z]+)?(?!\w)")
_COMPARED = (
    "more|less|fewer|rather|other|better|worse|longer|shorter|larger|smaller|bigger|greater|higher"
    "|older|newer|younger|faster|slower|easier|harder|cheaper|wider|narrower|deeper|simpler|weaker"
    "|stronger|heavier|lighter|sooner|quicker|brighter|darker|clearer|stricter|broader|thicker"
    "|thinner|warmer|colder|safer|smarter|louder|earlier"
)
_UNITS = {
    "sec": "seconds", "secs": "seconds", "min": "minutes", "mins": "minutes",
    "h": "hours", "hr": "hours", "hrs": "hours", "km": "kilometers", "kg": "kilograms",
    "cm": "centimeters", "mm": "millimeters", "ml": "milliliters", "mb": "megabytes",
    "gb": "gigabytes", "kb": "kilobytes", "tb": "terabytes", "ms": "milliseconds",
    "px": "pixels", "k": "thousand",
}  # fmt: skip
_UNIT = "|".join(_UNITS)
_SMALL = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10,
}  # fmt: skip
_LEAST_INFLECTED = 5
_LEAST_MENDED = 4
_LOWER = re.compile(r"(?<![\w{$<\[/.@`-])[a-z]{3,}(?![\w}>\]/@`-]|'\w)")
"""Words in lower case that are no part of a placeholder, a tag, an address or code."""
_GRAMMAR = frozenset(
    {
        *("about", "with", "without", "from", "into", "before", "after", "until", "unless", "when"),
        *("should", "would", "could", "must", "never", "always", "only", "anything", "nothing"),
        *("everything", "something", "because", "through", "between", "during", "every", "each"),
        *("your", "their", "there", "these", "those", "which", "while", "where", "whether", "such"),
        *("than", "then", "that", "this", "them", "they", "have", "does", "more", "most", "least"),
        *("very", "other", "another", "anyone", "someone", "within", "against", "toward"),
    }
)
_CODE = re.compile(r"`(@?\w[^`\s]*[/._@-][^`\s]*\w/?)`")
"""A path, a name of a file or a package between backticks."""
_COUNTED = re.compile(rf"\b(?:{'|'.join(_SMALL)})\b")
_COUNT = rf"\d+|{'|'.join(_SMALL)}"


def _time(match: re.Match[str]) -> str:
    """An hour of the clock of twelve by that of twenty-four."""
    hour = int(match[1]) % 12 + (12 if match[3].lower() == "p" else 0)
    return f"{hour}:{match[2] or '00'}"


def _unit(match: re.Match[str]) -> str:
    return f"{match[1]} {_UNITS[match[2].lower()]}"


def _pair(match: re.Match[str]) -> str:
    """A range for "two or three", since there is nothing between them."""
    low, high = (int(_SMALL.get(each.lower(), each)) for each in (match[1], match[2]))
    return f"{low}-{high}" if high == low + 1 else match[0]


def _and_half(match: re.Match[str]) -> str:
    return f"{_SMALL.get(match[1].lower(), match[1])}.5"


_RULES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"\b([A-Za-z]{2,}) +\1\b(?!['-])", re.IGNORECASE), r"\1"),
    (re.compile(rf"\b((?:{_COMPARED})(?: [a-z]+){{0,2}}) then\b", re.IGNORECASE), r"\1 than"),
    (re.compile(r"\b(and|first,) than\b", re.IGNORECASE), r"\1 then"),
    (re.compile(r"\btoo(?= (?:be|do|use|get|have|see|read|make|find|help|write|say)\b)"), "to"),
    (re.compile(r"\b(would|could|should|must|might) of\b"), r"\1 have"),
    (re.compile(r"\b([Ww])eather(?= (?:or not|it|they|you|he|she|we|there)\b)"), r"\1hether"),
    (re.compile(r"\b([Ii]n (?:simple|plain))(?= (?:and|so)\b|[,.;]|$)"), r"\1 terms"),
    (re.compile(r"~ ?(?=\d)"), "about "),
    (re.compile(r"\b([Aa]pproximate)(?= \d)"), r"\1ly"),
    (re.compile(r"\bAl\b"), "AI"),
    (re.compile(r"\bl(?= (?:am|will|would|have|want|need|can)\b|'m|'ll|'ve|'d)"), "I"),
    (re.compile(r"(?<=\d)[oO]\b"), "0"),
    (re.compile(r"\b[lI](?=\d)|(?<![\w'.-])l(?= \w)|(?<=\d)I\b"), "1"),
    (re.compile(r"(?<=[a-z]),(?=[a-z]{2})"), ", "),
    (re.compile(r"\bdouble[- ]check", re.IGNORECASE), "check"),
    (re.compile(r"\bw/o\b"), "without"),
    (re.compile(r"\bw/(?= |\w)"), "with "),
    (re.compile(r"\bapprox\b\.?"), "approximately"),
    (re.compile(r"\bincl\b\.?"), "including"),
    (re.compile(r"\bi\.e\.,?|\bie,"), "that is,"),
    (re.compile(r"\b(\d{1,2})(?::(\d\d))? ?([ap])\.?m\b\.?", re.IGNORECASE), _time),
    (re.compile(r"(\d) ?(?:percent|per cent|pct)\b"), r"\1%"),
    (re.compile(r"\b50 ?%(?= of)"), "half"),
    (re.compile(r"(?<=\d) s\b(?!-)"), " seconds"),
    (re.compile(rf"(?<![\w.-])(\d+(?:\.\d+)?)[ -]?({_UNIT})\b(?!-)", re.IGNORECASE), _unit),
    (re.compile(rf"\b({_COUNT}) and a half\b", re.IGNORECASE), _and_half),
    (re.compile(rf"(?<![\w.,/-])({_COUNT}) or ({_COUNT})(?![\w.,/-]\w)\b", re.IGNORECASE), _pair),
)  # fmt: skip


@lru_cache(maxsize=1 << 12)
def fair_copy(text: str) -> str:
    """A sentence with its slips mended.

    Args:
        text: A sentence, or a text of several lines.
    """
    text = _WORD.sub(_spelled, text)
    for pattern, written in _RULES:
        text = pattern.sub(written, text)
    return text


def marked(ones: Sequence[str], others: Sequence[str]) -> tuple[list[str], list[str]]:
    """The sentences of both sides, each with the backticks that the other one has around a name.

    Args:
        ones: Sentences of one side.
        others: Those of the other one.
    """
    names = {name for text in (*ones, *others) if "`" in text for name in _CODE.findall(text)}
    if not names:
        return [*ones], [*others]
    longest = "|".join(re.escape(each) for each in sorted(names, key=len, reverse=True))
    bare = re.compile(rf"(?<![\w`\"'/.@-])(?:{longest})(?![\w`\"'/@-]|\.\w)")
    one, other = ([bare.sub(r"`\g<0>`", text) for text in side] for side in (ones, others))
    return one, other


def number_words(text: str) -> str:
    """A text with its small numbers in digits."""
    return _COUNTED.sub(lambda match: str(_SMALL[match[0]]), text)


def mended(ones: Sequence[str], others: Sequence[str]) -> tuple[list[str], list[str]]:
    """The sentences of both sides, with words that are none as the other side spells them.

    Args:
        ones: Sentences of one side.
        others: Those of the other one.
    """
    a, b = ({w for text in side for w in _LOWER.findall(text)} for side in (ones, others))
    relations = lexicon()
    spelled = {
        slip: word
        for mine, theirs in ((a - b, b - a), (b - a, a - b))
        for slip in mine
        if len(slip) >= _LEAST_MENDED and not _known(slip)
        for word in theirs
        if _known(word) and slipped(slip, word) and not relations.opposed(stem(slip), stem(word))
    }
    if not spelled:
        return [*ones], [*others]
    one, other = (
        [_LOWER.sub(lambda match: spelled.get(match[0], match[0]), text) for text in side]
        for side in (ones, others)
    )
    return one, other


def _known(word: str) -> bool:
    """Whether it is a word of English, or one that says something in the check."""
    return is_word(stem(word)) or word in _GRAMMAR


def _spelled(match: re.Match[str]) -> str:
    word = match[0]
    found = _spellings().get(word.lower())
    if found is None:
        return word
    return found.capitalize() if word[0].isupper() and not word.isupper() else (
        found.upper() if len(word) > 1 and word.isupper() else found
    )  # fmt: skip


@cache
def _spellings() -> dict[str, str]:
    """Other spellings and common slips, and the usual spelling of each with its endings."""
    pairs = [
        (other, usual)
        for usual, _, others in (line.partition(":") for line in lines("spellings.txt"))
        for other in others.split()
    ]
    found = {
        other + ending: usual + ending
        for other, usual in pairs
        if len(other) >= _LEAST_INFLECTED
        for ending in _endings(other, usual)
    }
    return found | dict(pairs)


def _endings(other: str, usual: str) -> tuple[str, ...]:
    """What can be added to both spellings of a word."""
    if other.endswith("s") or usual.endswith("s"):
        return ()
    silent = other.endswith("e"), usual.endswith("e")
    return ("s", "d") if all(silent) else ("s",) if any(silent) else ("s", "ed", "ing", "ly")
