"""What changed between two versions of a knowledge base."""

from dataclasses import dataclass

from promptops.core.canonical import JSON
from promptops.knowledge.chunking import chunk_kb
from promptops.knowledge.kb import KnowledgeBase


@dataclass(frozen=True, slots=True, kw_only=True)
class KBDiff:
    """The difference, by document and by chunk.

    Args:
        added: Paths of new documents.
        removed: Paths of documents that are gone.
        changed: Paths of documents whose normalized text differs.
        chunks_added: Ids of chunks only the new version has; their number is the embedding work.
        chunks_removed: Ids of chunks only the old version has.
        chunks_kept: How many chunks both have.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    chunks_added: tuple[str, ...]
    chunks_removed: tuple[str, ...]
    chunks_kept: int

    @property
    def is_empty(self) -> bool:
        """Whether both versions say the same."""
        return not (self.added or self.removed or self.changed)

    @property
    def documents(self) -> tuple[str, ...]:
        """Every path that is new, gone or different, sorted."""
        return tuple(sorted({*self.added, *self.removed, *self.changed}))

    def to_json(self) -> dict[str, JSON]:
        """Paths, and chunks as counts."""
        return {
            "added": list(self.added),
            "removed": list(self.removed),
            "changed": list(self.changed),
            "chunks": {
                "added": len(self.chunks_added),
                "removed": len(self.chunks_removed),
                "kept": self.chunks_kept,
            },
        }


def diff_kb(old: KnowledgeBase, new: KnowledgeBase) -> KBDiff:
    """Compare two versions."""
    before = {document.path: document.digest for document in old.documents}
    after = {document.path: document.digest for document in new.documents}
    old_chunks = {part.id for part in chunk_kb(old)}
    new_chunks = {part.id for part in chunk_kb(new)}
    return KBDiff(
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(
            sorted(path for path in before.keys() & after.keys() if before[path] != after[path])
        ),
        chunks_added=tuple(sorted(new_chunks - old_chunks)),
        chunks_removed=tuple(sorted(old_chunks - new_chunks)),
        chunks_kept=len(old_chunks & new_chunks),
    )
