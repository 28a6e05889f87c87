"""Negations, conditions, quantifiers and how strong an obligation is: what came or went of them."""

from collections import Counter
from collections.abc import Iterator

from promptops.rewrite.checking.lexicon import lexicon
from promptops.rewrite.checking.places import around
from promptops.rewrite.checking.sides import LISTED, Side

_BOUNDS = {"MIN": "at least", "MAX": "at most", "MORE": "more than", "LESS": "less than"}
_CLOSED = {
    "ONLY": "only",
    "UNLESS": "unless",
    "EXCEPT": "except",
    "ONLYIF": "only if",
    "BEFORE": "before",
    "AFTER": "after",
    "UNTIL": "until",
    "MOST": "most",
    "EXAMPLE": "for example",
}
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
    yield from _strength(old, new, considered=_considered(a))
    for signal, name in _CLOSED.items():
        if bool(old[signal]) != bool(new[signal]) and not _instead(signal, a, b):
            yield f'"{name}" {"is lost" if old[signal] else "was added"}'
    if bool(before := _conditional(old)) != bool(_conditional(new)):
        yield f"a condition {'is lost' if before else 'was added'}"
    if old["ALL"] and not new["ALL"] and new["ANY"] > old["ANY"] and new["IF"] + new["ONLYIF"]:
        yield "all became any"
    yield from _quantities(a, b)
    if "both" in a.light - b.light and new["OR"] > old["OR"]:
        yield "both became either"
    if not denied(old):
        if old["OR"] > new["OR"] and new["AND"] > old["AND"]:
            yield "or became and"
        if old["AND"] > new["AND"] and new["OR"] > old["OR"]:
            yield "and became or"


def _quantities(a: Side, b: Side) -> Iterator[str]:
    old, new = a.signals, b.signals
    if old["ALL"] > new["ALL"] and (new["SOME"] > old["SOME"] or new["MOST"] > old["MOST"]):
        yield "all became some"
    for bound, other in (("MIN", "MAX"), ("MAX", "MIN"), ("MORE", "LESS"), ("LESS", "MORE")):
        turned = bound in {"MIN", "MAX"} or denied(old) == denied(new)
        if turned and old[bound] > new[bound] and new[other] > old[other]:
            yield f"{_BOUNDS[bound]} became {_BOUNDS[other]}"
    if new["ALL"] and not old["ALL"] and (old["SOME"] or old["MOST"]):
        yield "some became all"
    if new["SOME"] and not old["ALL"] and not old["SOME"] and not _several(a):
        yield "some was added"
    if new["ALL"] > old["ALL"] and a.numbers["1"] > b.numbers["1"]:
        yield "one became all"


def _considered(side: Side) -> bool:
    """Whether it asks for thought, which "consider" at the beginning then says as well."""
    return "consider" in side.words


def _several(side: Side) -> bool:
    """Whether it says "several" by a word that is no signal."""
    return any(lexicon().alike("several", word) for word in (*side.words, *side.light))


def _instead(signal: str, a: Side, b: Side) -> bool:
    """Whether the other side says a signal otherwise."""
    old, new = a.signals, b.signals
    if signal in {"UNTIL", "BEFORE", "AFTER", "ONLYIF"} and waits(a, b):
        return True
    if signal == "ONLY":
        return bool(old["JUST"] + new["JUST"]) or _doubly(old, new)
    if signal == "EXAMPLE":
        one, other = (old, new) if old[signal] else (new, old)
        return any(other[each] > one[each] for each in ("LIKE", "CAN"))
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


def _negations(a: Side, b: Side) -> Iterator[str]:
    """Negations that came or went; one may hold for several things that are listed behind it."""
    before, after = denied(a.signals), denied(b.signals)
    if waits(a, b):
        return
    if a.signals["UNLESS"] != b.signals["UNLESS"] and _instead("UNLESS", a, b):
        return
    if _doubly(a.signals, b.signals):
        return
    if after < before and not (after and _listing(b) > _listing(a)):
        yield "a negation is lost"
    if after > before and not (before and _listing(b) < _listing(a)):
        yield "a negation was added"


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


def _strength(old: Counter[str], new: Counter[str], *, considered: bool) -> Iterator[str]:
    if new["HEDGE"] > old["HEDGE"]:
        yield "an instruction was weakened (hedge)"
    if new["CONSIDER"] > old["CONSIDER"] and not considered:
        yield "an instruction was weakened (consider)"
    # "No names may be given" says what "do not give names" says.
    same = denied(old) and denied(old) == denied(new) and old["MUST"] <= new["MUST"]
    if new["MAY"] + new["CAN"] > old["MAY"] + old["CAN"] and new["MAY"] > old["MAY"] and not same:
        yield "an instruction was weakened (may)"
    for signal in ("SHOULD", "CAN"):
        if new[signal] > old[signal] and new["MUST"] < old["MUST"]:
            yield f"an instruction was weakened ({signal.lower()})"
    if old["MAY"] > new["MAY"] and new["MUST"] > old["MUST"]:
        yield "a permission became a duty"
    if new["AVOID"] > old["AVOID"] and new["NEVER"] < old["NEVER"]:
        yield "a prohibition was weakened"


def conditions(old: Counter[str], new: Counter[str]) -> Iterator[str]:
    """A condition more or less, where there are as many sentences as before."""
    before, after = _conditional(old), _conditional(new)
    if before != after:
        yield f"a condition {'is lost' if after < before else 'was added'}"


def _conditional(signals: Counter[str]) -> int:
    return signals["IF"] + signals["ONLYIF"] + signals["UNLESS"]
