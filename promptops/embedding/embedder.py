"""The embedding seam."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Embedder(Protocol):
    """Anything that turns texts into unit vectors; safe to share between threads.

    Equal texts get equal vectors for one ``fingerprint``; what changes vectors (weights, library
    precision, prefix) changes the fingerprint. Reading it never loads the weights.
    """

    @property
    def fingerprint(self) -> str:
        """What identifies the vectors: model, weights, precision."""
        ...

    @property
    def dimension(self) -> int:
        """Length of one vector."""
        ...

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Embed texts.

        Args:
            texts: Any number of texts, none included.

        Returns:
            Float32 array of shape ``(len(texts), dimension)``; rows have length 1, so the inner
            product of two rows is their cosine similarity.
        """
        ...
