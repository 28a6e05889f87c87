"""The one door to faiss."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from promptops.core.files import storage_refusals, write_atomic
from promptops.errors import StorageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class FaissIndex:
    """Exact search by inner product (``IndexFlatIP``): no training, the same bytes every time.

    Exact search answers thousands of queries a second over the sizes a registry has; an
    approximate index pays off far beyond 100,000 vectors.
    """

    def __init__(self, index: Any) -> None:
        """Wrap an index; made by `build` or `load`."""
        self._index = index

    @classmethod
    def build(cls, vectors: "NDArray[np.float32]") -> Self:
        """An index over the rows of ``vectors`` (n, d)."""
        import faiss
        import numpy as np

        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read an index that was saved.

        Raises:
            StorageError: The file is missing or damaged.
        """
        import faiss

        try:
            return cls(faiss.read_index(str(path)))
        except RuntimeError as problem:
            raise StorageError(
                "this vector index cannot be read",
                where=str(path),
                hint="delete it: it is built anew",
            ) from problem

    def save(self, path: Path) -> None:
        """Write the index to a file, whole; equal vectors give equal bytes.

        Raises:
            StorageError: The disk refuses.
        """
        import faiss

        with storage_refusals(path), tempfile.TemporaryDirectory() as folder:
            temporary = Path(folder) / "index"
            faiss.write_index(self._index, str(temporary))
            write_atomic(path, temporary.read_bytes())

    @property
    def size(self) -> int:
        """How many vectors are stored."""
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Length of one vector."""
        return int(self._index.d)

    def search(
        self, queries: "NDArray[np.float32]", k: int
    ) -> "tuple[NDArray[np.float32], NDArray[np.int64]]":
        """Find the ``k`` most similar stored vectors of each query.

        Args:
            queries: Float32 array ``(q, dimension)``.
            k: Neighbors wanted, at least 1.

        Returns:
            Scores and row numbers, both ``(q, min(k, size))``, best first; ties by row number.
        """
        import numpy as np

        count = min(k, self.size)
        if count == 0 or len(queries) == 0:
            shape = (len(queries), count)
            return np.zeros(shape, dtype=np.float32), np.zeros(shape, dtype=np.int64)
        scores, rows = self._index.search(np.ascontiguousarray(queries, dtype=np.float32), count)
        order = np.lexsort((rows, -scores), axis=1)
        return np.take_along_axis(scores, order, 1), np.take_along_axis(rows, order, 1)
