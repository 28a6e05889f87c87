"""The chunks of a knowledge base, searchable by meaning."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

from promptops.core.canonical import digest, digest_file
from promptops.core.files import write_atomic
from promptops.embedding.embedder import Embedder
from promptops.knowledge.chunking import CHUNKER, Chunk, chunk_kb
from promptops.knowledge.kb import KnowledgeBase
from promptops.vectors.index import VectorIndex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MANIFEST = "manifest.json"
_VECTORS = "vectors.index"
_CHUNKS = "chunks.json"


class SavableIndex(VectorIndex, Protocol):
    """A vector index that can be kept."""

    def save(self, path: Path) -> None:
        """Write it to a file, whole."""
        ...


class IndexFactory(Protocol):
    """What makes and reads vector indexes, such as the class ``FaissIndex``."""

    def build(self, vectors: "NDArray[np.float32]") -> SavableIndex:
        """An index over the rows of ``vectors`` (n, d)."""
        ...

    def load(self, path: Path) -> VectorIndex:
        """An index that was saved."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A chunk that was found, with its cosine similarity to the query."""

    chunk: Chunk
    score: float


class KBIndex:
    """One version of a knowledge base with its vectors; read-only, safe to share."""

    def __init__(
        self, kb: KnowledgeBase, chunks: Sequence[Chunk], embedder: Embedder, index: VectorIndex
    ) -> None:
        """Made by `KBIndex.build`."""
        self.kb = kb
        self.chunks = tuple(chunks)
        self._embedder = embedder
        self._index = index
        self.fingerprint = _fingerprint(self.chunks, embedder)

    @classmethod
    def build(
        cls,
        kb: KnowledgeBase,
        embedder: Embedder,
        folder: Path | None = None,
        *,
        vectors: IndexFactory | None = None,
    ) -> Self:
        """Chunk, embed and index a knowledge base.

        Args:
            kb: The knowledge base.
            embedder: Makes the vectors; a cached one embeds only chunks it has not seen.
            folder: Where this index is kept. When it holds one of the same chunks and embedder,
                that is read and nothing is embedded; anything else there is replaced.
            vectors: Makes the vector index; faiss when not given.

        Raises:
            StorageError: The folder cannot be written to.
        """
        factory = vectors or _faiss()
        chunks = chunk_kb(kb)
        fingerprint = _fingerprint(chunks, embedder)
        if folder is not None and _is_kept(folder, fingerprint):
            return cls(kb, chunks, embedder, factory.load(folder / _VECTORS))
        index = factory.build(embedder.embed([part.text for part in chunks]))
        if folder is not None:
            _keep(folder, kb, chunks, embedder, index)
        return cls(kb, chunks, embedder, index)

    def retrieve(self, query: str, k: int = 4) -> tuple[Hit, ...]:
        """The ``k`` chunks most similar to a query, best first; fewer when there are fewer.

        Raises:
            ValueError: ``k`` is less than 1.
        """
        return self.retrieve_many([query], k)[0]

    def retrieve_many(self, queries: Sequence[str], k: int = 4) -> list[tuple[Hit, ...]]:
        """`retrieve` for many queries in one go.

        Raises:
            ValueError: ``k`` is less than 1.
        """
        if k < 1:
            raise ValueError("k is at least 1")
        if not queries or not self.chunks:
            return [() for _ in queries]
        scores, rows = self._index.search(self._embedder.embed(queries), k)
        return [
            tuple(
                Hit(chunk=self.chunks[row], score=score)
                for score, row in zip(found.tolist(), places.tolist(), strict=True)
                if row >= 0
            )
            for found, places in zip(scores, rows, strict=True)
        ]


def context_text(hits: Sequence[Hit]) -> str:
    """What a prompt shows of the hits: their texts, best first, a blank line between.

    Nothing but the texts goes in, so equal chunks give an equal prompt and a cached answer.
    """
    return "\n\n".join(hit.chunk.text for hit in hits)


def _fingerprint(chunks: Sequence[Chunk], embedder: Embedder) -> str:
    return digest(
        {
            "chunker": CHUNKER,
            "embedder": embedder.fingerprint,
            "metric": "inner-product",
            "chunks": [[part.id, part.doc] for part in chunks],
        }
    )


def _faiss() -> IndexFactory:
    from promptops.vectors.faiss_index import FaissIndex

    return FaissIndex


def _is_kept(folder: Path, fingerprint: str) -> bool:
    """Whether the folder holds this very index, whole."""
    try:
        manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        same = bool(manifest["fingerprint"] == fingerprint)
        return same and bool(digest_file(folder / _VECTORS) == manifest["vectors"])
    except (OSError, ValueError, KeyError):
        return False


def _keep(
    folder: Path,
    kb: KnowledgeBase,
    chunks: Sequence[Chunk],
    embedder: Embedder,
    index: SavableIndex,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    index.save(folder / _VECTORS)
    rows = [{"id": part.id, "doc": part.doc, "heading": part.heading} for part in chunks]
    write_atomic(folder / _CHUNKS, json.dumps(rows, indent=0, ensure_ascii=False) + "\n")
    manifest = {
        "fingerprint": _fingerprint(chunks, embedder),
        "kb": kb.name,
        "label": kb.label,
        "version": kb.version,
        "chunker": CHUNKER,
        "embedder": embedder.fingerprint,
        "dimension": index.dimension,
        "chunks": len(chunks),
        "vectors": digest_file(folder / _VECTORS),
    }
    # Last: it holds the digest of the vectors, so a killed build is noticed and done again.
    write_atomic(folder / _MANIFEST, json.dumps(manifest, indent=2) + "\n")
