"""From messages to sentences, and from a sentence to what it says.

Marks (bullets, headings, tags, emphasis, fences) are not part of a sentence; the names of sections
are sentences of their own.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from promptops.rewrite.checking.forms import plain_form
from promptops.rewrite.checking.lexicon import lexicon, phrases, stem
from promptops.rewrite.checking.numerals import NUMBERS, in_digits

Kind = Literal["word", "light", "signal", "number", "slot", "literal", "function"]
Token = tuple[Kind, str]
"""What a piece of a sentence is, and its canonical form."""

_LONGEST_NAME = 7
_SAYING = frozenset(
    {
        *("NOT", "NEVER", "AVOID", "MUST", "SHOULD", "MAY", "HEDGE", "ONLY", "UNLESS", "EXCEPT"),
        *("BEFORE", "AFTER", "UNTIL", "MIN", "MAX", "ONLYIF"),
    }
)
_BULLET = re.compile(
    r"[ \t>]*"
    r"(?:(?P<mark>(?:[-*+•–·]|\(?(?:\d{1,2}|[a-zA-Z])[.)])(?=\s)|\d{1,2}\.(?=[A-Z][a-z]))\s*)?"
)
_NUMBERED = re.compile(r"^\(?\d{1,2}[.)](?!\d)")
_HEADING = re.compile(r"#{1,6}[ \t]+(.*?)[ \t]*#*$")
_TAG = re.compile(r"</?([A-Za-z][\w-]*)>")
_ONLY_TAG = re.compile(r"[ \t]*<(/?)([A-Za-z][\w-]*)>[ \t]*$")
_LABEL = re.compile(r"(?:\*\*|__)?([A-Z][\w/-]*(?: [\w/-]+){0,3}):?(?:\*\*|__)?:?[ \t]*$")
_INLINE = re.compile(
    r"(?:\*\*|__)?([A-Z][\w/-]*(?: [\w/-]+){0,2})(?:\*\*|__)?:(?:\*\*|__)?[ \t]+(?=\S)"
)
_TELLS = re.compile(
    r"\b(?:will|when|if|where|as|including|like|are|is|following|by)$|\bwill\b(?= [a-z])",
    re.IGNORECASE,
)
"""What a name of a section does not end with or have, but what leads to a list does."""
_RULE = re.compile(r"[ \t]*(?:```\w*|~~~\w*|\"\"\"|'''|---+|===+|\*\*\*+)[ \t]*$")
_BREAK = re.compile(
    r"(?<![ .][a-zA-Z])(?<!e\.g)(?<!i\.e)(?<!etc)(?<!vs)(?<!Mr)(?<!Dr)"
    r"[.!?]+[\"')\]]*\s+(?=[^a-z\s])"
)
_CONTROL = re.compile(r"\{%[-+]?.*?[-+]?%\}", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence or the name of a section.

    Attributes:
        text: Its words, without marks.
        title: Whether it is the name of a section.
        numbered: Whether it is an item of a numbered list.
        bulleted: Whether it is an item of a list without numbers.
        label: The name that stands before it on its line; empty when there is none.
        listed: Whether it is a piece of one that begins with the last member of an enumeration.
    """

    text: str
    title: bool = False
    numbered: bool = False
    bulleted: bool = False
    label: str = ""
    listed: bool = False


@lru_cache(maxsize=1 << 14)
def sentences(line: str) -> tuple[Sentence, ...]:
    """The sentences of one line."""
    if _RULE.match(line):
        return ()
    if tag := _ONLY_TAG.match(line):
        return () if tag[1] else (Sentence(text=_name(tag[2]), title=True),)
    if heading := _HEADING.match(line.lstrip()):
        if _is_name(heading[1], heading=True):
            return (Sentence(text=_NUMBERED.sub("", _plain(heading[1]), 1).strip(), title=True),)
        line = heading[1]
    bullet = _BULLET.match(line)
    assert bullet is not None
    rest = line[bullet.end() :].strip()
    numbered = bool(bullet["mark"] and _NUMBERED.match(bullet["mark"]))
    bulleted = bool(bullet["mark"] and not numbered)
    if (label := _LABEL.match(rest)) and rest.endswith((":", "**")) and _is_name(label[1]):
        return (Sentence(text=_name(label[1]), title=True, numbered=numbered),)
    found, name = [], ""
    if (inline := _INLINE.match(rest)) and _is_name(inline[1]):
        name, rest = _name(inline[1]), rest[inline.end() :]
    elif (tag := _TAG.match(rest)) and rest.endswith(f"</{tag[1]}>"):
        name, rest = _name(tag[1]), rest[tag.end() : rest.rindex("</")]
    if name:
        found.append(Sentence(text=name, title=True))
    for place, part in enumerate(_BREAK.split(rest)):
        if text := _plain(part):
            found.append(
                Sentence(text=text, numbered=numbered and not place, bulleted=bulleted, label=name)
            )
    return tuple(found)


def _is_name(text: str, *, heading: bool = False) -> bool:
    """Whether a heading or label only names a section and says nothing."""
    return (
        len(text.split()) <= _LONGEST_NAME
        and (heading or not _TELLS.search(text))
        and not any(kind == "signal" and value in _SAYING for kind, value in tokens(_plain(text)))
    )


def _name(text: str) -> str:
    return text.replace("_", " ").replace("-", " ").strip()


def _plain(text: str) -> str:
    text = _TAG.sub(lambda tag: f" `{tag[0]}` " if _is_mentioned(tag) else " ", text)
    return " ".join(text.replace("**", "").replace("__", "").split()).rstrip(".!")


def _is_mentioned(tag: re.Match[str]) -> bool:
    """Whether a tag is spoken of, where it stands in a sentence and encloses nothing."""
    before = tag.string[: tag.start()]
    inside = bool(before.strip("\"'`* -")) and before[-1:] not in {'"', "`", "'"}
    return inside and tag[0][1] != "/" and f"</{tag[1]}>" not in tag.string


_SHORT = (
    (re.compile(r"\bcan'?t\b|\bcannot\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"\bshan't\b"), "shall not"),
    (re.compile(r"\bain't\b"), "is not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'d\b"), " would"),
    (re.compile(r"\b(i)'m\b"), r"\1 am"),
    (re.compile(r"\b(it|that|there|what|who|he|she|here)'s\b"), r"\1 is"),
    (re.compile(r"\blet's\b"), "let us"),
    (re.compile(r"'s?(?!\w)"), ""),
)
_WORD = r"(?:[\w'-]+ )"
_REWORDED = (
    (re.compile(r", then,(?= )"), ""),
    (
        re.compile(
            r"^((?:(?!\b(?:no|not|nothing|none|never|anything|any|other|nobody|without)\b).)*?)"
            r"\bbesides\b"
        ),
        r"\1along with",
    ),
    (re.compile(rf"\bleav(?:e|ing) ({_WORD}{{1,5}}?)out\b"), r"leave out \1"),
    (re.compile(r"\b(?:one another|each other)\b"), "mutually"),
    (re.compile(r"\blet (me|us|the user) know\b"), r"tell \1"),
    (re.compile(r"\bpay(?:ing)? (?:\w+ )?attention\b"), "notice"),
    (re.compile(r"\btak(?:e|ing) (?:\w+ )?care to notice\b"), "notice"),
    (re.compile(rf"\b(whether|if) ({_WORD}{{1,10}}?)or not\b"), r"\1 \2"),
    (re.compile(rf"\bwith ({_WORD}{{1,5}}?)in mind\b"), r"considering \1"),
    (re.compile(r"\btak(?:e|es|ing) into (?:account|consideration)\b"), "considering"),
    (re.compile(r"^thank(?:s| you) for(?!.*\b(?:not|no|never|only|without)\b)[\w,' ]*$"), ""),
    (
        re.compile(rf"\b(tak(?:e|es|ing)) ({_WORD}{{1,6}}?)into (?:account|consideration)\b"),
        r"consider \2",
    ),
    (
        re.compile(
            rf"\b(?:limit|cap|restrict|keep)(?:ed|ped)? ({_WORD}{{0,5}}?)"
            r"(?:to|at|within|under|below) (?:(?:at most|no more than|a maximum of) )?"
            r"(?=\d|one |two |a single )"
        ),
        r"keep \1 §MAX ",
    ),
)
"""Wordings that enclose other words, and what they are read as."""
_FUNCTION = frozenset(
    {
        *(
            "a",
            "an",
            "the",
            "of",
            "to",
            "in",
            "on",
            "at",
            "by",
            "for",
            "from",
            "with",
            "as",
            "into",
        ),
        *("onto", "i", "me", "my", "mine", "myself", "you", "your", "yours", "yourself", "we"),
        *("us", "our", "ours", "about", "over", "through", "during", "per", "via", "up", "down"),
        *("out", "off", "than"),
    }
)
_PERSON = {
    "me": "i", "my": "i", "mine": "i", "myself": "i", "your": "you", "yours": "you",
    "yourself": "you", "us": "we", "our": "we", "ours": "we", "an": "a", "onto": "on",
    "into": "in", "the": "a",
}  # fmt: skip
_PIECE = re.compile(
    r"\{\{[-+]?(?P<slot>.*?)[-+]?\}\}"
    r"|(?P<placeholder>\$\{[^{}\n]*\}|\{[A-Za-z_][\w .:-]*\}|\[[A-Z][A-Z_ ]+\]|%[sd]\b"
    r"|\[[a-z]+(?:[ _/:-][a-z#]+){0,3}\](?!\()|_{3,}|\([A-Z]{3,}(?:[ _][A-Z]+)*\)"
    r"|\$[A-Za-z_]\w*\$?)"
    r"|(?P<address>https?://[^\s<>\"')]+|[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?P<quoted>\"[^\"\s]*(?: [^\"\s]+){0,3}\"|\"[^\"\s]+(?: [^\"\s]+){4,5}(?<![.!?,])\""
    r"|`[^`\n]{1,120}`)"
    r"|(?P<literal>\b(?:\w*_\w+|[a-z]+[A-Z]\w*|(?!\d+-[a-z]{3})(?=[\w-]*\d)(?=[\w-]*[A-Za-z])\w[\w-]*\w"
    r"|(?<=\{)[a-z]+(?=:)"
    r"|^[a-z]+(?:-[a-z]+)+(?=:\s)|^[a-z]+(?:-[a-z]+)*(?= -(?:\s|$))"
    r"|[A-Z]{2,}(?:[-/.][A-Z]{1,})+|[A-Z]{1,4}\.[A-Z]{1,4}\.[A-Z]{2,4}|\w+\.(?=[a-z]{2,4}\b)\w+)\b)"
    r"|(?P<number>\d+(?:[.,:/]\d+)*(?:\s?%)?)"
    r"|§(?P<signal>[A-Z]+)"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<mark>[,;:()…/&+]|-(?=\s))",
    re.DOTALL,
)
_CANONICAL = re.compile(
    r"¤(\d+)¤|§([A-Z]+)|\d+(?:[.,:/]\d+)*(?:st|nd|rd|th)?(?:\s?%)?|[^\W\d_]+|[,;:()&]"
)
_ENUMERATOR = re.compile(r"(?<![\w.])\(?\d{1,2}\)(?=\s)|\((?:i{1,3}|iv|v|vi{1,3}|ix|x)\)(?=\s)")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)")


@cache
def _phrases() -> tuple[re.Pattern[str], dict[str, str]]:
    """One pattern for all wordings, the longest first, and the signal of each of its groups.

    The wordings are branched by their first letter: a plain alternation would try every one of
    them at every word.
    """
    signals: dict[str, str] = {}
    branches: dict[str, list[str]] = defaultdict(list)
    ranked = sorted(phrases(), key=lambda item: -len(item[1]))
    for signal, wording in ranked:
        for letter in _first_letters(wording):
            name = f"p{len(signals)}"
            signals[name] = signal
            branches[letter].append(f"(?P<{name}>{wording})")
    parts = [f"(?={letter})(?:{'|'.join(branch)})" for letter, branch in sorted(branches.items())]
    return re.compile(rf"\b(?:{'|'.join(parts)})(?!\w)"), signals


def _first_letters(wording: str) -> set[str]:
    """The letters that a wording of ``phrases.txt`` can begin with."""
    rest = re.sub(r"^(?:\^|\(\?<[=!][^)]*\))+", "", wording)
    if not rest.startswith("("):
        return {rest[0]}
    depth = 0
    end = 0
    for end, char in enumerate(rest):  # noqa: B007 - the place is used below
        depth += (char == "(") - (char == ")")
        if not depth:
            break
    inner, behind = rest[3:end], rest[end + 1 :]
    found = {letter for part in _alternatives(inner) for letter in _first_letters(part)}
    return found | (_first_letters(behind[1:]) if behind.startswith("?") else set())


def _alternatives(inner: str) -> list[str]:
    """The parts of an alternation, groups within it not cut."""
    parts, depth = [""], 0
    for char in inner:
        depth += (char == "(") - (char == ")")
        if char == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return parts


@lru_cache(maxsize=1 << 14)
def tokens(text: str, plainer: bool = False) -> tuple[Token, ...]:
    """What a sentence says, piece by piece.

    Args:
        text: The sentence.
        plainer: Whether its wordings are read as plainer ones (``forms.txt``).
    """
    kept: list[Token] = []

    def keep(match: re.Match[str]) -> str:
        kind = match.lastgroup
        if kind in {"number", "signal", "word", "mark"}:
            return match[0]
        value = " ".join((match[kind] or "").split()) if kind else ""
        if kind == "literal" and _ORDINAL.fullmatch(value):
            return match[0]
        kept.append(
            ("slot", value) if kind == "slot" else ("literal", value.strip('"`').rstrip(",.;"))
        )
        return f" ¤{len(kept) - 1}¤ "

    plain = _PIECE.sub(keep, _CONTROL.sub(" ", text.replace("§", " ").replace("¤", " ")))
    plain = in_digits(_ENUMERATOR.sub(" ", plain).lower()).replace("-", " ")
    for pattern, spelled in _SHORT:
        plain = pattern.sub(spelled, plain)
    plain = " ".join(plain.split())
    if plainer:
        plain = " ".join(plain_form(plain).split())
    for pattern, spelled in _REWORDED:
        plain = pattern.sub(spelled, plain)
    plain = _signals(plain)
    found: list[Token] = []
    for piece in _CANONICAL.finditer(plain):
        if piece[1]:
            found.append(kept[int(piece[1])])
        elif piece[2]:
            found.append(("signal", piece[2]))
        else:
            found.append(_token(piece[0]))
    return tuple(found)


def _signals(text: str) -> str:
    pattern, signals = _phrases()

    def name(match: re.Match[str]) -> str:
        signal = signals[match.lastgroup or ""]
        return " " if signal == "-" else "".join(f" §{each} " for each in signal.split("+"))

    return pattern.sub(name, text)


def is_function(word: str) -> bool:
    """Whether a word in lower case only holds others together."""
    return word in _FUNCTION


def _token(piece: str) -> Token:
    if piece[0].isdigit() and piece not in NUMBERS:
        return "number", piece.replace(" ", "")
    if number := NUMBERS.get(piece):
        return ("number", number) if number[0].isdigit() else ("word", number)
    if piece in _FUNCTION:
        return "function", _PERSON.get(piece, piece)
    if piece == "&":
        return "signal", "AND"
    if not piece.isalpha():
        return "function", piece
    root = stem(piece)
    return ("light" if root in lexicon().light else "word"), root
