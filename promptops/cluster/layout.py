"""Two coordinates for each text: groups as islands, the same places in every run.

The centers of the groups lie so that near ones are near (stress majorization: Gansner, Koren and
North 2004, "Graph drawing by stress majorization", on the distances of the centers, short ones
weighted most), then move apart until no island covers another. In its island a text lies the nearer
to the middle the more typical it is. Where an earlier map is known, this one begins with it and is
turned onto it (orthogonal Procrustes, Schoenemann 1966, Psychometrika 31:1).
"""

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Points = NDArray[np.float64]

_MEASURED = 10_000
"""Vectors, evenly taken, that axes are computed from."""

_ROUNDS = 60
_STILL = 1e-3
_PUSHES = 150
_ISLANDS = 1000
_SPREAD = 0.9
GAP = 1.15
"""Radii between the middles of two islands, at least."""

OUTSIDE = 1.25
"""Radii from the middle of an island at which a text of no group lies."""

_LEAST_DISTANCE = 0.05


def plane(
    vectors: "NDArray[np.float32]",
    groups: "NDArray[np.int64]",
    before: Mapping[int, tuple[float, float]] | None = None,
) -> "Points":
    """Place ``(n, d)`` unit vectors on ``(n, 2)``, scaled so that the largest coordinate is 1.

    Args:
        vectors: One a row.
        groups: The group of each row, -1 for none.
        before: Where some rows were on the last map.
    """
    import numpy as np

    if len(vectors) < 2:
        return np.zeros((len(vectors), 2))
    place = _islands(groups)
    on_island = place >= 0
    if not on_island.any():
        return _scaled(_turned(_flat(vectors), before))
    sizes = np.bincount(place[on_island])
    centers = centers_of(vectors, place, len(sizes))
    radius = np.sqrt(sizes / sizes.sum())
    middles = _middles(centers, radius, _earlier(place, len(sizes), before))
    # The others lie on the shore of the island they are nearest to.
    loose = np.flatnonzero(~on_island)
    home = place.copy()
    for start in range(0, len(loose), _MEASURED):
        part = loose[start : start + _MEASURED]
        home[part] = (vectors[part] @ centers.T).argmax(axis=1)
    points = middles[home] + offsets(vectors, centers, home, ~on_island) * radius[home][:, None]
    return _scaled(_turned(points, before))


def centers_of(
    vectors: "NDArray[np.float32]", groups: "NDArray[np.int64]", count: int
) -> "NDArray[np.float64]":
    """The direction of each group's mean, ``(count, d)``; zeros for a group without rows.

    Args:
        vectors: ``(n, d)`` unit vectors.
        groups: The group of each row from 0, -1 for none.
        count: Groups.
    """
    import numpy as np

    order = np.argsort(groups, kind="stable")
    ends = np.searchsorted(groups[order], np.arange(count + 1))
    sums = [
        vectors[order[first:last]].sum(axis=0, dtype=np.float64)
        for first, last in itertools.pairwise(ends.tolist())
    ]
    centers = np.array(sums).reshape(count, vectors.shape[1])
    return np.asarray(centers / np.maximum(np.linalg.norm(centers, axis=1, keepdims=True), 1e-9))


def _islands(groups: "NDArray[np.int64]") -> "NDArray[np.int64]":
    """The groups by number from 0, the largest thousand of them; -1 for the rest and for none."""
    import numpy as np

    sizes = np.bincount(groups[groups >= 0])
    largest = np.argsort(-sizes, kind="stable")[: min(_ISLANDS, np.count_nonzero(sizes))]
    number = np.full(len(sizes) + 1, -1)
    number[np.sort(largest)] = np.arange(len(largest))
    return number[groups]  # -1 is the last one


def _middles(centers: "NDArray[np.float64]", radius: "Points", before: "Points") -> "Points":
    """Where the groups lie; ``before`` is NaN where nobody knows."""
    import numpy as np

    if len(centers) < 2:
        return np.zeros((len(centers), 2))
    wanted = np.maximum(1 - centers @ centers.T, _LEAST_DISTANCE)
    circle = np.arange(len(centers))
    points = _flat(centers) + 1e-3 * np.c_[np.cos(circle), np.sin(circle)]
    there = np.isfinite(before[:, 0])
    if there.any():
        # A new group begins beside the one that it is nearest to.
        nearest = np.flatnonzero(there)[(centers @ centers[there].T).argmax(axis=1)]
        points = before[nearest] + 1e-3 * points * ~there[:, None]
    points = _stress(points, wanted)
    # The scale at which the islands fill about a third of the map.
    spread = np.sqrt(((points - points.mean(axis=0)) ** 2).sum(axis=1).mean()) or 1.0
    return _apart(points / spread * _SPREAD, radius)


def _stress(points: "Points", wanted: "NDArray[np.float64]") -> "Points":
    """Points whose distances are as wanted, short ones most."""
    import numpy as np

    weights = wanted**-2
    np.fill_diagonal(weights, 0)
    # The pseudo-inverse of a connected graph's Laplacian, without its slow decomposition.
    mean = 1 / len(points)
    inverse = np.linalg.inv(np.diag(weights.sum(axis=1)) - weights + mean) - mean
    weights *= wanted
    for _ in range(_ROUNDS):
        x, y = points.T
        pull = weights / np.maximum(np.hypot(x[:, None] - x, y[:, None] - y), 1e-9)
        before = points
        points = inverse @ (pull.sum(axis=1)[:, None] * points - pull @ points)
        if np.abs(points - before).max() < _STILL:
            break
    return np.asarray(points, np.float64)


def _apart(points: "Points", radius: "Points") -> "Points":
    """The points moved until circles around them do not cover each other."""
    import numpy as np

    reach = GAP * (radius[:, None] + radius[None])
    np.fill_diagonal(reach, 0)
    for _ in range(_PUSHES):
        x, y = points.T
        apart = np.maximum(np.hypot(x[:, None] - x, y[:, None] - y), 1e-9)
        lack = np.maximum(reach - apart, 0)
        if lack.max() < 1e-3:
            break
        push = 0.25 * lack / apart
        points = points + push.sum(axis=1)[:, None] * points - push @ points
    return points


def offsets(
    vectors: "NDArray[np.float32]",
    centers: "NDArray[np.float64]",
    home: "NDArray[np.int64]",
    loose: "NDArray[np.bool_]",
) -> "Points":
    """Where in its island each text lies, the island taken as a circle of radius 1."""
    import numpy as np

    rest = vectors - centers[home]
    axes = _axes(rest)
    angle = np.arctan2(*(rest @ axes).T[::-1])
    first = np.searchsorted(np.sort(home), np.arange(len(centers)))
    count = np.bincount(home, minlength=len(centers))[home]
    around = _rank(np.lexsort((angle, home)), first, home) / count
    typical = (vectors * centers[home]).sum(axis=1)
    rank = _rank(np.lexsort((-typical, loose, home)), first, home)
    inside = np.maximum(np.bincount(home[~loose], minlength=len(centers)), 1)
    far = np.where(loose, OUTSIDE, np.sqrt(rank / inside[home]))
    turn = 2 * np.pi * around
    return np.asarray(np.c_[np.cos(turn), np.sin(turn)] * far[:, None], np.float64)


def _rank(
    order: "NDArray[np.int64]", first: "NDArray[np.int64]", home: "NDArray[np.int64]"
) -> "NDArray[np.int64]":
    """The place of each row among those of its island, when ``order`` goes island by island."""
    import numpy as np

    rank = np.empty(len(home), np.int64)
    rank[order] = np.arange(len(home)) - first[home[order]]
    return rank


def _earlier(
    place: "NDArray[np.int64]", count: int, before: Mapping[int, tuple[float, float]] | None
) -> "Points":
    """The mean of where each group's rows were; NaN for a group without any."""
    import numpy as np

    sums, held = np.zeros((count, 2)), np.zeros(count)
    for row, point in (before or {}).items():
        if place[row] >= 0:
            sums[place[row]] += point
            held[place[row]] += 1
    return np.where(held[:, None] > 0, sums / np.maximum(held, 1)[:, None], np.nan)


def _flat(vectors: "NDArray[np.floating]") -> "Points":
    """The two principal components."""
    import numpy as np

    centered = vectors - vectors.mean(axis=0, dtype=np.float64)
    return np.asarray(centered @ _axes(centered))


def _axes(centered: "NDArray[np.floating]") -> "NDArray[np.float64]":
    """The two strongest directions, each pointing to where its largest loading is positive."""
    import numpy as np

    some = centered[:: -(-len(centered) // _MEASURED)].astype(np.float64)
    if len(some) < some.shape[1]:
        # Few rows: the same directions from the smaller product.
        _, weights = np.linalg.eigh(some @ some.T)
        directions = some.T @ weights
        directions /= np.maximum(np.linalg.norm(directions, axis=0), 1e-9)
    else:
        _, directions = np.linalg.eigh(some.T @ some)
    axes = directions[:, [-1, -2]] if directions.shape[1] > 1 else np.hstack([directions] * 2)
    strongest = np.abs(axes).argmax(axis=0)
    return np.asarray(axes * np.where(axes[strongest, [0, 1]] < 0, -1.0, 1.0))


def _turned(points: "Points", before: Mapping[int, tuple[float, float]] | None) -> "Points":
    """The points around their mean, turned onto an earlier map."""
    import numpy as np

    points = points - points.mean(axis=0)
    if before:
        shared = sorted(before)
        was = np.array([before[row] for row in shared])
        left, _, right = np.linalg.svd(points[shared].T @ (was - was.mean(axis=0)))
        points = points @ (left @ right)
    return points


def _scaled(points: "Points") -> "Points":
    import numpy as np

    largest = float(np.abs(points).max())
    return rounded(points / largest if largest > 0 else points)


def rounded(points: "Points") -> "Points":
    """The points to four digits: the last bits differ between machines, a report's bytes do not."""
    import numpy as np

    return np.asarray(np.round(points, 4) + 0.0)
