"""Every vector index keeps the vector index contract."""

from promptops.testing.contracts import VectorIndexContract
from promptops.vectors.faiss_index import FaissIndex


class TestFaiss(VectorIndexContract):
    def build(self, vectors):
        return FaissIndex.build(vectors)
