"""Groups in a nearest-neighbor graph, without being told how many.

Method: consensus clustering (Lancichinetti and Fortunato 2012, Scientific Reports 2:336) of Leiden
communities, and the silhouette (Rousseeuw 1987, J. Comput. Appl. Math. 20:53) to say how fine.

1. The graph is cut at resolutions from very coarse to very fine, each time without a random fifth
   of its edges.
2. Around each resolution an edge is weighed by how many of the six cuts near it keep its ends
   together, and the graph so weighted is cut once more. Chance boundaries fade, real ones stay.
3. The silhouettes of these groupings rise to a plateau, which says what is too coarse. The cuts
   near a resolution disagree ever more the finer it is, which says what is too fine: of the
   groupings on the plateau the finest wins in which no more than one of a text's neighbors is in
   doubt, on average (if there is none, the least doubtful). Neither says both: a few broad themes
   are as sure as the right groups, and in a large collection the silhouette stays as high for
   halves of groups as for the groups.

The number of neighbors grows with the square root of the number of texts: with a fixed number a
larger collection falls into more and more pieces. docs/explanation/clustering.md has the numbers.
"""

import math
from dataclasses import dataclass
from itertools import groupby
from statistics import median
from typing import TYPE_CHECKING

from promptops.cluster.libraries import communities
from promptops.cluster.neighbors import Neighbors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from promptops.cluster.libraries import Edges

FEWEST_NEIGHBORS, MOST_NEIGHBORS = 10, 30
WEAKEST = 0.3
"""The least score at which two texts have to do with each other."""

SMALLEST = 2
"""Texts in the smallest group."""

_PER_NEIGHBOR = 3.0
_POWER = 3
_COARSEST, _STEP, _STEPS = 0.2, math.sqrt(2), 15
_BEFORE, _AFTER = 2, 3
_KEPT = 0.8
_AGREEMENT_POWER = 4
_TOLERANCE = 0.02
_DOUBT = 1.0
_JUDGED = 5000
_MANY, _CRUMBS = 20_000, 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """``labels[i]`` is the group of row ``i``, -1 for none; ``share[i]`` how sure that is."""

    labels: "NDArray[np.int64]"
    share: "NDArray[np.float64]"


def neighbor_count(count: int) -> int:
    """Neighbors to look at among ``count`` texts: 11 of a thousand, 18 of three."""
    grown = round(math.sqrt(count) / _PER_NEIGHBOR)
    return max(1, min(FEWEST_NEIGHBORS, math.isqrt(count)), min(MOST_NEIGHBORS, grown))


def group(neighbors: Neighbors, vectors: "NDArray[np.float32]", *, seed: int) -> Grouping:
    """Group the rows of a neighbor table.

    Rows without a similar neighbor (score under 0.3), and groups of one, belong to no group. Groups
    are numbered by size, then by their first row.

    Args:
        neighbors: Of all rows.
        vectors: ``(n, d)`` unit vectors of the rows.
        seed: Same seed, same groups.
    """
    edges = edges_of(neighbors)
    labels = consensus(edges, vectors, width=neighbors.rows.shape[1], seed=seed)
    return Grouping(labels=labels, share=share_inside(labels, edges))


def consensus(
    edges: "Edges", vectors: "NDArray[np.float32]", *, width: int, seed: int
) -> "NDArray[np.int64]":
    """The group of every node of a graph, -1 for none; see the top of this file.

    Args:
        edges: The graph.
        vectors: ``(n, d)`` unit vectors of its nodes.
        width: Neighbors that each node was given.
        seed: Same seed, same groups.
    """
    import numpy as np

    count = len(vectors)
    whole = np.arange(count)
    if count > _MANY:
        # Crumbs far finer than any group: further cuts go over these, at the same modularity.
        whole = communities(edges, count, resolution=_CRUMBS, seed=seed)
        edges = _merged(edges, whole)
        count = int(whole.max(initial=-1)) + 1
    cuts = _cuts(edges, count, seed)
    judge = np.random.default_rng(seed).permutation(len(vectors))[:_JUDGED]
    tried: list[tuple[float, float, NDArray[np.int64]]] = []
    for step in range(_STEPS):
        together = cuts[step : step + _BEFORE + _AFTER + 1].mean(axis=0)
        agreed = edges[2] * together**_AGREEMENT_POWER
        kept = agreed > 0
        left = (edges[0][kept], edges[1][kept], agreed[kept])
        found = communities(left, count, resolution=_COARSEST * _STEP**step, seed=seed)[whole]
        # Where three of six cuts part two neighbors, it is as doubtful as can be: a half.
        unsure = edges[2] @ np.minimum(together, 1 - together)
        doubt = width * float(unsure) / max(float(edges[2].sum()), 1e-9)
        tried.append((silhouette(vectors, found, judge), doubt, found))
    return numbered(_chosen(tried))


def _chosen(tried: "list[tuple[float, float, NDArray[np.int64]]]") -> "NDArray[np.int64]":
    """The grouping of the right fineness.

    Args:
        tried: From coarse to fine, each with its silhouette and with how many of the neighbors of a
            text are in doubt.
    """
    # Chance lifts or sinks single ones: the median with those beside it counts.
    values = [value for value, _, _ in tried]
    smooth = [median(values[max(0, at - 1) : at + 2]) for at in range(len(values))]
    bar = max(smooth) - _TOLERANCE
    steps = groupby(range(len(tried)), lambda at: smooth[at] >= bar)
    runs = [list(run) for high, run in steps if high]
    # One huge group and some crumbs may score as high; alone among its like it is no plateau.
    plateau = [tried[at] for at in max(reversed(runs), key=len)]
    sure = [found for _, doubt, found in plateau if doubt <= _DOUBT]
    return sure[-1] if sure else min(plateau, key=lambda each: each[1])[2]


def _cuts(edges: "Edges", count: int, seed: int) -> "NDArray[np.float64]":
    """For each resolution which edges have both ends in one community: ``(resolutions, edges)``."""
    import numpy as np

    rng = np.random.default_rng(seed)
    rows, columns, weights = edges
    together = np.zeros((_BEFORE + _STEPS + _AFTER, len(rows)))
    for number in range(len(together)):
        kept = rng.random(len(rows)) < _KEPT
        part = (rows[kept], columns[kept], weights[kept])
        resolution = _COARSEST * _STEP ** (number - _BEFORE)
        found = communities(part, count, resolution=resolution, seed=seed + number)
        together[number] = found[rows] == found[columns]
    return together


def _merged(edges: "Edges", whole: "NDArray[np.int64]") -> "Edges":
    """The graph of communities; edges inside one are loops and keep its weight."""
    import numpy as np

    rows, columns = whole[edges[0]], whole[edges[1]]
    low, high = np.minimum(rows, columns), np.maximum(rows, columns)
    span = int(whole.max(initial=0)) + 1
    pairs, place = np.unique(low * span + high, return_inverse=True)
    return pairs // span, pairs % span, np.bincount(place, edges[2], len(pairs)).astype(float)


def silhouette(
    vectors: "NDArray[np.float32]", labels: "NDArray[np.int64]", rows: "NDArray[np.int64]"
) -> float:
    """How much nearer texts are to their own group than to the next one, -1 to 1.

    Simplified to distances from centers, the text itself taken out of its own; 0 for a text alone.

    Args:
        vectors: ``(n, d)`` unit vectors.
        labels: The group of each, from 0.
        rows: Those to judge.
    """
    import numpy as np

    sums = np.zeros((int(labels.max(initial=-1)) + 1, vectors.shape[1]), np.float32)
    np.add.at(sums, labels, vectors)
    centers = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    judged, groups = vectors[rows], labels[rows]
    others = judged @ centers.T
    others[np.arange(len(rows)), groups] = -1.0
    rest = sums[groups] - judged
    lengths = np.linalg.norm(rest, axis=1)
    own = 1 - (judged * rest).sum(axis=1) / np.maximum(lengths, 1e-9)
    next_one = 1 - others.max(axis=1, initial=-1.0)
    larger = np.maximum(np.maximum(own, next_one), 1e-9)
    alone = np.bincount(labels)[groups] < SMALLEST
    return float(np.where(alone, 0.0, (next_one - own) / larger).mean()) if len(rows) else 0.0


def edges_of(
    neighbors: Neighbors, of: "NDArray[np.int64] | None" = None, *, weakest: float = WEAKEST
) -> "Edges":
    """The graph of a neighbor table: each pair once, as the mean of both directions.

    A pair in which only one names the other so counts half: hubs, which many name, lose weight.

    Args:
        neighbors: The table.
        of: Which row each of its rows is about; all in order when None.
        weakest: Pairs with a lower score are left out.
    """
    import numpy as np

    length, width = neighbors.rows.shape
    rows = np.repeat(np.arange(length) if of is None else of, width)
    columns, scores = neighbors.rows.ravel(), neighbors.scores.ravel().astype(np.float64)
    strong = (scores > 0) & (scores >= weakest) & (rows != columns)
    low, high = np.minimum(rows, columns)[strong], np.maximum(rows, columns)[strong]
    span = int(high.max()) + 1 if len(high) else 1
    pairs, place = np.unique(low * span + high, return_inverse=True)
    # Rounded: the last bits of a cosine differ between machines and would reorder the groups.
    weights = np.bincount(place, np.round(scores[strong], 5) ** _POWER, len(pairs)) / 2.0
    return pairs // span, pairs % span, weights


def numbered(found: "NDArray[np.int64]") -> "NDArray[np.int64]":
    """Communities by size, then by first row; -1 for those of one."""
    import numpy as np

    _, firsts, codes, sizes = np.unique(
        found, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.lexsort((firsts, -sizes))
    number = np.empty(len(sizes), np.int64)
    number[order] = np.arange(len(sizes))
    number[sizes < SMALLEST] = -1
    return number[codes]


def share_inside(labels: "NDArray[np.int64]", edges: "Edges") -> "NDArray[np.float64]":
    """For each row the weight of its edges that stay in its group, of all its edges."""
    import numpy as np

    rows, columns, weights = edges
    same = weights * ((labels[rows] == labels[columns]) & (labels[rows] >= 0))
    ends = np.r_[rows, columns]
    total = np.bincount(ends, np.r_[weights, weights], len(labels))
    inside = np.bincount(ends, np.r_[same, same], len(labels))
    return np.divide(inside, total, out=np.zeros(len(labels)), where=total > 0)
