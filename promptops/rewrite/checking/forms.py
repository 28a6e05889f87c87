"""Wordings read as the plainer ones that say the same: the second reading of what was reworded.

A negation may hide in a word ("unable", "insufficient"), a condition in "as soon as", an idiom may
say what one verb says: ``forms.txt`` has them. Words that a beginning or an ending negates
("harmless") are taken apart where what is left is a word that WordNet knows, for most beginnings as
their opposite.
"""

import re
from functools import cache

from promptops.rewrite.checking.lexicon import lexicon, lines, positives, stem

_NEGATED = re.compile(r"\b(un|in|im|ir|il|non|dis)[- ]?([a-z]{4,})\b|\b([a-z]{3,})less(ly)?\b")
_SUPERLATIVE = re.compile(r"\b[a-z]{3,}est\b")
_WHOLE = frozenset({"regardless", "nevertheless", "nonetheless", "needless", "unless", "until"})


def plain_form(text: str) -> str:
    """A text with its wordings read as plainer ones.

    Args:
        text: Lower case, contractions spelled out, single spaces.

    Returns:
        The same with signals as ``§NOT``.
    """
    for leads, pattern, spelled in _forms():
        if any(lead in text for lead in leads):
            text = pattern.sub(spelled, text)
    return _SUPERLATIVE.sub(_most, _NEGATED.sub(_apart, text))


def _most(match: re.Match[str]) -> str:
    """A superlative as "most" and its adjective, where WordNet knows both."""
    known = lexicon().known
    bare = next((each for each in positives(match[0]) if each in known), "")
    return f"§MOST {bare}" if bare else match[0]


def _apart(match: re.Match[str]) -> str:
    """A word that its beginning or ending negates, taken apart."""
    word, rest = match[0], match[2] or match[3]
    if word in _WHOLE:
        return word
    relations = lexicon()
    root = stem(rest)
    opposed = root in relations.opposite.get(stem(word), ())
    known = root in relations.known and match[1] in {"un", "non", None}
    return f"§NOT {rest}" if opposed or known else word


@cache
def _forms() -> list[tuple[tuple[str, ...], re.Pattern[str], str]]:
    """The wordings of each line as one pattern, what they are read as, and what they begin with.

    A text that has none of the beginnings needs no search, which most lines are spared by.
    """
    found = []
    for line in lines("forms.txt"):
        plain, _, wordings = line.partition(":")
        ranked = sorted((each.strip() for each in wordings.split(" | ")), key=len, reverse=True)
        pattern = re.compile(rf"\b(?:{'|'.join(map(_inflected, ranked))})(?!\w)")
        held = " ".join(rf"\{n}" for n in range(1, pattern.groups + 1))
        plain = "" if plain == "-" else plain
        spelled = plain.replace("\\1", held) if "\\1" in plain else f"{plain} {held}"
        found.append((tuple({_lead(each) for each in ranked}), pattern, spelled))
    return found


def _lead(wording: str) -> str:
    """The letters that every text with a wording has: those before anything that may differ."""
    found = re.match(r"[a-z ]*(?![?*{])", wording)
    lead = found[0] if found else ""
    if _inflected(wording) == wording:
        return lead
    verb = lead.split(" ")[0]
    return verb.removesuffix("e").removesuffix("y")


def _inflected(wording: str) -> str:
    """A wording whose first word may be any regular form of a verb."""
    first = re.match(r"[a-z]{2,}(?= |$)", wording)
    if first is None or first[0] in _NO_VERBS:
        return wording
    verb = first[0]
    bare = verb.removesuffix("e")
    endings = "e|es|ed|ing" if bare != verb else f"|s|es|ed|ing|{verb[-1]}ing|{verb[-1]}ed"
    if verb.endswith("y"):
        bare, endings = verb[:-1], "y|ies|ied|ying|ys|yed"
    return f"{bare}(?:{endings}){wording[first.end() :]}"


_NO_VERBS = frozenset(
    {
        *("a", "an", "and", "any", "apart", "as", "at", "because", "before", "but", "by", "each"),
        *("either", "every", "for", "from", "if", "in", "initially", "just", "more", "no", "none"),
        *("not", "nothing", "now", "of", "off", "on", "once", "one", "only", "or", "other", "our"),
        *("out", "over", "right", "so", "that", "the", "then", "this", "to", "too", "up", "when"),
        *("where", "which", "while", "with", "you", "your", "is", "are", "has", "have", "does"),
    }
)
