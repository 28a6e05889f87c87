"""The one door to scipy and scikit-network."""

import ctypes
import sys
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Edges = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]
    """Rows, columns and weights of an undirected graph, each edge once."""

_CHUNK = 200_000
_ONE_AT_A_TIME = threading.Lock()


def communities(edges: "Edges", count: int, *, resolution: float, seed: int) -> "NDArray[np.int64]":
    """The community of every node.

    Method: Leiden (Traag, Waltman, van Eck 2019, Scientific Reports 9:5233) on weighted modularity,
    by scikit-network.

    Args:
        edges: Of the graph.
        count: Number of nodes.
        resolution: Above 1 gives smaller communities.
        seed: Same seed, same communities.

    Returns:
        Labels from 0, ``(count,)``; a node without edges is a community of its own.
    """
    import numpy as np
    from scipy.sparse import csr_matrix
    from sknetwork.clustering import Leiden

    rows, columns, weights = edges
    if not len(rows):
        return np.arange(count)
    both = (np.r_[rows, columns], np.r_[columns, rows])
    graph = csr_matrix((np.r_[weights, weights], both), shape=(count, count))
    method = Leiden(
        resolution=resolution, random_state=seed, return_probs=False, return_aggregate=False
    )
    with _ONE_AT_A_TIME:
        # Its refinement draws from C's generator, whose state is the whole process's.
        _c_library().srand(seed)
        return np.asarray(method.fit_predict(graph), dtype=np.int64)


def _c_library() -> ctypes.CDLL:
    if sys.platform == "win32":
        return ctypes.CDLL("ucrtbase")
    return ctypes.CDLL(None)


def shared_words(
    words: Sequence[Sequence[str]], rows: "NDArray[np.int64]", others: "NDArray[np.int64]"
) -> "NDArray[np.float64]":
    """How much two texts share in words: the cosine of their TF-IDF vectors, 0 to 1.

    Args:
        words: The words of every text.
        rows: Texts, ``(m,)``.
        others: For each of them the texts to compare it with, ``(m, k)``.

    Returns:
        ``(m, k)`` cosines, with ``(1 + log n)`` for counts and ``1 + log((N + 1) / (n + 1))`` for
        rareness; 0 for a text without words.
    """
    import numpy as np
    from scipy.sparse import csr_matrix

    column: dict[str, int] = {}
    places = [column.setdefault(word, len(column)) for text in words for word in text]
    ends = np.cumsum([0, *map(len, words)])
    ones = np.ones(len(places))
    counts = csr_matrix((ones, np.array(places, int), ends), shape=(len(words), len(column)))
    counts.sum_duplicates()
    holders = np.bincount(counts.indices, minlength=len(column))
    counts.data = (1 + np.log(counts.data)) * (
        1 + np.log((len(words) + 1) / (holders[counts.indices] + 1))
    )
    lengths = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
    counts.data /= np.repeat(lengths, np.diff(counts.indptr))
    left, right = np.repeat(rows, others.shape[1]), others.ravel()
    found = np.empty(len(left))
    for start in range(0, len(left), _CHUNK):
        part = slice(start, start + _CHUNK)
        both = counts[left[part]].multiply(counts[right[part]])
        found[part] = np.asarray(both.sum(axis=1)).ravel()
    return found.reshape(others.shape)
