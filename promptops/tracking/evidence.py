"""Evidence: what was measured, about which digest, from which inputs, when, by what code.

Everything expensive asks here first, so an unchanged prompt costs nothing the next night. The store
only grows: the database itself refuses to change or delete a row, and the first measurement under a
key is the one that stays.
"""

import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from promptops.core.canonical import JSON, canonical_json, digest
from promptops.core.store import connect, storage_errors
from promptops.errors import CorruptStoreError, StorageError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS evidence (
    seq INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    inputs TEXT NOT NULL,
    value TEXT NOT NULL,
    measured_at TEXT NOT NULL,
    code_version TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS evidence_by_subject ON evidence (subject, kind, seq);
CREATE INDEX IF NOT EXISTS evidence_by_kind ON evidence (kind, seq);
CREATE TRIGGER IF NOT EXISTS evidence_is_never_changed BEFORE UPDATE ON evidence
    BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER IF NOT EXISTS evidence_is_never_deleted BEFORE DELETE ON evidence
    BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER IF NOT EXISTS evidence_is_never_replaced BEFORE INSERT ON evidence
    WHEN EXISTS (SELECT 1 FROM evidence WHERE key = NEW.key OR seq = NEW.seq)
    BEGIN SELECT RAISE(IGNORE); END;
"""
# REPLACE deletes without firing delete triggers; the last trigger closes that door and makes a
# second measurement of the same thing a no-op.

_COLUMNS = "subject, kind, inputs, value, measured_at, code_version"
_CORRUPT_HINT = (
    "move the file (and its -wal and -shm) away and run again: evidence is measured anew, "
    "mostly from the answer cache, which is a separate file"
)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One measured fact.

    Args:
        subject: Digest of what was measured, such as a prompt's semantic or variant digest.
        kind: What was measured, such as ``score``, ``lint`` or ``optimize``.
        inputs: Everything else the value depends on, by name: digests or versions of the model,
            the golden set, the knowledge base, the scorers.
        value: The result, any JSON value.
        measured_at: When; aware. Kept in UTC to the microsecond.
        code_version: What measured it; recorded, not part of the key.
    """

    subject: str
    kind: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    value: JSON
    measured_at: datetime
    code_version: str

    @cached_property
    def key(self) -> str:
        """Digest of subject, kind and inputs: the identity of the measurement."""
        return evidence_key(self.subject, self.kind, self.inputs)


def evidence_key(subject: str, kind: str, inputs: Mapping[str, str]) -> str:
    """The key under which a measurement is kept."""
    return digest({"subject": subject, "kind": kind, "inputs": dict(inputs)})


class EvidenceStore:
    """Evidence on disk: SQLite, append-only, several writing threads and processes.

    Every method raises `CorruptStoreError` for a damaged database, `ReadOnlyWorkspaceError`,
    `StorageFullError` or another `StorageError` when the disk refuses.
    """

    def __init__(self, path: Path) -> None:
        """Name the database; it is opened on first use and made on first write."""
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._process = 0

    def add(
        self, evidence: Evidence, *, refused: Callable[[StorageError], None] | None = None
    ) -> None:
        """Keep one fact; a fact whose key is known already is passed over.

        Args:
            evidence: The fact.
            refused: Told when the disk refuses, for a fact that may go; None raises.

        Raises:
            ValueError: The value is not JSON.
        """
        try:
            self.add_many([evidence])
        except StorageError as problem:
            if refused is None:
                raise
            refused(problem)

    def add_many(self, facts: Iterable[Evidence]) -> None:
        """Keep several facts, all or none.

        Raises:
            ValueError: A value is not JSON.
        """
        rows = [_row(fact) for fact in facts]
        if not rows:
            return
        with self._open(create=True) as connection:
            assert connection is not None
            connection.execute("BEGIN IMMEDIATE")
            try:
                connection.executemany(
                    f"INSERT INTO evidence (key, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", rows
                )
                connection.execute("COMMIT")
            except sqlite3.Error:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def find(self, subject: str, kind: str, inputs: Mapping[str, str]) -> Evidence | None:
        """The fact measured about this subject from exactly these inputs, or None."""
        found = self._select("WHERE key = ?", (evidence_key(subject, kind, inputs),))
        return found[0] if found else None

    def for_subject(self, subject: str, kind: str | None = None) -> tuple[Evidence, ...]:
        """Everything known about a subject, oldest first; of one kind when given."""
        if kind is None:
            return self._select("WHERE subject = ? ORDER BY seq", (subject,))
        return self._select("WHERE subject = ? AND kind = ? ORDER BY seq", (subject, kind))

    def latest(self, kind: str, subject: str | None = None) -> Evidence | None:
        """The fact of this kind that was added last; about one subject when given."""
        if subject is None:
            found = self._select("WHERE kind = ? ORDER BY seq DESC LIMIT 1", (kind,))
        else:
            found = self._select(
                "WHERE subject = ? AND kind = ? ORDER BY seq DESC LIMIT 1", (subject, kind)
            )
        return found[0] if found else None

    def of_kind(self, kind: str) -> tuple[Evidence, ...]:
        """Every fact of a kind, oldest first."""
        return self._select("WHERE kind = ? ORDER BY seq", (kind,))

    def close(self) -> None:
        """Close the database; the next use opens it again."""
        with self._lock:
            if self._connection is not None and self._process == os.getpid():
                self._connection.close()
            self._connection = None

    def _select(self, clause: str, values: tuple[str, ...]) -> tuple[Evidence, ...]:
        with self._open(create=False) as connection:
            if connection is None:
                return ()
            rows = connection.execute(f"SELECT {_COLUMNS} FROM evidence {clause}", values)
            return tuple(self._evidence(row) for row in rows.fetchall())

    def _evidence(self, row: tuple[str, ...]) -> Evidence:
        subject, kind, inputs, value, measured_at, code_version = row
        try:
            return Evidence(
                subject=subject,
                kind=kind,
                inputs=json.loads(inputs),
                value=json.loads(value),
                measured_at=datetime.fromisoformat(measured_at),
                code_version=code_version,
            )
        except ValueError as problem:
            raise CorruptStoreError(
                f"a row of this database is damaged ({problem})",
                where=str(self._path),
                hint=_CORRUPT_HINT,
            ) from problem

    @contextmanager
    def _open(self, *, create: bool) -> Iterator[sqlite3.Connection | None]:
        """The connection, for one thread at a time; None when reading what does not exist yet."""
        with self._lock:
            try:
                with storage_errors(self._path):
                    yield self._connected(create=create)
            except CorruptStoreError as problem:
                raise CorruptStoreError(
                    problem.message, where=problem.where, hint=_CORRUPT_HINT
                ) from problem

    def _connected(self, *, create: bool) -> sqlite3.Connection | None:
        # A connection must not cross a fork: the child opens its own and leaves the parent's be.
        if self._connection is None or self._process != os.getpid():
            if not create and not self._path.exists():
                return None
            connection = connect(self._path, or_read=not create)
            try:
                connection.executescript(_SCHEMA)
            except sqlite3.Error:
                connection.close()
                raise
            self._connection, self._process = connection, os.getpid()
        return self._connection


def _row(fact: Evidence) -> tuple[str, ...]:
    return (
        fact.key,
        fact.subject,
        fact.kind,
        canonical_json(dict(fact.inputs)).decode(),
        canonical_json(fact.value).decode(),
        fact.measured_at.astimezone(UTC).isoformat(),
        fact.code_version,
    )
