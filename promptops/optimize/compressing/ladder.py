"""A ladder of deletions: prompts with ever more of the least needed units gone."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from promptops.lint.text import estimated_tokens
from promptops.optimize.compressing.units import Unit, split_units, without

RUNGS = (0.2, 0.35, 0.5, 0.7, 0.9)
"""Shares of the tokens to take out."""

Order = Literal["least needed", "examples first", "examples last"]
ORDERS: tuple[Order, ...] = ("least needed", "examples first", "examples last")
"""What goes first: what looks least needed; all solved examples before any instruction; every
instruction that may go before any solved example."""

_BEFORE_ALL: dict[Order, float] = {"least needed": 0, "examples first": 2, "examples last": -2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One prompt of the ladder.

    Args:
        texts: The messages' template text.
        share: Share of the tokens that is gone, as estimated.
        gone: The units that went, the longest first.
    """

    texts: tuple[str, ...]
    share: float
    gone: tuple[Unit, ...]

    def __str__(self) -> str:
        """What went, in words: the units that cost most."""
        shown = [f'"{_short(unit.text)}" (~{unit.tokens} tokens)' for unit in self.gone[:3]]
        more = f" and {len(self.gone) - 3} more" if len(self.gone) > 3 else ""
        return f"{', '.join(shown)}{more}"


def ladder(
    texts: Sequence[str],
    *,
    rungs: Sequence[float] = RUNGS,
    first: Order = "least needed",
    keep: Sequence[str] = (),
    topic: Iterable[str] = (),
    terms: Iterable[str] = (),
    constrained: bool = False,
) -> Iterator[Rung]:
    """Prompts without their least needed units, the mildest deletion first.

    Units with template tags or placeholders, kept sentences, prohibitions and safeguards stay, and
    so does the last mention of a term. A rung that these keep from its share goes as far as it can;
    one that adds nothing to the rung before is left out.

    Args:
        texts: Template text of each message.
        rungs: Shares of the tokens to take out.
        first: What goes first.
        keep: Sentences that stay.
        topic: Texts that say what the prompt is about.
        terms: Words of which one mention must stay, such as the labels of an output schema.
        constrained: Whether a schema holds the output.
    """
    units = split_units(texts, keep=keep, topic=topic, constrained=constrained)
    total = sum(map(estimated_tokens, texts)) or 1
    whole = "\n".join(texts)
    named = [each for term in terms if (each := _mention(term)).search(whole)]

    def needed(at: int) -> tuple[float, int, int]:
        unit = units[at]
        return -unit.redundancy - _BEFORE_ALL[first] * unit.example, -unit.tokens, at

    order = sorted((at for at, unit in enumerate(units) if not unit.fixed), key=needed)
    gone: list[int] = []
    before = 0.0
    for rung in sorted(rungs):
        left: list[int] = []
        for at in order:
            taken = sum(units[each].tokens for each in gone)
            small_enough = taken + units[at].tokens <= (rung + _OVER) * total
            if (
                taken < rung * total
                and small_enough
                and (not named or _names_all(without(texts, units, [*gone, at]), named))
            ):
                gone.append(at)
            else:
                left.append(at)
        order = left
        made = without(texts, units, gone)
        share = 1 - sum(map(estimated_tokens, made)) / total
        if share >= before + _LEAST_STEP:
            before = share
            biggest = sorted((units[at] for at in gone), key=lambda unit: -unit.tokens)
            yield Rung(texts=made, share=share, gone=tuple(biggest))


_OVER = 0.1  # a unit may take a rung this far beyond its share
_LEAST_STEP = 0.04


def _mention(term: str) -> re.Pattern[str]:
    """The term as a whole word: the label "A" is not named by "All"."""
    return re.compile(rf"(?<!\w){re.escape(term)}(?!\w)")


def _names_all(texts: Sequence[str], named: Sequence[re.Pattern[str]]) -> bool:
    whole = "\n".join(texts)
    return all(term.search(whole) for term in named)


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 60 else f"{plain[:59]}…"
