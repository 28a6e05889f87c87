"""Everything that speaks for or against a rewrite, in one place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from promptops.core.canonical import JSON
from promptops.embedding.embedder import Embedder
from promptops.prompts.model import MessageTemplate, Prompt
from promptops.rewrite.check import Difference, weighed
from promptops.rewrite.entailment import Entailment
from promptops.rewrite.entailment import entailment as entailed
from promptops.rewrite.meaning import Similarity, similarity
from promptops.rewrite.wording import evidence, fitted, probability

_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What is known of a rewrite.

    Attributes:
        differences: What it lost, changed or made up.
        likely: The probability that old and new sentences say the same, where nothing but words
            that are not known to do so speaks against it; empty where something else does.
        similarity: How near it is in meaning; None when no embedder was at hand.
        entailment: What a judge said; None when none was asked.
    """

    differences: tuple[Difference, ...]
    likely: Mapping[tuple[str, str], float] = field(default_factory=dict)
    similarity: Similarity | None = None
    entailment: Entailment | None = None

    @property
    def passed(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.reasons

    @property
    def released(self) -> tuple[Difference, ...]:
        """Differences in words alone that say the same: by the judge, or likely where none is."""
        if self.entailment is not None:
            agreed = self.entailment.agreed
            return tuple(each for each in self.differences if (each.old, each.new) in agreed)
        bar = probability(fitted().bar) if self.likely else 0.0
        return tuple(
            each for each in self.differences if self.likely.get((each.old, each.new), -1) > bar
        )

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
        if released := self.released:
            found["released"] = [
                {"difference": each.text, "old": each.old, "new": each.new, "why": self._why(each)}
                for each in released
            ]
        return found

    def _why(self, released: Difference) -> str:
        if self.entailment is not None:
            return f"released by {self.entailment.judge}"
        likely = self.likely[released.old, released.new]
        return f"likely the same in other words (probability {likely:.2f})"


def verify(
    base: Prompt,
    new: Sequence[MessageTemplate],
    *,
    ignoring: tuple[str, ...] = (),
    embedder: Embedder | None = None,
) -> Verification:
    """The structural check, how likely unknown words mean the same, and similarity.

    Words are looked at only where nothing else speaks against the rewrite.

    Args:
        base: The prompt as it was, variants resolved.
        new: The rewritten messages.
        ignoring: Passages that may come and go, such as the output schema in words.
        embedder: Who embeds; None leaves similarity out.

    Raises:
        ModelNotInstalledError: Words have to be looked at, and a package that carries a part of
            MiniLM is not installed.
    """
    near = None if embedder is None else similarity(base, new, embedder, ignoring=ignoring)
    found = weighed(base, new, ignoring=ignoring)
    soft = found if all(each.soft for each in found) else ()
    likely = {
        (each.old, each.new): probability(
            fitted().log_odds(evidence(each.old, each.new, each.lost, each.added))
        )
        for each in soft
    }
    return Verification(differences=found, likely=likely, similarity=near)


__all__ = ["Verification", "entailed", "verify"]
