"""A few new texts among many known ones: a local update that moves nobody else.

A new text joins the group that its ten nearest neighbors hold most of. When more of that
neighborhood is as new as itself, or in no group, those texts are grouped among themselves: so a new
topic becomes a new group. A text that was in a group stays in it; only a full regrouping, due when
a tenth of the collection has changed since the last one, may move it.
"""

from typing import TYPE_CHECKING

from promptops.cluster.communities import Grouping, consensus, edges_of, share_inside
from promptops.cluster.neighbors import Neighbors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VOTERS = 10
"""Neighbors that decide where a new text goes."""

REGROUP_AT = 0.1
"""The part of the texts that may change before everything is grouped anew."""


def place(
    neighbors: Neighbors,
    vectors: "NDArray[np.float32]",
    new: "NDArray[np.int64]",
    known: Grouping,
    *,
    seed: int,
) -> Grouping:
    """Give new rows a group.

    Args:
        neighbors: Of the new rows, one line each.
        vectors: ``(n, d)`` unit vectors of all rows.
        new: Which rows these are.
        known: The groups of all rows, -1 for the new ones and for those in no group.
        seed: For grouping what is new among itself.

    Returns:
        All groups: known ones keep their number, new ones follow. Rows that were in a group keep
        it; rows in none may be part of a new group.
    """
    import numpy as np

    edges = edges_of(neighbors, new)
    labels = known.labels.copy()
    joined, held, free = _votes(edges, labels, new)
    labels[new[held >= free]] = joined[held >= free]
    loose = np.flatnonzero(labels < 0)
    position = np.full(len(labels), -1)
    position[loose] = np.arange(len(loose))
    among = (position[edges[0]] >= 0) & (position[edges[1]] >= 0)
    part = (position[edges[0][among]], position[edges[1][among]], edges[2][among])
    found = consensus(part, vectors[loose], width=neighbors.rows.shape[1], seed=seed)
    first = int(labels.max(initial=-1)) + 1
    labels[loose] = np.where(found < 0, -1, found + first)
    # Whoever found no company among the new goes where most of its known neighbors are.
    lost = labels[new] < 0
    labels[new[lost]] = joined[lost]
    share = known.share.copy()
    changed = labels != known.labels
    share[changed] = share_inside(labels, edges)[changed]
    return Grouping(labels=labels, share=share)


def _votes(
    edges: "tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]",
    labels: "NDArray[np.int64]",
    new: "NDArray[np.int64]",
) -> "tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]":
    """Of each new row: its strongest group (-1 for none), its weight, and that of no group."""
    import numpy as np

    rows, columns = np.r_[edges[0], edges[1]], np.r_[edges[1], edges[0]]
    weights = np.r_[edges[2], edges[2]]
    place_of = np.full(len(labels), -1)
    place_of[new] = np.arange(len(new))
    voter = place_of[rows] >= 0
    at, group, weight = place_of[rows[voter]], labels[columns[voter]], weights[voter]
    free = np.bincount(at[group < 0], weight[group < 0], len(new)).astype(float)
    span = int(labels.max(initial=-1)) + 1
    pairs, code = np.unique(at[group >= 0] * span + group[group >= 0], return_inverse=True)
    sums = np.bincount(code, weight[group >= 0], len(pairs))
    order = np.lexsort((pairs, -sums))
    joined, held = np.full(len(new), -1), np.zeros(len(new))
    at_best, first = np.unique(pairs[order] // max(span, 1), return_index=True)
    joined[at_best] = pairs[order][first] % max(span, 1)
    held[at_best] = sums[order][first]
    return joined, held, free
