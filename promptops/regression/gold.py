"""Golden answers under one knowledge-base version, and the chunks that support them."""

from collections.abc import Sequence

from promptops.core.canonical import JSON
from promptops.golden.case import GoldenCase
from promptops.knowledge.chunking import Chunk
from promptops.regression.cases import Gold
from promptops.scoring.reading import normalize


def gold_pair(
    case: GoldenCase,
    *,
    before: tuple[str | None, Sequence[Chunk]] | None,
    after: tuple[str | None, Sequence[Chunk]],
) -> tuple[Gold, Gold]:
    """What is right under the old and the new version of a knowledge base.

    Args:
        case: The golden case.
        before: Label and chunks of the old version; None when there is none.
        after: Label and chunks of the new one; no chunks where the prompt does not retrieve.

    Support is a statement about text: it is known where the golden answer stands in the knowledge
    base word for word (normalized). An unchanged answer that stood in the old version and does not
    in the new one has lost its support; an answer that never stood there says nothing.
    """
    new = _gold(case, *after)
    if before is None:
        return Gold(labeled=False, answer=None), new
    old = _gold(case, *before)
    if new.support is None and old.support and old.answer == new.answer and new.labeled:
        new = Gold(labeled=True, answer=new.answer, support=frozenset())
    return old, new


def _gold(case: GoldenCase, label: str | None, chunks: Sequence[Chunk]) -> Gold:
    if not case.is_labeled(label):
        return Gold(labeled=False, answer=None)
    answer = case.expected_for(label)
    found = _support(answer, chunks, case.evidence)
    return Gold(labeled=True, answer=answer, support=found or None)


def _support(answer: JSON, chunks: Sequence[Chunk], evidence: str | None) -> frozenset[str]:
    """Chunks that hold the answer: those of the evidence document, or else any."""
    if not isinstance(answer, str | int | float) or isinstance(answer, bool):
        return frozenset()
    wanted = f" {normalize(str(answer))} "
    if not wanted.strip():
        return frozenset()
    holding = [chunk for chunk in chunks if wanted in f" {normalize(chunk.text)} "]
    named = frozenset(chunk.id for chunk in holding if chunk.doc == evidence)
    return named or frozenset(chunk.id for chunk in holding)
