"""Example order: the examples that a wording shows, in other orders.

Source: Lu et al. 2022 ("Fantastically Ordered Prompts", ACL 2022): the same examples in another
order can be worth as much as other examples, and no order is good for all models.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from statistics import fmean
from typing import ClassVar

from promptops.lint.text import shingles
from promptops.optimize.candidate import Candidate, OptimizeTask
from promptops.optimize.wording import Wording, split_wording, with_messages
from promptops.prompts.digests import variant_digest
from promptops.prompts.model import MessageTemplate

_LEAST = 3
_Pair = tuple[MessageTemplate, MessageTemplate]


class ExampleOrder:
    """Shows the same examples in other orders; asks no model.

    Labels in turn, the hardest last, the most typical last, and back to front. How hard and how
    typical an example is, its words tell: measured answers would be those of cases that have to
    judge the order. So nothing is learned from any case.
    """

    name: ClassVar[str] = "example_order"
    reflects: ClassVar[bool] = True
    cost: ClassVar[int] = 0

    async def propose(self, task: OptimizeTask) -> Sequence[Candidate]:
        """See `Proposer.propose`."""
        parts = split_wording(task.prompt)
        if parts is None or len(parts.examples) < _LEAST or "better" not in task.goal.claims:
            return ()
        found: dict[tuple[_Pair, ...], str] = {parts.examples: ""}
        for what, order in ORDERS.items():
            found.setdefault(order(parts.examples), what)
        return tuple(
            Candidate(
                prompt=with_messages(
                    task.prompt,
                    Wording(
                        instructions=parts.instructions, examples=examples, final=parts.final
                    ).messages(),
                ),
                proposer=self.name,
                reason=f"show the {len(examples)} examples in another order: {what}",
                parents=(variant_digest(task.prompt, None),),
            )
            for examples, what in found.items()
            if what
        )


def _alternating(pairs: Sequence[_Pair]) -> tuple[_Pair, ...]:
    """One of each answer in turn."""
    groups: dict[str, list[_Pair]] = {}
    for pair in pairs:
        groups.setdefault(pair[1].content, []).append(pair)
    return tuple(pair for turn in zip_longest(*groups.values()) for pair in turn if pair)


def _hardest_last(pairs: Sequence[_Pair]) -> tuple[_Pair, ...]:
    """Hard is what reads like the examples of other answers more than like those of its own.

    Where no answer is shown twice, nothing tells, and the order stays.
    """
    if len({pair[1].content for pair in pairs}) == len(pairs):
        return tuple(pairs)

    def ease(at: int, likeness: Sequence[float]) -> float:
        own = [pair[1].content == pairs[at][1].content for pair in pairs]
        same = [like for other, like in enumerate(likeness) if own[other] and other != at]
        rest = [like for other, like in enumerate(likeness) if not own[other]]
        return (fmean(same) if same else 0.0) - (fmean(rest) if rest else 0.0)

    return _ranked(pairs, lambda at, likeness: -ease(at, likeness))


def _typical_last(pairs: Sequence[_Pair]) -> tuple[_Pair, ...]:
    """Typical is what reads like all the others."""
    return _ranked(pairs, lambda at, likeness: fmean((*likeness[:at], *likeness[at + 1 :])))


def _reversed(pairs: Sequence[_Pair]) -> tuple[_Pair, ...]:
    return tuple(pairs[::-1])


ORDERS: Mapping[str, Callable[[Sequence[_Pair]], tuple[_Pair, ...]]] = {
    "one of each answer in turn": _alternating,
    "the hardest last": _hardest_last,
    "the most typical last": _typical_last,
    "back to front": _reversed,
}
"""The orders by name."""


def _ranked(
    pairs: Sequence[_Pair], weight: Callable[[int, Sequence[float]], float]
) -> tuple[_Pair, ...]:
    """Pairs by a weight that is worked out of how alike the questions are, the lightest first."""
    words = [shingles(question.content, 1) for question, _ in pairs]
    weights = [
        weight(at, [_overlap(one, other) for other in words]) for at, one in enumerate(words)
    ]
    return tuple(pairs[at] for at in sorted(range(len(pairs)), key=weights.__getitem__))


def _overlap(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a or b else 1.0
