"""An embedder without a model, for tests."""

import re
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WORD = re.compile(r"\w+")


class HashingEmbedder:
    """Texts that share words get similar vectors: each word adds to the places its CRC names.

    Method: feature hashing (Weinberger et al. 2009), signed, over lower-case words. ``texts``
    holds everything that was embedded, in order.
    """

    def __init__(self, dimension: int = 64) -> None:
        """Choose the length of a vector."""
        self._dimension = dimension
        self.texts: list[str] = []

    @property
    def fingerprint(self) -> str:
        """Names the method and the dimension."""
        return f"hashing@1:{self._dimension}"

    @property
    def dimension(self) -> int:
        """Length of one vector."""
        return self._dimension

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Embed texts; see ``Embedder.embed``."""
        import numpy as np

        self.texts += texts
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            # A text without words still needs a direction.
            for word in _WORD.findall(text.lower()) or [""]:
                code = zlib.crc32(word.encode())
                vectors[row, code % self._dimension] += 1.0 if code >> 31 else -1.0
            if not vectors[row].any():
                vectors[row, 0] = 1.0
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors
