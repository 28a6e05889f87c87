"""Every version of a knowledge base that was seen, kept so that two can be compared.

Documents are kept once each, by the digest of their bytes; a snapshot is a small list of them.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promptops.core.canonical import digest_bytes
from promptops.core.clock import Clock, iso, system_clock
from promptops.core.files import write_atomic
from promptops.core.store import BlobStore
from promptops.errors import CorruptStoreError, KnowledgeBaseError
from promptops.knowledge.kb import KnowledgeBase, make_document


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A version that can be loaded again."""

    name: str
    version: str
    label: str
    saved_at: str
    documents: int


class SnapshotStore:
    """Snapshots in one folder; safe with several processes."""

    def __init__(self, folder: Path, *, clock: Clock = system_clock) -> None:
        """Name the folder; it is made on first save."""
        self._folder = folder
        self._clock = clock
        self._texts = BlobStore(folder / "documents.db", or_read=True)

    def save(self, kb: KnowledgeBase) -> Snapshot:
        """Keep a version; saving it again changes nothing but, when it differs, its label.

        Raises:
            StorageError: The disk refuses.
        """
        path = self._path(kb.name, kb.version)
        known = _read(path) if path.exists() else None
        if known is None or known["label"] != kb.label:
            texts = {document.path: document.text.encode() for document in kb.documents}
            keys = {name: digest_bytes(data) for name, data in texts.items()}
            self._texts.put_many({keys[name]: data for name, data in texts.items()})
            known = {
                "name": kb.name,
                "version": kb.version,
                "label": kb.label,
                "title": kb.title,
                "saved_at": known["saved_at"] if known else iso(self._clock()),
                "documents": keys,
            }
            # Last: a snapshot that is listed is whole.
            write_atomic(path, json.dumps(known, indent=1) + "\n")
        return _snapshot(known)

    def load(self, name: str, version: str) -> KnowledgeBase:
        """The knowledge base as it was.

        Args:
            name: Its name.
            version: ``sha256:…``, or a label; the newest snapshot of a label.

        Raises:
            KnowledgeBaseError: No such snapshot; the hint lists those there are.
            CorruptStoreError: The snapshot is damaged.
        """
        found = [s for s in self.versions(name) if version in (s.version, s.label)]
        if not found:
            known = ", ".join(f"{s.label} ({s.version[:15]})" for s in self.versions(name))
            raise KnowledgeBaseError(
                f'knowledge base "{name}" has no snapshot {version}',
                hint=f"known: {known}" if known else "take one with `promptops kb snapshot`",
            )
        path = self._path(name, found[-1].version)
        record = _read(path)
        texts = self._texts.get_many(record["documents"].values())
        for document, key in record["documents"].items():
            if key not in texts or digest_bytes(texts[key]) != key:
                raise CorruptStoreError(
                    f'the text of "{document}" is lost',
                    where=str(path),
                    hint="delete the snapshots of this knowledge base and take a new one",
                )
        return KnowledgeBase(
            name=record["name"],
            label=record["label"],
            title=record["title"],
            documents=tuple(
                make_document(document, texts[key].decode())
                for document, key in record["documents"].items()
            ),
        )

    def versions(self, name: str) -> tuple[Snapshot, ...]:
        """What can be loaded, oldest first."""
        records = [_read(path) for path in (self._folder / name).glob("*.json")]
        return tuple(
            _snapshot(record)
            for record in sorted(records, key=lambda r: (r["saved_at"], r["label"], r["version"]))
        )

    def close(self) -> None:
        """Close the database; the next use opens it again."""
        self._texts.close()

    def _path(self, name: str, version: str) -> Path:
        return self._folder / name / f"{version.removeprefix('sha256:')}.json"


def _snapshot(record: dict[str, Any]) -> Snapshot:
    return Snapshot(
        name=record["name"],
        version=record["version"],
        label=record["label"],
        saved_at=record["saved_at"],
        documents=len(record["documents"]),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        _snapshot(record)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise CorruptStoreError(
            f"this snapshot cannot be read ({problem})",
            where=str(path),
            hint="delete the file: the other snapshots are whole",
        ) from problem
    return record
