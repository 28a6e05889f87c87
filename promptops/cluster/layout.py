"""Two coordinates for each vector, the same ones in every run.

Method: principal components by the eigenvectors of the covariance; each axis points to where its
largest loading is positive, so that a map does not flip between runs. Where an earlier map is
known, this one is turned onto it (orthogonal Procrustes, Schoenemann 1966, Psychometrika 31:1).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MEASURED = 10_000
"""Vectors, evenly taken, that the axes are computed from."""


def plane(
    vectors: "NDArray[np.float32]", before: Mapping[int, tuple[float, float]] | None = None
) -> "NDArray[np.float64]":
    """Project ``(n, d)`` vectors to ``(n, 2)``, scaled so that the largest coordinate is 1.

    Args:
        vectors: One a row.
        before: Where some rows were on the last map.
    """
    import numpy as np

    if len(vectors) < 2:
        return np.zeros((len(vectors), 2))
    mean = vectors.mean(axis=0, dtype=np.float64)
    some = vectors[:: -(-len(vectors) // _MEASURED)] - mean
    _, directions = np.linalg.eigh(some.T @ some)
    axes = directions[:, [-1, -2]] if directions.shape[1] > 1 else np.hstack([directions] * 2)
    strongest = np.abs(axes).argmax(axis=0)
    axes = axes * np.where(axes[strongest, [0, 1]] < 0, -1.0, 1.0)
    points = vectors @ axes - mean @ axes
    if before:
        shared = sorted(before)
        left, _, right = np.linalg.svd(points[shared].T @ np.array([before[r] for r in shared]))
        points = points @ (left @ right)
    largest = float(np.abs(points).max())
    scaled = points / largest if largest > 0 else points
    # Rounded: the last bits differ between machines, and a report is compared byte by byte.
    return np.asarray(np.round(scaled, 4) + 0.0)
