"""Find prompts by words and by meaning.

Method: BM25 (Robertson and Zaragoza 2009; k1 = 1.2, b = 0.75) and cosine similarity rank the items
apart; the two orders are joined by reciprocal rank fusion (Cormack, Clarke, Büttcher 2009).
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptops.cluster.items import Item, described_texts
from promptops.cluster.neighbors import BuildIndex
from promptops.cluster.wording import tokens
from promptops.embedding.embedder import Embedder
from promptops.vectors.index import VectorIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

_K1 = 1.2
_B = 0.75
_FUSION = 60
_TITLE_WEIGHT = 3
_DEPTH = 100
_PASSAGE = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """One answer: ``score`` is the fused one, only good for ordering.

    ``lexical_rank`` and ``semantic_rank`` count from 1; None where that side did not find it.
    """

    id: str
    title: str
    score: float
    passage: str
    lexical_rank: int | None
    semantic_rank: int | None


class SearchIndex:
    """Items ready to be searched; build once, ask often."""

    def __init__(
        self, items: Sequence[Item], lexical: "_Bm25", vectors: VectorIndex | None
    ) -> None:
        """Take the parts; use `build`."""
        self._items = items
        self._lexical = lexical
        self._vectors = vectors

    @classmethod
    def build(
        cls, items: Sequence[Item], embedder: Embedder, *, build_index: BuildIndex | None = None
    ) -> "SearchIndex":
        """Index items by words and by vectors."""
        ordered = sorted(items, key=lambda item: item.id)
        lexical = _Bm25([_weighted(item) for item in ordered])
        if not ordered:
            return cls(ordered, lexical, None)
        if build_index is None:
            from promptops.vectors.faiss_index import FaissIndex

            build_index = FaissIndex.build
        vectors = embedder.embed(described_texts(ordered))
        return cls(ordered, lexical, build_index(vectors))

    def search(self, query: str, embedder: Embedder, k: int = 10) -> tuple[SearchHit, ...]:
        """The ``k`` best items for a query, best first; none for a query without words."""
        words = tokens(query)
        if not words or self._vectors is None:
            return ()
        lexical = self._lexical.best(words, _DEPTH)
        _, rows = self._vectors.search(embedder.embed([query]), min(_DEPTH, len(self._items)))
        semantic = [int(row) for row in rows[0]]
        score: dict[int, float] = {}
        for order in (lexical, semantic):
            for rank, row in enumerate(order):
                score[row] = score.get(row, 0.0) + 1.0 / (_FUSION + rank + 1)
        best = sorted(score, key=lambda row: (-score[row], self._items[row].id))[:k]
        lexical_rank = {row: rank + 1 for rank, row in enumerate(lexical)}
        semantic_rank = {row: rank + 1 for rank, row in enumerate(semantic)}
        return tuple(
            SearchHit(
                id=self._items[row].id,
                title=self._items[row].title,
                score=round(score[row], 6),
                passage=_passage(self._items[row].text, words),
                lexical_rank=lexical_rank.get(row),
                semantic_rank=semantic_rank.get(row),
            )
            for row in best
        )


def search(
    query: str, items: Sequence[Item], embedder: Embedder, k: int = 10
) -> tuple[SearchHit, ...]:
    """Search items that are not indexed yet; for more than one query build a `SearchIndex`."""
    return SearchIndex.build(items, embedder).search(query, embedder, k)


class _Bm25:
    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        import numpy as np

        postings: dict[str, list[tuple[int, int]]] = {}
        for row, words in enumerate(documents):
            for word, number in Counter(words).items():
                postings.setdefault(word, []).append((row, number))
        lengths = np.array([len(words) for words in documents], dtype=np.float64)
        average = lengths.mean() if len(lengths) else 1.0
        self._count = len(documents)
        self._norm = _K1 * (1 - _B + _B * lengths / max(float(average), 1.0))
        self._postings = {
            word: (np.array([r for r, _ in found]), np.array([n for _, n in found], np.float64))
            for word, found in postings.items()
        }

    def best(self, words: Sequence[str], k: int) -> list[int]:
        """Rows that hold any of the words, best first, equal scores in row order."""
        import numpy as np

        score: NDArray[np.float64] = np.zeros(self._count)
        for word in dict.fromkeys(words):
            if word not in self._postings:
                continue
            rows, numbers = self._postings[word]
            rarity = math.log(1 + (self._count - len(rows) + 0.5) / (len(rows) + 0.5))
            score[rows] += rarity * numbers * (_K1 + 1) / (numbers + self._norm[rows])
        found = np.flatnonzero(score > 0)
        order = found[np.lexsort((found, -np.round(score[found], 9)))]
        return [int(row) for row in order[:k]]


def _weighted(item: Item) -> list[str]:
    return tokens(item.title) * _TITLE_WEIGHT + tokens(item.text)


def _passage(text: str, words: Sequence[str]) -> str:
    """The paragraph that holds most of the query's words, cut to a readable length."""
    wanted = set(words)
    paragraphs = [" ".join(part.split()) for part in text.split("\n") if part.strip()]
    if not paragraphs:
        return ""
    best = max(paragraphs, key=lambda part: len(wanted & set(tokens(part))))
    return best if len(best) <= _PASSAGE else best[: _PASSAGE - 1].rstrip() + "…"
