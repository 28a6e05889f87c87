"""No text is embedded twice: vectors on disk, by the digest of text and embedder."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from promptops.core.canonical import digest
from promptops.core.store import BlobStore
from promptops.embedding.embedder import Embedder
from promptops.errors import StorageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BATCH = 128

Progress = Callable[[int, int], None]


class CachedEmbedder:
    """An embedder that remembers; when every text is known, the inner one is never loaded.

    New texts are embedded in batches of similar length (a batch costs what its longest text
    costs), each batch kept as soon as it is done, so an interrupted run goes on where it was.
    """

    def __init__(
        self,
        inner: Embedder,
        store: BlobStore,
        progress: Progress = lambda _done, _all: None,
        refused: Callable[[StorageError], None] | None = None,
    ) -> None:
        """Wrap an embedder.

        Args:
            inner: Who embeds new texts.
            store: Where vectors are kept, as little-endian float32.
            progress: Told how many of how many new texts are done, after each batch.
            refused: Told when vectors cannot be kept, which then does no harm; None raises.
        """
        self._inner = inner
        self._store = store
        self._progress = progress
        self._refused = refused

    @property
    def fingerprint(self) -> str:
        """That of the inner embedder."""
        return self._inner.fingerprint

    @property
    def dimension(self) -> int:
        """That of the inner embedder."""
        return self._inner.dimension

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Embed texts, new ones only; see ``Embedder.embed``."""
        import numpy as np

        keys = [digest({"embedder": self.fingerprint, "text": text}) for text in texts]
        rows = {
            key: np.frombuffer(data, dtype="<f4")
            for key, data in self._store.get_many(keys).items()
        }
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in rows}
        order = sorted(new, key=lambda key: (len(new[key]), key))
        for start in range(0, len(order), _BATCH):
            part = order[start : start + _BATCH]
            vectors = self._inner.embed([new[key] for key in part])
            kept = {
                key: vector.astype("<f4").tobytes()
                for key, vector in zip(part, vectors, strict=True)
            }
            try:
                self._store.put_many(kept)
            except StorageError as problem:
                if self._refused is None:
                    raise
                self._refused(problem)
            rows.update(zip(part, vectors, strict=True))
            self._progress(min(start + _BATCH, len(order)), len(order))
        out = np.empty((len(texts), self.dimension), dtype=np.float32)
        for position, key in enumerate(keys):
            out[position] = rows[key]
        return out
