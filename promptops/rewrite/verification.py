"""Everything that speaks for or against a rewrite, in one place."""

from collections.abc import Sequence
from dataclasses import dataclass

from promptops.core.canonical import JSON
from promptops.embedding.embedder import Embedder
from promptops.prompts.model import MessageTemplate, Prompt
from promptops.rewrite.check import Difference, weighed
from promptops.rewrite.entailment import Entailment
from promptops.rewrite.entailment import entailment as entailed
from promptops.rewrite.meaning import Similarity, similarity

_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What is known of a rewrite.

    Attributes:
        differences: What it lost, changed or made up.
        similarity: How near it is in meaning; None when no embedder was at hand.
        entailment: What a judge said; None when none was asked.
    """

    differences: tuple[Difference, ...]
    similarity: Similarity | None = None
    entailment: Entailment | None = None

    @property
    def passed(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.reasons

    @property
    def released(self) -> tuple[Difference, ...]:
        """Differences in words alone that the judge found to say the same."""
        agreed = self.entailment.agreed if self.entailment else ()
        return tuple(each for each in self.differences if (each.old, each.new) in agreed)

    @property
    def structural(self) -> tuple[str, ...]:
        """The differences that stand."""
        released = self.released
        texts = (each.text for each in self.differences if each not in released)
        return tuple(dict.fromkeys(texts))

    @property
    def reasons(self) -> tuple[str, ...]:
        """Everything that speaks against it.

        Similarity is told and rejects nothing: at no threshold did it find a harmful edit that the
        structural check had missed (``benchmarks/rewrite_check.py --meaning``).
        """
        doubts = self.entailment.doubts if self.entailment else ()
        return (*self.structural, *(f'"{each.new[:_SHOWN]}": {each.reason}' for each in doubts))

    def to_json(self) -> dict[str, JSON]:
        """Plain values by name; what is not known is left out."""
        near, judged = self.similarity, self.entailment
        found: dict[str, JSON] = {"differences": list(self.structural)}
        if near is not None:
            found["similarity"] = {
                "whole": round(near.whole, 4),
                "lowest": round(near.lowest, 4),
                "sentence": near.sentence,
            }
        if judged is not None:
            found["entailment"] = judged.to_json()
        if self.released and judged is not None:
            by = f"released by {judged.judge}"
            found["released"] = [
                {"difference": each.text, "old": each.old, "new": each.new, "why": by}
                for each in self.released
            ]
        return found


def verify(
    base: Prompt,
    new: Sequence[MessageTemplate],
    *,
    ignoring: tuple[str, ...] = (),
    embedder: Embedder | None = None,
) -> Verification:
    """The structural check, and the similarity where an embedder is at hand.

    Args:
        base: The prompt as it was, variants resolved.
        new: The rewritten messages.
        ignoring: Passages that may come and go, such as the output schema in words.
        embedder: Who embeds; None leaves similarity out.
    """
    near = None if embedder is None else similarity(base, new, embedder, ignoring=ignoring)
    return Verification(differences=weighed(base, new, ignoring=ignoring), similarity=near)


__all__ = ["Verification", "entailed", "verify"]
