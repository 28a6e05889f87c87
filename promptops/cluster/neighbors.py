"""Each text's nearest others, by meaning and by words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptops.cluster.libraries import shared_words
from promptops.cluster.wording import tokens
from promptops.vectors.index import VectorIndex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BuildIndex = Callable[["NDArray[np.float32]"], VectorIndex]
"""Builds a nearest-neighbor index over ``(n, d)`` unit vectors."""

_BATCH = 4096
_EXACT_BELOW = 20_000
_WORDS = 0.1
_RARENESS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbors:
    """``rows[i]`` are the vectors nearest to ``i`` (itself excluded), nearest first.

    ``scores`` are their cosines. Both have the shape ``(n, k)``.
    """

    rows: "NDArray[np.int64]"
    scores: "NDArray[np.float32]"


def nearest(
    vectors: "NDArray[np.float32]",
    k: int,
    build_index: BuildIndex | None = None,
    *,
    of: "NDArray[np.int64] | None" = None,
) -> Neighbors:
    """The ``k`` nearest others of every vector (fewer when there are fewer).

    Args:
        vectors: ``(n, d)`` unit vectors.
        k: Neighbors wanted, at least 1.
        build_index: The index to use; when None, faiss: exact for up to 20,000 vectors and for
            few queries, cells of k-means (98 of 100 neighbors found) beyond.
        of: Rows whose neighbors are wanted, all when None; the answer has one row for each.
    """
    import numpy as np

    count = len(vectors)
    asked = np.arange(count) if of is None else of
    k = min(k, count - 1)
    if k < 1:
        return Neighbors(
            rows=np.zeros((len(asked), 0), np.int64), scores=np.zeros((len(asked), 0), np.float32)
        )
    index = (build_index or _index_for(len(asked)))(vectors)
    rows = np.empty((len(asked), k), np.int64)
    scores = np.empty((len(asked), k), np.float32)
    for start in range(0, len(asked), _BATCH):
        part = slice(start, start + _BATCH)
        found, ids = index.search(vectors[asked[part]], k + 1)
        # Itself goes last, and with it whatever is one too many.
        order = np.argsort(ids == asked[part, None], axis=1, kind="stable")[:, :k]
        others = np.take_along_axis(ids, order, axis=1)
        # Cells may hold fewer than asked for: a row that is its own neighbor has no such edge.
        rows[part] = np.where(others < 0, asked[part, None], others)
        scores[part] = np.take_along_axis(found, order, axis=1)
    return Neighbors(rows=rows, scores=np.clip(scores, -1.0, 1.0))


def _index_for(queries: int) -> BuildIndex:
    from promptops.vectors.faiss_index import FaissIndex

    return FaissIndex.build if queries <= _EXACT_BELOW else FaissIndex.build_cells


def by_words_too(
    neighbors: Neighbors,
    texts: Sequence[str],
    k: int,
    *,
    of: "NDArray[np.int64] | None" = None,
) -> Neighbors:
    """The ``k`` best of each row's neighbors, when shared words count beside the meaning.

    An embedding of a narrow field finds everything alike; rare words that two texts share tell
    them apart. The score becomes ``0.9 cosine + 0.1 TF-IDF cosine``. On samples of banking77 and
    clinc150 a share of words from 0 to .25 moves NMI by .003 only.

    Args:
        neighbors: Candidates: about twice as many as wanted.
        texts: All texts, one a row.
        k: Neighbors to keep of each row.
        of: Which row of ``texts`` each row of ``neighbors`` is about; all in order when None.
    """
    import numpy as np

    asked = np.arange(len(texts)) if of is None else of
    # How rare a word is can be told from many texts as well as from all.
    some = np.arange(0, len(texts), max(1, len(texts) // _RARENESS))
    used = np.unique(np.r_[asked, neighbors.rows.ravel(), some])
    words = shared_words(
        [tokens(texts[row]) for row in used],
        np.searchsorted(used, asked),
        np.searchsorted(used, neighbors.rows),
    )
    # Rounded: the last bits differ between machines and would change who is a neighbor.
    scores = np.round((1 - _WORDS) * neighbors.scores + _WORDS * words, 5)
    order = np.lexsort((neighbors.rows, -scores), axis=-1)[:, :k]
    return Neighbors(
        rows=np.take_along_axis(neighbors.rows, order, axis=1),
        scores=np.take_along_axis(scores, order, axis=1).astype(np.float32),
    )
