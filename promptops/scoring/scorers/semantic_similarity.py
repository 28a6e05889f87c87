"""Similarity of meaning, by embeddings."""

from typing import ClassVar

from promptops.core.canonical import JSON
from promptops.embedding.embedder import Embedder
from promptops.scoring.reading import answer_text, expected_text
from promptops.scoring.scorer import Score


class SemanticSimilarity:
    """Cosine of the embeddings of answer and expected text, negative values cut to 0."""

    needs: ClassVar[tuple[str, ...]] = ("embedder",)
    name: ClassVar[str] = "semantic_similarity"

    def __init__(self, *, embedder: Embedder) -> None:
        """Keep the embedder; nothing is loaded before the first score."""
        self._embedder = embedder

    @property
    def version(self) -> str:
        """Changes with the embedding model."""
        return f"1+{self._embedder.fingerprint}"

    def score(self, *, answer: str, expected: JSON, **_: object) -> Score:
        """See `Scorer.score`."""
        texts = [answer_text(answer, expected), expected_text(expected)]
        got, wanted = self._embedder.embed(texts)
        cosine = min(1.0, max(0.0, float(got @ wanted)))
        return Score(value=cosine, reason=f"cosine {cosine:.2f}")
