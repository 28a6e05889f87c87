"""The nearest-neighbor seam."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class VectorIndex(Protocol):
    """Finds the stored vectors most similar to a query; read-only once built, safe to share."""

    @property
    def size(self) -> int:
        """How many vectors are stored."""
        ...

    @property
    def dimension(self) -> int:
        """Length of one vector."""
        ...

    def search(
        self, queries: "NDArray[np.float32]", k: int
    ) -> "tuple[NDArray[np.float32], NDArray[np.int64]]":
        """Find the ``k`` most similar stored vectors of each query by inner product.

        Args:
            queries: Float32 array ``(q, dimension)``.
            k: Neighbors wanted, at least 1; fewer are returned when fewer are stored.

        Returns:
            Scores ``(q, min(k, size))`` in falling order and the row numbers ``(q, min(k, size))``
            of the stored vectors; equal scores come in order of row number.
        """
        ...
