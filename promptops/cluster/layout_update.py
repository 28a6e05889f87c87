"""A map that stays: what changed is placed among what did not.

A text whose group is the same keeps its place to the last digit. A new text of a known group lies
beside the text of the group that it is most alike. A new group is an island of its own, as near as
there is room to the island that it is most alike. A text in no group lies on the shore of the
island that it is most alike. Islands keep their size until the whole map is laid out anew; when
something comes to lie beyond the edge, the map shrinks as a whole.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptops.cluster.layout import GAP, OUTSIDE, centers_of, offsets, plane, rounded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from promptops.cluster.layout import Points

_KEPT = 0.5
"""The part of a group's texts that have a place on the map, from which on it is the same island."""

_SCATTERED = 3.0
"""Times an island's radius from which on a group's texts are no island: those of tiny groups."""

_BESIDE = 0.5
_STEP = 0.5
_LOOKED = 1024
_GOLDEN = 2.399963229728653
"""The golden angle: whatever goes on by it never comes to the same direction twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Map:
    """Islands by group: ``(g, 2)`` middles, ``(g,)`` radii (NaN: no island), and one text's."""

    middles: "Points"
    radii: "NDArray[np.float64]"
    unit: float


def placed(
    vectors: "NDArray[np.float32]", groups: "NDArray[np.int64]", before: "Points"
) -> "Points":
    """Place rows on a known map, ``(n, 2)``; the largest coordinate stays at most 1.

    Args:
        vectors: ``(n, d)`` unit vectors.
        groups: The group of each row, -1 for none.
        before: ``(n, 2)``: where rows were whose group is the same; NaN for the others.
    """
    import numpy as np

    points = before.copy()
    known = np.isfinite(points[:, 0])
    count = int(groups.max(initial=-1)) + 1
    sizes = np.bincount(groups[groups >= 0], minlength=count)
    held = np.bincount(groups[known & (groups >= 0)], minlength=count)
    fresh = held < _KEPT * sizes
    # An island of which little is left goes where there is room.
    points[np.r_[fresh, False][groups]] = np.nan  # -1 is the last one
    shape = _measured(points, groups, sizes)
    if not np.isfinite(shape.radii).any():
        there = {row: (before[row, 0], before[row, 1]) for row in np.flatnonzero(known).tolist()}
        return plane(vectors, groups, there)
    if np.isfinite(points).all():
        return points
    centers = centers_of(vectors, groups, count)
    _beside(points, vectors, groups, shape.unit)
    _islands(points, vectors, groups, centers, shape, np.flatnonzero(fresh & (sizes > 0)))
    _shores(points, vectors, groups, centers, shape)
    largest = float(np.abs(points).max())
    return rounded(points / largest) if largest > 1 else rounded(points)


def _measured(points: "Points", groups: "NDArray[np.int64]", sizes: "NDArray[np.int64]") -> _Map:
    """The islands that are there."""
    import numpy as np

    there = np.isfinite(points[:, 0]) & (groups >= 0)
    where, of = points[there], groups[there]
    held = np.bincount(of, minlength=len(sizes))
    sums = [np.bincount(of, where[:, axis], len(sizes)) for axis in (0, 1)]
    middles = np.where(held > 0, np.stack(sums) / np.maximum(held, 1), np.nan).T
    far = np.zeros(len(sizes))
    np.maximum.at(far, of, np.hypot(*(where - middles[of]).T))
    # The area of an island is that of its texts; of one text nobody can tell.
    texts = np.sqrt(np.maximum(sizes, 1))
    seen = (held > 1) & (far > 0)
    unit = float(np.median((far / texts)[seen])) if seen.any() else 0.01
    island = (held > 0) & (far <= _SCATTERED * unit * texts)
    radii = np.where(island, np.maximum(far, unit * texts), np.nan)
    return _Map(middles=middles, radii=radii, unit=unit)


def _beside(
    points: "Points", vectors: "NDArray[np.float32]", groups: "NDArray[np.int64]", unit: float
) -> None:
    """Place new rows of known groups."""
    import numpy as np

    known = np.isfinite(points[:, 0])
    order = np.argsort(groups, kind="stable")
    new = np.flatnonzero(~known & (groups >= 0))
    for group in np.unique(groups[new]):
        first, last = np.searchsorted(groups[order], [group, group + 1])
        rows = order[first:last]
        homes, guests = rows[known[rows]], rows[~known[rows]]
        if len(homes):
            near = homes[np.round(vectors[guests] @ vectors[homes].T, 5).argmax(axis=1)]
            turn = _GOLDEN * np.arange(len(guests))
            points[guests] = points[near] + _BESIDE * unit * np.c_[np.cos(turn), np.sin(turn)]


def _islands(
    points: "Points",
    vectors: "NDArray[np.float32]",
    groups: "NDArray[np.int64]",
    centers: "NDArray[np.float64]",
    shape: _Map,
    fresh: "NDArray[np.int64]",
) -> None:
    """Place new groups, the largest first; ``shape`` gets their islands."""
    import numpy as np

    sizes = np.bincount(groups[groups >= 0])
    for group in fresh[np.argsort(-sizes[fresh], kind="stable")]:
        rows = np.flatnonzero(groups == group)
        there = np.flatnonzero(np.isfinite(shape.radii))
        nearest = there[np.round(centers[there] @ centers[group], 5).argmax()]
        radius = shape.unit * np.sqrt(len(rows))
        middle = _room(shape.middles[there], shape.radii[there], shape.middles[nearest], radius)
        shape.middles[group], shape.radii[group] = middle, radius
        alone = np.zeros(len(rows), np.int64)
        inside = offsets(vectors[rows], centers[[group]], alone, alone > 0)
        points[rows] = middle + inside * radius


def _room(
    middles: "Points", radii: "NDArray[np.float64]", start: "Points", radius: float
) -> "Points":
    """The first place on a spiral around ``start`` where a circle covers none of the others."""
    import numpy as np

    looked = 0
    while True:
        turn = np.arange(looked, looked + _LOOKED)
        around = np.c_[np.cos(_GOLDEN * turn), np.sin(_GOLDEN * turn)]
        spots = start + _STEP * radius * np.sqrt(turn)[:, None] * around
        x, y = spots.T
        apart = np.hypot(x[:, None] - middles[:, 0], y[:, None] - middles[:, 1])
        free = np.flatnonzero((apart >= GAP * (radii + radius)).all(axis=1))
        if len(free):
            return np.asarray(spots[free[0]])
        looked += _LOOKED


def _shores(
    points: "Points",
    vectors: "NDArray[np.float32]",
    groups: "NDArray[np.int64]",
    centers: "NDArray[np.float64]",
    shape: _Map,
) -> None:
    """Place new rows of no group, each toward the text of its island that it is most alike."""
    import numpy as np

    there = np.flatnonzero(np.isfinite(shape.radii))
    for row in np.flatnonzero(~np.isfinite(points[:, 0])):
        home = there[np.round(centers[there] @ vectors[row], 5).argmax()]
        rows = np.flatnonzero(groups == home)
        most = rows[np.round(vectors[rows] @ vectors[row], 5).argmax()]
        toward = points[most] - shape.middles[home]
        length = float(np.hypot(*toward))
        toward = toward / length if length > 0 else np.array([1.0, 0.0])
        points[row] = shape.middles[home] + OUTSIDE * shape.radii[home] * toward
