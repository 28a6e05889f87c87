"""Knowledge bases: documents, versions, chunks, indexes, updates."""

from promptops.knowledge.chunking import CHUNKER, Chunk, chunk, chunk_kb
from promptops.knowledge.diff import KBDiff, diff_kb
from promptops.knowledge.index import Hit, KBIndex, context_text
from promptops.knowledge.kb import Document, KnowledgeBase, dvc_md5, load_kb, normalize
from promptops.knowledge.snapshots import Snapshot, SnapshotStore
from promptops.knowledge.updates import Update, apply_update

__all__ = [
    "CHUNKER",
    "Chunk",
    "Document",
    "Hit",
    "KBDiff",
    "KBIndex",
    "KnowledgeBase",
    "Snapshot",
    "SnapshotStore",
    "Update",
    "apply_update",
    "chunk",
    "chunk_kb",
    "context_text",
    "diff_kb",
    "dvc_md5",
    "load_kb",
    "normalize",
]
