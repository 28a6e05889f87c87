"""Groups in a nearest-neighbor graph, without being told how many.

Method: Leiden communities of the graph of nearest neighbors, edges weighted by the cube of the
cosine. How fine to cut is chosen by stability (as in Lancichinetti and Fortunato 2012, Scientific
Reports 2:336): at each resolution the graph is thinned several times at random; stability is flat
over a range, and the finest resolution wins whose groups change about as little as the best one's.
Measured on 3,075 banking77 and 4,500 clinc150 texts (MiniLM, no labels given): NMI .827 and .903,
adjusted Rand index .577 and .707.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptops.cluster.libraries import communities
from promptops.cluster.neighbors import Neighbors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Edges = tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.float64]"]

NEIGHBORS = 10
_WEAKEST = 0.3
_POWER = 3
_RESOLUTIONS = (2.0, 4.0, 6.0, 8.0, 12.0)  # coarser ones give stable themes too broad to act on
_KEPT = 0.8
_TRIALS = 3
_SMALLEST = 2
_TOLERANCE = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """``labels[i]`` is the group of row ``i``, -1 for none; ``share[i]`` how sure that is."""

    labels: "NDArray[np.int64]"
    share: "NDArray[np.float64]"
    resolution: float


def neighbor_count(count: int) -> int:
    """Neighbors to look at among ``count`` texts: few in a small collection, ten in a large one."""
    return max(1, min(NEIGHBORS, math.isqrt(count)))


def group(neighbors: Neighbors, *, seed: int) -> Grouping:
    """Group the rows of a neighbor table.

    Rows whose nearest neighbor is not similar (cosine under 0.3), and groups of one, belong to
    no group. Groups are numbered by size, then by their first row.
    """
    import numpy as np

    count = len(neighbors.rows)
    edges = _edges(neighbors)
    resolution = _resolution(edges, count, seed)
    found = communities(edges, count, resolution=resolution, seed=seed)
    sizes = np.bincount(found, minlength=1)
    firsts = np.full(len(sizes), count)
    np.minimum.at(firsts, found, np.arange(count))
    order = sorted(range(len(sizes)), key=lambda label: (-sizes[label], firsts[label]))
    number = np.full(len(sizes), -1)
    for place, label in enumerate(order):
        number[label] = place if sizes[label] >= _SMALLEST else -1
    labels = number[found]
    return Grouping(labels=labels, share=_share(labels, edges), resolution=resolution)


def _edges(neighbors: Neighbors) -> Edges:
    """Each pair of neighbors once; strong edges of one direction are enough."""
    import numpy as np

    count, width = neighbors.rows.shape
    rows = np.repeat(np.arange(count), width)
    columns, scores = neighbors.rows.ravel(), neighbors.scores.ravel().astype(np.float64)
    strong = scores >= _WEAKEST
    low = np.minimum(rows, columns)[strong]
    high = np.maximum(rows, columns)[strong]
    _, first = np.unique(low * count + high, return_index=True)
    # Rounded: the last bits of a cosine differ between machines and would reorder the groups.
    weights = np.round(scores[strong][first], 5) ** _POWER
    return low[first], high[first], weights


def _resolution(edges: Edges, count: int, seed: int) -> float:
    import numpy as np

    rng = np.random.default_rng(seed)
    rows, columns, weights = edges
    thinned = []
    for _ in range(_TRIALS):
        kept = rng.random(len(rows)) < _KEPT
        thinned.append((rows[kept], columns[kept], weights[kept]))
    stability = {}
    for resolution in _RESOLUTIONS:
        trials = [
            communities(part, count, resolution=resolution, seed=seed + number)
            for number, part in enumerate(thinned)
        ]
        pairs = [agreement(trials[a], trials[b]) for a in range(_TRIALS) for b in range(a)]
        stability[resolution] = sum(pairs) / len(pairs)
    best = max(stability.values())
    return max(cut for cut, value in stability.items() if value >= best - _TOLERANCE)


def agreement(left: "NDArray[np.int64]", right: "NDArray[np.int64]") -> float:
    """The adjusted Rand index of two groupings: 1 for the same, about 0 for unrelated ones.

    Method: Hubert and Arabie 1985, by counts of pairs.
    """
    import numpy as np

    def pairs(counts: "NDArray[np.int64]") -> float:
        return float((counts * (counts - 1) / 2).sum())

    _, joint = np.unique(np.stack([left, right]), axis=1, return_counts=True)
    both, a, b = pairs(joint), pairs(np.bincount(left)), pairs(np.bincount(right))
    total = len(left) * (len(left) - 1) / 2
    expected = a * b / total if total else 0.0
    largest = (a + b) / 2
    return 1.0 if largest == expected else (both - expected) / (largest - expected)


def _share(labels: "NDArray[np.int64]", edges: Edges) -> "NDArray[np.float64]":
    import numpy as np

    rows, columns, weights = edges
    total = np.zeros(len(labels))
    inside = np.zeros(len(labels))
    same = weights * ((labels[rows] == labels[columns]) & (labels[rows] >= 0))
    for ends in (rows, columns):
        np.add.at(total, ends, weights)
        np.add.at(inside, ends, same)
    return np.divide(inside, total, out=np.zeros(len(labels)), where=total > 0)
