"""Exact nearest neighbors by faiss: right, and fast enough below some hundred thousand vectors."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from promptops.core.files import storage_refusals, write_atomic
from promptops.errors import CorruptStoreError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


_CELL_SAMPLE = 40
_CELL_ROUNDS = 8
_CELL_SEED = 0
_CELLS_PROBED = 0.02


class FaissIndex:
    """VectorIndex that compares with every stored vector; equal vectors make equal bytes."""

    def __init__(self, index: Any) -> None:
        """Wrap a faiss index; use ``build`` or ``load``."""
        self._index = index

    @classmethod
    def build(cls, vectors: "NDArray[np.float32]") -> "FaissIndex":
        """Store vectors; their row numbers are the ids that ``search`` gives.

        Args:
            vectors: Float32 array ``(n, dimension)``; unit rows make scores cosines.

        Raises:
            ValueError: Not a two-dimensional array.
        """
        import faiss
        import numpy as np

        if vectors.ndim != 2:
            raise ValueError(f"vectors come as (n, dimension), not {vectors.shape}")
        index = faiss.IndexFlatIP(int(vectors.shape[1]))
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def build_cells(cls, vectors: "NDArray[np.float32]") -> "FaissIndex":
        """An index that compares a query with the nearest 2% of cells: for every pair of many.

        Method: inverted file (Jegou, Douze, Schmid 2011, IEEE PAMI 33:117), a k-means cell for
        about ``sqrt(n)`` vectors. ``search`` may find fewer than asked for; their ids are -1.

        Args:
            vectors: As for ``build``.
        """
        import faiss
        import numpy as np

        count, dimension = vectors.shape
        cells = max(1, round(count**0.5))
        data = np.ascontiguousarray(vectors, dtype=np.float32)
        index = faiss.IndexIVFFlat(
            faiss.IndexFlatIP(dimension), dimension, cells, faiss.METRIC_INNER_PRODUCT
        )
        index.cp.niter, index.cp.seed = _CELL_ROUNDS, _CELL_SEED
        sample = np.random.default_rng(_CELL_SEED).permutation(count)[: cells * _CELL_SAMPLE]
        index.train(data[np.sort(sample)])
        index.add(data)
        index.nprobe = max(4, round(_CELLS_PROBED * cells))
        return cls(index)

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
        """Find the nearest stored vectors; see ``VectorIndex.search``.

        Raises:
            ValueError: ``k`` below 1, or queries of another dimension.
        """
        import numpy as np

        if k < 1:
            raise ValueError(f"k is at least 1, not {k}")
        if queries.ndim != 2 or queries.shape[1] != self.dimension:
            raise ValueError(f"queries come as (q, {self.dimension}), not {queries.shape}")
        wanted = min(k, self.size)
        if not wanted or not len(queries):
            empty = (len(queries), wanted)
            return np.zeros(empty, dtype=np.float32), np.zeros(empty, dtype=np.int64)
        scores, ids = self._index.search(np.ascontiguousarray(queries, dtype=np.float32), wanted)
        # faiss leaves the order of equal scores open.
        order = np.lexsort((ids, -scores), axis=-1)
        return (
            np.take_along_axis(scores, order, axis=1),
            np.take_along_axis(ids, order, axis=1).astype(np.int64),
        )

    def save(self, path: Path) -> None:
        """Write the index as one file, whole or not at all.

        Raises:
            StorageError: It cannot be written.
        """
        import faiss

        write_atomic(path, faiss.serialize_index(self._index).tobytes())

    @classmethod
    def load(cls, path: Path) -> "FaissIndex":
        """Read what ``save`` wrote.

        Raises:
            StorageError: It cannot be read.
            CorruptStoreError: It is not such a file.
        """
        import faiss
        import numpy as np

        with storage_refusals(path):
            data = path.read_bytes()
        try:
            index = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
        except RuntimeError as problem:
            raise CorruptStoreError(
                "this is no faiss index", where=str(path), hint="delete the file: it is built anew"
            ) from problem
        return cls(index)
