"""Two coordinates for each vector, the same ones in every run.

Method: principal components by the eigenvectors of the covariance; each axis points to where its
largest loading is positive, so that a map does not flip between runs.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def plane(vectors: "NDArray[np.float32]") -> "NDArray[np.float64]":
    """Project ``(n, d)`` vectors to ``(n, 2)``, scaled so that the largest coordinate is 1."""
    import numpy as np

    if len(vectors) < 2:
        return np.zeros((len(vectors), 2))
    centered = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    _, directions = np.linalg.eigh(centered.T @ centered)
    axes = directions[:, [-1, -2]] if directions.shape[1] > 1 else np.hstack([directions] * 2)
    strongest = np.abs(axes).argmax(axis=0)
    axes = axes * np.where(axes[strongest, [0, 1]] < 0, -1.0, 1.0)
    points = centered @ axes
    largest = float(np.abs(points).max())
    scaled = points / largest if largest > 0 else points
    # Rounded: the last bits differ between machines, and a report is compared byte by byte.
    return np.asarray(np.round(scaled, 4) + 0.0)
