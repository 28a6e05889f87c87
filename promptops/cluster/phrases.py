"""The phrases of a text that may name what it is about.

What fills a template, markup, code, headings and the lines that only introduce a value say nothing
about the task: they are taken off. A phrase is one to three words without a full stop or another
mark between them; words are compared by their stems.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from promptops.cluster.vocabulary import STOP_WORDS, stem
from promptops.cluster.wording import MASK, masked

Phrase = tuple[str, ...]
"""The stems of its words."""

_LEAD = 400
"""Characters that are looked at: a prompt says first what it is for."""

_FIRST = 150
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s|\n")
_SHORT_LINE = 3

# Written without spaces between words: every character is a word of its own.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f"
_CHARACTER = re.compile(f"[{_UNSPACED}]")
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]{0,200}`", re.DOTALL)
_MARKUP = re.compile(
    r"</?[A-Za-z][^<>\n]{0,200}>|\bhttps?://\S+|\bwww\.\S+|\S+@\S+|&\w{1,8};|\\[nrt]"
)
_KEY = re.compile(r"""["']?[A-Za-z_][\w -]{0,40}["']\s{0,3}:""")
_HEADING = re.compile(r"^\s{0,3}(?:#{1,6}\s|[-=*_]{3,}\s*$)")
_NAME = re.compile(r"\b(?:[a-z]+[A-Z]\w*|\w*_\w+|[\w.]+[/\\][\w./\\]+|\w+\(\))")
_BREAK = re.compile(r"[^\w\s'’-]+|\n+|\s[-–]+\s|(?<=\s)[-–]")
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+(?:['’][^\W_{_UNSPACED}]+)?")


def lead(text: str) -> str:
    """The beginning of the part that instructs: no markup, no code, no values."""
    plain = _MARKUP.sub("\n", _CODE.sub("\n", masked(text[: 3 * _LEAD])))
    kept: list[str] = []
    size = 0
    for line in plain.split("\n"):
        if not line.strip() or (kept and _HEADING.match(line)) or _introduces(line):
            continue
        kept.append(_NAME.sub(" . ", _KEY.sub(" . ", line.replace(MASK, " . "))))
        size += len(kept[-1])
        if size >= _LEAD:
            break
    return unicodedata.normalize("NFKC", "\n".join(kept)[:_LEAD])


def opening(plain: str) -> str:
    """The first sentence of what `lead` returned."""
    return _SENTENCE.split(plain.lstrip(), maxsplit=1)[0][:_FIRST]


def _introduces(line: str) -> bool:
    """Whether a line only says what comes: ``Question: {{ question }}``, ``Context:``."""
    words = _WORD.findall(line.replace(MASK, " "))
    return len(words) <= _SHORT_LINE and (MASK in line or line.rstrip().endswith(":"))


def phrases(plain: str) -> set[Phrase]:
    """The phrases of what `lead` returned, each once, so that no long text decides alone."""
    return {phrase for phrase, _ in _phrases(plain)}


def surface(phrase: Phrase, plain: Sequence[str]) -> str:
    """How a phrase is mostly written in texts of `lead`."""
    forms = Counter(form for text in plain for found, form in _phrases(text) if found == phrase)
    return min(forms, key=lambda form: (-forms[form], len(form), form))


def alike(phrase: Phrase, other: Phrase) -> bool:
    """Whether two phrases share a word, be it another form of it: one label needs it once."""
    return any(
        a == b
        or (min(len(a), len(b)) >= 4 and (a[:5] == b[:5] or a.startswith(b) or b.startswith(a)))
        for a in phrase
        for b in other
    )


def _phrases(plain: str) -> Iterator[tuple[Phrase, str]]:
    for part in _BREAK.split(plain):
        words = [word.casefold() for word in _WORD.findall(part)]
        stems = [stem(word) for word in words]
        kinds = [_kind(word) for word in words]
        for start, kind in enumerate(kinds):
            if kind not in ("word", "character"):
                continue
            shortest, longest = _LENGTHS[kind]
            for end in range(start + 1, min(start + longest, len(words)) + 1):
                if kinds[end - 1] not in _GOES_ON[kind]:
                    break
                found = tuple(stems[start:end])
                ends = kinds[end - 1] in (kind, "particle")
                # "pay the late" is no phrase before "fee".
                if "join" in kinds[start:end] and kinds[end : end + 1] == ["word"]:
                    continue
                if end - start >= shortest and ends and len(set(found)) == len(found):
                    yield found, _BETWEEN[kind].join(words[start:end])


_LENGTHS = {"word": (1, 3), "character": (2, 4)}
_GOES_ON = {"word": ("word", "join", "particle"), "character": ("character",)}
_BETWEEN = {"word": " ", "character": ""}
_JOINS = frozenset(["a", "an", "and", "my", "of", "the", "to", "your"])
_PARTICLES = frozenset(["down", "off", "out", "up"])


@lru_cache(maxsize=1 << 16)
def _kind(word: str) -> str:
    """What a word may be in a phrase: a character of a script without spaces is one by itself.

    A phrase begins with a ``word`` and ends with one or a ``particle`` ("top up"); a ``join`` may
    stand inside.
    """
    if _CHARACTER.match(word):
        return "character"
    if len(word) > 2 and word.replace("’", "'") not in STOP_WORDS and not word.isdigit():
        return "word"
    return "join" if word in _JOINS else "particle" if word in _PARTICLES else "other"
