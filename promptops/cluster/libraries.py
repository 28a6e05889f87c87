"""The one door to scipy and scikit-network."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def communities(
    edges: "tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]",
    count: int,
    *,
    resolution: float,
    seed: int,
) -> "NDArray[np.int64]":
    """The community of every node.

    Method: Leiden (Traag, Waltman, van Eck 2019, Scientific Reports 9:5233) on weighted modularity,
    by scikit-network.

    Args:
        edges: Rows, columns and weights of an undirected graph, each edge once.
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
    labels = Leiden(resolution=resolution, random_state=seed).fit_predict(graph)
    return np.asarray(labels, dtype=np.int64)
