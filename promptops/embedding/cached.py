"""Embeddings kept on disk, so that a text is embedded once."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from promptops.core.canonical import digest
from promptops.core.store import BlobStore
from promptops.embedding.embedder import Embedder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Progress = Callable[[int, int], None]

_BATCH = 256


class CachedEmbedder:
    """An embedder that asks the store first; when all is known, the inner one is never loaded.

    New texts are embedded in order of length, so that a batch holds texts of one size and little
    is padded, and kept batch by batch: what a killed run had embedded is not embedded again.
    """

    def __init__(
        self, inner: Embedder, store: BlobStore, *, progress: Progress | None = None
    ) -> None:
        """Keep the parts.

        Args:
            inner: Embeds what is not known.
            store: Vectors by text and fingerprint.
            progress: Told how many of the new texts are embedded.
        """
        self._inner = inner
        self._store = store
        self._progress = progress

    @property
    def fingerprint(self) -> str:
        """The inner embedder's."""
        return self._inner.fingerprint

    @property
    def dimension(self) -> int:
        """The inner embedder's."""
        return self._inner.dimension

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Embed texts, the new ones only.

        Returns:
            Float32 array ``(len(texts), dimension)`` of unit rows.
        """
        import numpy as np

        keys = [digest([self.fingerprint, text]) for text in texts]
        by_key = dict(zip(keys, texts, strict=True))
        known = {
            key: np.frombuffer(data, dtype="<f4")
            for key, data in self._store.get_many(by_key).items()
        }
        missing = sorted(by_key.keys() - known.keys(), key=lambda key: (len(by_key[key]), key))
        for start in range(0, len(missing), _BATCH):
            part = missing[start : start + _BATCH]
            vectors = self._inner.embed([by_key[key] for key in part])
            fresh = dict(zip(part, vectors.astype("<f4"), strict=True))
            self._store.put_many({key: row.tobytes() for key, row in fresh.items()})
            known.update(fresh)
            if self._progress is not None:
                self._progress(start + len(part), len(missing))
        if not keys:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.stack([known[key] for key in keys]).astype(np.float32, copy=False)
