"""How answers and expected values are read before they are compared.

Normalization follows the SQuAD evaluation script (Rajpurkar et al. 2016): lower case, no
punctuation, no articles, single spaces; Unicode compatibility forms are folded first.
"""

import json
import re
import string
import unicodedata
from collections.abc import Mapping

from promptops.core.canonical import JSON

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans(dict.fromkeys(string.punctuation + "“”‘’…–—«»", " "))
_FENCE = re.compile(r"^```[\w-]*\n(.*?)\n?```$", re.DOTALL)
_ABSTENTION = re.compile(
    r"\b(?:not (?:stated|mentioned|given|found|available|specified|provided|known|sure)"
    r"|not in the (?:context|text|document|documents|policy)"
    r"|no (?:information|answer|mention)|unknown|unanswerable|n/?a|none|null"
    r"|(?:do not|don['’]t|cannot|can['’]t) (?:know|answer|say|tell|find|determine))\b",
    re.IGNORECASE,
)


def normalize(text: str) -> str:
    """Lower case, without punctuation and articles, single spaces.

    Dots and commas between digits stay: ``1,299.00`` is one number, not three.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().replace("\0", " ")
    kept = re.sub(r"(?<=\d)[.,](?=\d)", lambda match: "\0" if match[0] == "." else "", folded)
    plain = kept.translate(_PUNCTUATION).replace("\0", ".")
    return " ".join(_ARTICLES.sub(" ", plain).split())


def words(text: str) -> list[str]:
    """The normalized words of a text."""
    return normalize(text).split()


def read_json(answer: str, *, fenced: bool = True) -> JSON:
    """The JSON value that an answer is.

    Args:
        answer: What the model wrote.
        fenced: Whether a code fence around the value is passed over.

    Raises:
        ValueError: It is none. NaN and infinities are not JSON.
    """
    text = answer.strip()
    if fenced and (fence := _FENCE.match(text)):
        text = fence[1].strip()
    return json.loads(text, parse_constant=_no_constant)


def json_objects(text: str) -> list[dict[str, JSON]]:
    """The JSON objects in a text, outermost ones, in order."""
    decoder = json.JSONDecoder(parse_constant=_no_constant)
    found: list[dict[str, JSON]] = []
    at = text.find("{")
    while at != -1:
        try:
            value, end = decoder.raw_decode(text, at)
            found.append(value)
        except (ValueError, RecursionError):
            end = at + 1
        at = text.find("{", end)
    return found


def _no_constant(word: str) -> JSON:
    raise ValueError(f"{word} is not JSON")


def read_object(answer: str) -> dict[str, JSON] | None:
    """The JSON object that an answer is, with or without a code fence around it; else None."""
    text = answer.strip()
    if fenced := _FENCE.match(text):
        text = fenced[1].strip()
    if not text.startswith("{"):
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def answer_text(answer: str, expected: JSON = None) -> str:
    """The part of an answer that carries the text to compare.

    A JSON object gives the value of its only field, or of the field that ``expected`` has alone;
    anything else is taken as it is.
    """
    value = read_object(answer)
    if value is None:
        return answer.strip()
    if isinstance(expected, Mapping) and len(expected) == 1:
        name = next(iter(expected))
        return as_text(value[name]) if name in value else ""
    if len(value) == 1:
        return as_text(next(iter(value.values())))
    return answer.strip()


def expected_text(expected: JSON) -> str:
    """The text an answer is compared with: the only field's value, or the value itself."""
    if isinstance(expected, Mapping) and len(expected) == 1:
        return as_text(next(iter(expected.values())))
    return as_text(expected)


def as_text(value: JSON) -> str:
    """A JSON value as a person would write it: strings bare, the rest as JSON."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)


def is_abstention(text: str) -> bool:
    """Whether a text says that it has no answer (an empty one does)."""
    return not text.strip() or _ABSTENTION.search(text) is not None


def first_number(text: str) -> float | None:
    """The first number in a text, thousands separators and currency signs aside."""
    found = re.search(r"[-+]?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?", text)
    return float(found[0].replace(",", "")) if found else None
