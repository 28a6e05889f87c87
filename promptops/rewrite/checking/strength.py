"""Negations, conditions, quantifiers and how strong an obligation is: what came or went of them."""

import re
from collections import Counter
from collections.abc import Iterator

from promptops.rewrite.checking.lexicon import lexicon
from promptops.rewrite.checking.places import around
from promptops.rewrite.checking.sides import LISTED, Side

_BOUNDS = {"MIN": "at least", "MAX": "at most", "MORE": "more than", "LESS": "less than"}
_TURNED_BOUNDS = (
    *(("MIN", "MAX"), ("MAX", "MIN"), ("MORE", "LESS"), ("LESS", "MORE")),
    *(("MAX", "MORE"), ("MORE", "MAX"), ("MIN", "LESS"), ("LESS", "MIN")),
)
_CLOSED = {
    "ONLY": "only",
    "UNLESS": "unless",
    "EXCEPT": "except",
    "ONLYIF": "only if",
    "BEFORE": "before",
    "AFTER": "after",
    "UNTIL": "until",
    "MOST": "most",
    "MANY": "many",
    "EXAMPLE": "for example",
    "ANYORDER": "in any order",
}
_THOUGHT = frozenset({"consider", "consideration", "think", "account", "reflect"})
_ASKED = re.compile(r"\b[Aa]sk(?: me| them| the user| for \w+)? if\b")
"""A question whether, or what to do in a case."""
_COUNTED = frozenset({"ONLY", "UNLESS", "EXCEPT", "ONLYIF", "UNTIL"})
"""Signals that count as negations where wordings are read as plainer ones."""
_RELATING = ("that", "which", "who", "whose", "where", "any", "those")
_RESTRICTING = frozenset(
    {
        *("certain", "chief", "final", "first", "important", "key", "last", "latest", "main"),
        *("major", "necessary", "primary", "relevant", "selected", "significant", "single"),
        *("specific",),
    }
)
"""Words of a part, where there was all of it."""
"""Signals of which none may come or go."""


def signals(a: Side, b: Side, *, turned: bool) -> Iterator[str]:
    """What came or went of them.

    Args:
        a: The old side.
        b: The new side.
        turned: Whether a word became its opposite, which says what a negation says.
    """
    old, new = a.signals, b.signals
    if not turned:
        yield from _negations(a, b)
    yield from _strength(
        old,
        new,
        considered=_considered(a),
        forbidden=_forbidden(b),
        split=len(a.sentences) < len(b.sentences),
    )
    yield from _lapsed(a, b)
    for signal, name in _CLOSED.items():
        if a.plainer and (signal in _COUNTED or (signal == "AFTER" and _timed(a, b))):
            continue
        if bool(old[signal]) != bool(new[signal]) and not _instead(signal, a, b):
            yield f'"{name}" {"is lost" if old[signal] else "was added"}'
    if bool(before := _conditional(old)) != bool(_conditional(new)) and not _related(a, b):
        yield f"a condition {'is lost' if before else 'was added'}"
    if old["ALL"] and not new["ALL"] and new["ANY"] > old["ANY"] and new["IF"] + new["ONLYIF"]:
        yield "all became any"
    if (
        old["ANY"]
        and not new["ANY"]
        and new["ALL"] > old["ALL"]
        and (_conditional(new) or (denied(new) and not _AVOIDING.search(_text(b))))
    ):
        yield "any became all"
    yield from _quantities(a, b)
    yield from _steps(a, b)
    yield from _alternatives(a, b)


def _alternatives(a: Side, b: Side) -> Iterator[str]:
    old, new = a.signals, b.signals
    if _widened(a, b):
        yield "an alternative was added"
    if "both" in a.light - b.light and new["OR"] > old["OR"]:
        yield "both became either"
    if not denied(old):
        if old["OR"] > new["OR"] and new["AND"] > old["AND"]:
            yield "or became and"
        if old["AND"] > new["AND"] and new["OR"] > old["OR"]:
            yield "and became or"


def _related(a: Side, b: Side) -> bool:
    """Whether a clause that tells which is meant says a condition: "any that does not fit"."""
    if any(_ASKED.search(each.text) for side in (a, b) for each in side.sentences):
        return True
    if not (a.plainer and b.plainer):
        return False
    one, other = (a, b) if _conditional(a.signals) else (b, a)
    if other.signals["AFTER"] > one.signals["AFTER"]:
        return True
    return _relating(other) > _relating(one)


def _timed(a: Side, b: Side) -> bool:
    """Whether "after" became "when", or the other way around."""
    one, other = (a, b) if a.signals["AFTER"] else (b, a)
    return _conditional(other.signals) > _conditional(one.signals)


def _relating(side: Side) -> int:
    words = [each for text in side.sentences for each in text.text.lower().split()]
    return sum(words.count(each) for each in _RELATING)


def _quantities(a: Side, b: Side) -> Iterator[str]:
    old, new = a.signals, b.signals
    part = sorted(_RESTRICTING & (set(b.spelled) - set(a.spelled)))
    if old["ALL"] > new["ALL"] and part:
        yield f'all became "{part[0]}"'
    if old["ALL"] > new["ALL"] and any(new[each] > old[each] for each in ("SOME", "MOST", "MANY")):
        yield "all became some"
    for bound, other in _TURNED_BOUNDS:
        turned = {bound, other} == {"MIN", "MAX"} or denied(old) == denied(new)
        if turned and old[bound] > new[bound] and new[other] > old[other]:
            yield f"{_BOUNDS[bound]} became {_BOUNDS[other]}"
    if new["ALL"] and not old["ALL"] and (old["SOME"] or old["MOST"] or old["MANY"]):
        yield "some became all"
    if new["ALL"] > old["ALL"] and a.numbers["1"] > b.numbers["1"]:
        yield "one became all"


def _steps(a: Side, b: Side) -> Iterator[str]:
    """Steps more or less that no other word for what follows tells, with what they ask for."""
    ways = ("THEN", "AND", "BEFORE", "AFTER", "UNTIL", "IF", "ONLYIF")
    if _pieces(a) == _pieces(b):
        return
    for one, other, became in ((a, b, "was added"), (b, a, "is lost")):
        if other.signals["THEN"] > one.signals["THEN"] and len(one.sentences) == len(
            other.sentences
        ):
            extra = [each for each in ways[1:] if one.signals[each] > other.signals[each]]
            if not extra and "first" not in one.spelled:
                yield f"a step {became}"


def _pieces(side: Side) -> int:
    return sum(kind in {"word", "light", "literal"} for kind, _ in side.tokens)


def _considered(side: Side) -> bool:
    """Whether it asks for thought, which "consider" at the beginning then says as well."""
    return not _THOUGHT.isdisjoint({*side.words, *side.light})


_JOINING = (
    *(("signal", "AND"), ("signal", "OR"), ("function", ","), ("function", "/"), ("function", ";")),
)


def _widened(a: Side, b: Side) -> bool:
    """Whether "or" joins more than before, with nothing gone that had joined it."""
    old, new = a.signals, b.signals
    if b.spelled.count("or") <= a.spelled.count("or") or denied(old) > denied(new):
        return False
    if any(old[each] > new[each] for each in ("ANY", "IF", "ALL", "SOME", "NEVER", "LIKE")):
        return False
    if len(a.sentences) != len(b.sentences):
        return False
    joined = [sum(s.tokens.count(each) for each in _JOINING) for s in (a, b)]
    return joined[1] > joined[0] and _pieces(b) > _pieces(a)


def _several(side: Side) -> bool:
    """Whether it says "several" by a word that is no signal."""
    return any(lexicon().alike("several", word) for word in (*side.words, *side.light))


def _instead(signal: str, a: Side, b: Side) -> bool:
    """Whether the other side says a signal otherwise."""
    old, new = a.signals, b.signals
    if signal in {"UNTIL", "BEFORE", "AFTER", "ONLYIF"} and waits(a, b):
        return True
    if signal == "MANY":
        side = a if new[signal] else b
        return bool(side.signals["SOME"]) or _several(side)
    if signal == "ONLY":
        return bool(old["JUST"] + new["JUST"]) or _doubly(old, new)
    if signal == "EXAMPLE":
        one, other = (old, new) if old[signal] else (new, old)
        such = [side.spelled.count("such") for side in (a, b)]
        return such[0] == such[1] > 0 or any(other[each] > one[each] for each in ("LIKE", "CAN"))
    if signal in {"UNLESS", "ONLYIF"}:  # "not A unless B" is "A only if B"
        fewer = denied(old) - denied(new)
        return (old["UNLESS"] > 0 < new["ONLYIF"] and fewer == 1) or (
            old["ONLYIF"] > 0 < new["UNLESS"] and fewer == -1
        )
    if signal in {"BEFORE", "AFTER"}:  # "A and B" is "B after A"
        return old["AND"] + old["THEN"] != new["AND"] + new["THEN"]
    return False


def _doubly(old: Counter[str], new: Counter[str]) -> bool:
    """Whether "none that is not" became "only those that are", or the other way around."""
    return denied(old) - denied(new) == 2 * (new["ONLY"] - old["ONLY"]) != 0


def denied(signals: Counter[str]) -> int:
    """How many negations there are."""
    return signals["NOT"] + signals["NEVER"] + signals["AVOID"]


def negations(side: Side) -> int:
    """How often a side denies; read as plainer wordings, an exception denies, "only" does twice."""
    said = side.signals
    if not side.plainer:
        return denied(said)
    once = said["UNLESS"] + said["UNTIL"]
    if not (said["ONLY"] or said["JUST"]):  # what "nothing else, except X" excepts is allowed
        once += said["EXCEPT"]
    return denied(said) + once + 2 * said["ONLY"] + 2 * said["ONLYIF"]


_AVOIDING = re.compile(
    r"\b(?:avoid|omit|exclud|refrain|steer\w* clear|free of|(?:leav|keep)\w* .*\bout)",
    re.IGNORECASE,
)
"""Prohibitions by a verb, whose "every" is the "any" of a plain one."""


def _text(side: Side) -> str:
    return " ".join(each.text for each in side.sentences)


def _negations(a: Side, b: Side) -> Iterator[str]:
    """Negations that came or went; one may hold for several things that are listed behind it."""
    before, after = negations(a), negations(b)
    if waits(a, b):
        return
    if a.signals["UNLESS"] != b.signals["UNLESS"] and _instead("UNLESS", a, b):
        return
    if _doubly(a.signals, b.signals):
        return
    one_for_all = denied(b.signals) and denied(a.signals) > denied(b.signals)
    again = len(_DENIED_AGAIN.findall(_text(a))) > len(_DENIED_AGAIN.findall(_text(b)))
    listed = one_for_all and again and _listing(b) > _listing(a)
    listed = listed and a.signals["SOME"] >= b.signals["SOME"]
    if after < before and not listed and not _denied_once(a, b):
        yield "a negation is lost"
    if after > before and not (before and _listing(b) < _listing(a)):
        yield "a negation was added"


def _denied_once(a: Side, b: Side) -> bool:
    """Whether "avoid A, avoid B" or "no A, no B" became "avoid A and B"."""
    joined = [each.signals["AND"] + each.signals["OR"] for each in (a, b)]
    if {*a.words, *a.light} != {*b.words, *b.light} or joined[1] <= joined[0]:
        return False
    if b.signals["SOME"] > a.signals["SOME"]:
        return False
    again = len(_DENIED_AGAIN.findall(_text(a))) - len(_DENIED_AGAIN.findall(_text(b)))
    return denied(b.signals) > 0 and 0 < denied(a.signals) - denied(b.signals) <= again


_DENIED_AGAIN = re.compile(
    r"(?:[,;.]|\b(?:and|or|nor|but)) (?:(?:and|or|please|you|also) )*"
    r"(?:no|not|don't|do not|never|nor|without|avoid|avoiding|neither|must not|should not)\b",
    re.IGNORECASE,
)
"""A negation that follows on something."""
_EARLIER = {"BEFORE": 0, "AFTER": 1, "ONLYIF": 1}
"""On which side of it what must happen first stands: "A before B", "B after A"."""


def waits(a: Side, b: Side) -> bool:
    """Whether "not B until A" became "A before B" or "B only after A", or the other way around."""
    if bool(a.signals["UNTIL"]) == bool(b.signals["UNTIL"]):
        return False
    one, other = (a, b) if a.signals["UNTIL"] else (b, a)
    if denied(one.signals) != denied(other.signals) + 1:
        return False
    later, first = around(one.tokens, ("signal", "UNTIL"))
    for signal, place in _EARLIER.items():
        if other.signals[signal] == 1:
            parts = around(other.tokens, ("signal", signal))
            same = len(first & parts[place]) + len(later & parts[1 - place])
            turned = len(first & parts[1 - place]) + len(later & parts[place])
            return same > turned
    return False


def _listing(side: Side) -> int:
    return sum(token in LISTED for token in side.tokens)


def _forbidden(side: Side) -> bool:
    """Whether a permission is denied in its clause."""
    inside = allowed = False
    last = ""
    for kind, value in (*side.tokens, ("function", ";")):
        if kind == "signal" and value in {"NOT", "NEVER", "AVOID"}:
            inside = True
        elif kind == "signal" and value == "MAY":
            allowed = True
        elif value == ";" or (value == "AND" and last == ","):
            if inside and allowed:
                return True
            inside = allowed = False
        last = value
    return False


def _strength(
    old: Counter[str], new: Counter[str], *, considered: bool, forbidden: bool, split: bool
) -> Iterator[str]:
    if new["HEDGE"] > old["HEDGE"] and not (old["HEDGE"] and split):
        yield "an instruction was weakened (hedge)"
    if old["HEDGE"] > new["HEDGE"]:
        yield "an instruction was strengthened (hedge)"
    if new["CONSIDER"] > old["CONSIDER"] and not considered:
        yield "an instruction was weakened (consider)"
    # "No names may be given" says what "do not give names" says.
    same = forbidden and denied(old) == denied(new) and old["MUST"] <= new["MUST"]
    if new["MAY"] + new["CAN"] > old["MAY"] + old["CAN"] and new["MAY"] > old["MAY"] and not same:
        yield "an instruction was weakened (may)"
    for signal in ("SHOULD", "CAN"):
        if new[signal] > old[signal] and new["MUST"] < old["MUST"]:
            yield f"an instruction was weakened ({signal.lower()})"
    if old["MAY"] > new["MAY"] and new["MUST"] > old["MUST"]:
        yield "a permission became a duty"
    if new["AVOID"] > old["AVOID"] and new["NEVER"] < old["NEVER"]:
        yield "a prohibition was weakened"


def _lapsed(a: Side, b: Side) -> Iterator[str]:
    """The word "always" that went from what protects."""
    weaker = a.signals["MUST"] > b.signals["MUST"] and "always" not in b.spelled
    if weaker and "always" in a.spelled and not lexicon().safety.isdisjoint(a.words):
        yield "a precaution was weakened (always)"


def conditions(old: Counter[str], new: Counter[str]) -> Iterator[str]:
    """A condition more or less, where there are as many sentences as before."""
    before, after = _conditional(old), _conditional(new)
    if before != after:
        yield f"a condition {'is lost' if after < before else 'was added'}"


def _conditional(signals: Counter[str]) -> int:
    return signals["IF"] + signals["ONLYIF"] + signals["UNLESS"]
