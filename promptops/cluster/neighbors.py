"""Each vector's nearest others."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptops.vectors.index import VectorIndex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BuildIndex = Callable[["NDArray[np.float32]"], VectorIndex]
"""Builds a nearest-neighbor index over ``(n, d)`` unit vectors."""

_BATCH = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbors:
    """``rows[i]`` are the vectors nearest to ``i`` (itself excluded), nearest first.

    ``scores`` are their cosines. Both have the shape ``(n, k)``.
    """

    rows: "NDArray[np.int64]"
    scores: "NDArray[np.float32]"


def nearest(
    vectors: "NDArray[np.float32]", k: int, build_index: BuildIndex | None = None
) -> Neighbors:
    """The ``k`` nearest others of every vector (fewer when there are fewer).

    Args:
        vectors: ``(n, d)`` unit vectors.
        k: Neighbors wanted, at least 1.
        build_index: The index to use; exact faiss when None.
    """
    import numpy as np

    count = len(vectors)
    k = min(k, count - 1)
    if k < 1:
        return Neighbors(
            rows=np.zeros((count, 0), np.int64), scores=np.zeros((count, 0), np.float32)
        )
    if build_index is None:
        from promptops.vectors.faiss_index import FaissIndex

        build_index = FaissIndex.build
    index = build_index(vectors)
    rows = np.empty((count, k), np.int64)
    scores = np.empty((count, k), np.float32)
    for start in range(0, count, _BATCH):
        found, ids = index.search(vectors[start : start + _BATCH], k + 1)
        for place in range(len(ids)):
            row = start + place
            others = np.flatnonzero(ids[place] != row)[:k]
            rows[row], scores[row] = ids[place][others], found[place][others]
    return Neighbors(rows=rows, scores=np.clip(scores, -1.0, 1.0))
