"""What several draws of one judge agree on."""

from collections.abc import Sequence

from promptops.lint.judge.checks import MOST_FINDINGS
from promptops.lint.judge.protocols import Evidence

DRAWS = 3
"""How often each question is put."""

QUORUM = 2
"""Draws that must point at overlapping spans for a finding to be kept."""


def agreed(draws: Sequence[Sequence[Evidence]]) -> tuple[Evidence, ...]:
    """The evidence that at least `QUORUM` draws show, at most `MOST_FINDINGS`, in text order.

    Of several pieces of evidence for the same place the one with the most support stays, then the
    shortest, then the earliest. Method: self-consistency (Wang et al. 2023) over spans.
    """
    ranked = []
    for draw in draws:
        for piece in draw:
            support = sum(any(_same(piece, other) for other in each) for each in draws)
            if support >= QUORUM:
                length = sum(span.end - span.start for span in piece.spans)
                ranked.append((-support, length, piece.spans, piece))
    ranked.sort(key=lambda entry: entry[:3])
    kept: list[Evidence] = []
    for *_, piece in ranked:
        if not any(_same(piece, other) for other in kept):
            kept.append(piece)
    return tuple(sorted(kept[:MOST_FINDINGS], key=lambda piece: piece.spans))


def _same(one: Evidence, other: Evidence) -> bool:
    """Whether all spans overlap, each with its counterpart."""
    return len(one.spans) == len(other.spans) and all(
        mine.overlaps(theirs) for mine, theirs in zip(one.spans, other.spans, strict=True)
    )
