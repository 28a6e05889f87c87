"""Leakage: a question of one part that turns up, word for word or nearly, in another.

A few-shot example drawn from ``train`` that is a case of ``test`` in other spelling measures
memory. What counts as nearly the same is said in `promptops.golden.duplicates`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from promptops.golden.case import GoldenCase
from promptops.golden.duplicates import THRESHOLD, answer_key, near_duplicates
from promptops.golden.splits import PARTS, Splits


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """Two cases of different parts that ask the same.

    Args:
        first: Id of a case.
        second: Id of the other one, from a later part.
        parts: The part of each.
        similarity: Jaccard similarity of the inputs, 1 when they have the same words.
        same_answer: Whether the same answer is expected: then one gives the other away.
    """

    first: str
    second: str
    parts: tuple[str, str]
    similarity: float
    same_answer: bool

    def __str__(self) -> str:
        """``case "a" (train) is nearly case "b" (test)``."""
        how = "is" if self.similarity == 1 else "is nearly"
        return f'case "{self.first}" ({self.parts[0]}) {how} case "{self.second}" ({self.parts[1]})'


def find(
    parts: Splits | Mapping[str, Sequence[GoldenCase]], *, threshold: float = THRESHOLD
) -> tuple[Leak, ...]:
    """Near duplicates across parts, in the order of the cases.

    Args:
        parts: Cases by part.
        threshold: Least similarity of every input, above 0 and at most 1.
    """
    if isinstance(parts, Splits):
        parts = {name: getattr(parts, name) for name in PARTS}
    placed = [(part, case) for part, cases in parts.items() for case in cases]
    pairs = near_duplicates([case for _, case in placed], threshold=threshold)
    return tuple(
        Leak(
            first=placed[a][1].id,
            second=placed[b][1].id,
            parts=(placed[a][0], placed[b][0]),
            similarity=similarity,
            same_answer=answer_key(placed[a][1]) == answer_key(placed[b][1]),
        )
        for a, b, similarity in sorted(pairs)
        if placed[a][0] != placed[b][0]
    )
