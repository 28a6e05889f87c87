"""Themes over groups: a coarser look at the same collection.

The centers of the groups are themselves grouped, and the themes so found again, as long as that
leaves clearly fewer. A theme is a set of whole groups, so the levels nest.
"""

from typing import TYPE_CHECKING

from promptops.cluster.communities import edges_of, neighbor_count
from promptops.cluster.libraries import communities
from promptops.cluster.neighbors import nearest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FEWEST = 6
_SHRINKS_TO = 0.6


def levels(centers: "NDArray[np.float32]", sizes: "NDArray[np.int64]") -> "list[NDArray[np.int64]]":
    """The theme of each group, the finest level first; no level for less than six groups.

    Args:
        centers: ``(g, d)`` unit vectors, one a group.
        sizes: Texts in each group, ``(g,)``.

    Returns:
        For each level ``(g,)`` theme numbers from 0.
    """
    import numpy as np

    found: list[NDArray[np.int64]] = []
    whole = np.arange(len(centers))
    parts = len(centers)
    while parts >= _FEWEST:
        means = np.zeros((parts, centers.shape[1]), np.float64)
        np.add.at(means, whole, centers * sizes[:, None])
        # What all groups share says nothing about which of them belong together.
        means = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
        means -= means.mean(axis=0)
        means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
        table = nearest(means.astype(np.float32), neighbor_count(parts) // 2 or 1)
        step = communities(edges_of(table, weakest=0.0), parts, resolution=1.0, seed=0)
        fewer = int(step.max()) + 1
        if fewer > _SHRINKS_TO * parts or fewer < 2:
            break
        whole, parts = step[whole], fewer
        found.append(whole)
    return found
