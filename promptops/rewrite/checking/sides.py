"""One side of a group of sentences: what its wording says, counted."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from promptops.rewrite.checking.sentences import Sentence, Token, tokens

_SPELLED = re.compile(r"[^\W\d_]+")
_BOUNDS = frozenset({"MAX", "MIN", "LESS", "MORE", "EXACT", "ABOUT"})
_SAME_BOUND = {"LESS": "MAX", "MORE": "MIN", "EXACT": "", "ABOUT": "ABOUT"}
"""Bounds that differ by one at most are one."""
LISTED: frozenset[Token] = frozenset({("function", ","), ("signal", "OR"), ("signal", "AND")})
"""What stands between the items of a list."""


@dataclass(slots=True, kw_only=True)
class Side:
    """One side of a group.

    Attributes:
        sentences: What it is made of.
        tokens: Its pieces in order.
        words: Its words that carry meaning, by stem.
        light: Its words that do not.
        signals: How often each signal is given.
        numbers: Its numbers, each with its bound.
        literals: Pieces that must stay letter by letter.
        plainer: Whether its wordings were read as plainer ones.
    """

    sentences: tuple[Sentence, ...]
    tokens: tuple[Token, ...]
    words: dict[str, None] = field(default_factory=dict)
    light: set[str] = field(default_factory=set)
    signals: Counter[str] = field(default_factory=Counter)
    numbers: Counter[str] = field(default_factory=Counter)
    literals: Counter[str] = field(default_factory=Counter)
    plainer: bool = False

    @property
    def spelled(self) -> tuple[str, ...]:
        """Its words as they are written, in lower case and in order."""
        return tuple(w for each in self.sentences for w in _SPELLED.findall(each.text.lower()))

    @property
    def strong(self) -> bool:
        """Whether its signals alone say something."""
        return any(self.signals[each] for each in ("NOT", "NEVER", "AVOID", "ONLY", "HEDGE", "MAY"))


def read_side(group: Sequence[Sentence], *, plainer: bool = False) -> Side:
    """The pieces of the sentences of one side.

    Args:
        group: The sentences.
        plainer: Whether their wordings are read as plainer ones.
    """
    pieces = [token for each in group for token in tokens(each.text, plainer)]
    return side_of(pieces, group, plainer=plainer)


def side_of(
    pieces: Sequence[Token], group: Sequence[Sentence] = (), *, plainer: bool = False
) -> Side:
    """Tokens that follow each other, counted; ``group`` is what they were read from."""
    side = Side(sentences=tuple(group), tokens=tuple(pieces), plainer=plainer)
    said = [token for token in side.tokens if token[0] != "function"]
    for place, (kind, value) in enumerate(said):
        if kind == "word":
            side.words[value] = None
        elif kind == "light":
            side.light.add(value)
        elif kind == "signal":
            side.signals[value] += 1
        elif kind == "number":
            bound = _bound(said, place)
            side.numbers[f"{_SAME_BOUND.get(bound, bound)} {value}".strip()] += 1
        else:
            side.literals[value if kind == "literal" else f"{{{{ {value} }}}}"] += 1
    return side


def _bound(said: Sequence[Token], place: int) -> str:
    """The bound that a number is: said before it, or behind it and its unit ("10 words max")."""
    if place and said[place - 1][0] == "signal" and said[place - 1][1] in _BOUNDS:
        return said[place - 1][1]
    for kind, value in said[place + 1 : place + 3]:
        if kind == "signal":
            behind = said[said.index((kind, value), place + 1) + 1 :][:1]
            forward = bool(behind) and behind[0][0] == "number"
            return value if value in {"MAX", "MIN"} and not forward else ""
        if kind == "number":
            return ""
    return ""
