"""Jobs: what a caller asked for, how far it is, and what came of it.

Kept in the workspace's state folder, so that a restart loses none. A job belongs to the process
that took it in; what a dead process had begun is ``interrupted``, what still waited in its queue is
taken over.
"""

import json
import sqlite3
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from promptops.core.canonical import JSON, canonical_json
from promptops.core.clock import Clock, iso
from promptops.core.store import connect, storage_errors
from promptops.errors import JobError, QueueFullError, UnknownJobError
from promptops.tracking.process import is_dead, this_process

Kind = Literal["evaluation", "optimization"]
State = Literal["queued", "running", "done", "failed", "canceled", "interrupted"]

_FINISHED = ("done", "failed", "canceled", "interrupted")
_AGAIN = ("failed", "canceled", "interrupted")
_MOST_KEPT = 1000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS job (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    idempotency_key TEXT UNIQUE,
    request TEXT NOT NULL,
    state TEXT NOT NULL,
    owner TEXT NOT NULL,
    created_at TEXT NOT NULL,
    started_at TEXT NOT NULL DEFAULT '',
    finished_at TEXT NOT NULL DEFAULT '',
    result TEXT NOT NULL DEFAULT 'null',
    error TEXT NOT NULL DEFAULT 'null'
) STRICT;
CREATE INDEX IF NOT EXISTS job_by_state ON job (state, seq);
"""
_COLUMNS = "id, kind, request, state, created_at, started_at, finished_at, result, error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job.

    Args:
        id: Its name in the interface.
        kind: What sort of work it is.
        request: What was asked for.
        state: ``queued``, ``running``, ``done``, ``failed``, ``canceled`` or ``interrupted``.
        created_at: UTC; so are the other two, empty while they are not known.
        started_at: When it began last.
        finished_at: When it ended.
        result: What came of it; of a canceled job what there was by then. None for nothing.
        error: Why it failed, in the shape of every error answer.
    """

    id: str
    kind: Kind
    request: Mapping[str, JSON]
    state: State
    created_at: str
    started_at: str = ""
    finished_at: str = ""
    result: JSON = None
    error: JSON = None

    def to_json(self) -> dict[str, JSON]:
        """Plain values by name."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


class JobStore:
    """Jobs on disk: SQLite, safe with several threads and processes.

    Every method raises `StorageError` when the disk refuses.
    """

    def __init__(
        self, path: Path, clock: Clock, *, most_waiting: int, owner: str | None = None
    ) -> None:
        """Name the database; it is made on first use.

        Args:
            path: The file.
            clock: Dates what happens.
            most_waiting: Jobs that may wait at once.
            owner: Whose jobs these are, as `this_process` names it; this process's when None.
        """
        self._path = path
        self._clock = clock
        self._most_waiting = most_waiting
        self._owner = owner or this_process()
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def adopt(self) -> None:
        """Take over from processes that have ended: what they had begun is interrupted."""
        with self._writing() as connection:
            owners = connection.execute(
                "SELECT DISTINCT owner FROM job WHERE state IN ('queued', 'running')"
            ).fetchall()
            for (owner,) in owners:
                if owner == self._owner or not is_dead(owner):
                    continue
                connection.execute(
                    "UPDATE job SET state = 'interrupted', finished_at = ?"
                    " WHERE owner = ? AND state = 'running'",
                    (self._now(), owner),
                )
                connection.execute(
                    "UPDATE job SET owner = ? WHERE owner = ? AND state = 'queued'",
                    (self._owner, owner),
                )

    def add(self, kind: Kind, request: Mapping[str, JSON], key: str | None = None) -> Job:
        """Queue a job; the one that was queued before under the same idempotency key, if any.

        Raises:
            QueueFullError: As many jobs wait as may.
            JobError: The key stands for another request.
        """
        body = canonical_json(dict(request)).decode()
        with self._writing() as connection:
            if key is not None:
                known = connection.execute(
                    f"SELECT {_COLUMNS} FROM job WHERE idempotency_key = ?", (key,)
                ).fetchone()
                if known is not None:
                    if (known[1], known[2]) != (kind, body):
                        raise JobError(
                            "this key was used for another request",
                            where="Idempotency-Key",
                            hint="choose a new key for each request",
                        )
                    return _job(known)
            self._check_room(connection)
            name = uuid.uuid4().hex
            connection.execute(
                "INSERT INTO job (id, kind, idempotency_key, request, state, owner, created_at)"
                " VALUES (?, ?, ?, ?, 'queued', ?, ?)",
                (name, kind, key, body, self._owner, self._now()),
            )
            marks = ", ".join("?" * len(_FINISHED))
            connection.execute(
                f"DELETE FROM job WHERE state IN ({marks})"
                " AND seq <= (SELECT max(seq) FROM job) - ?",
                (*_FINISHED, _MOST_KEPT),
            )
            return self._read(connection, kind, name)

    def get(self, kind: Kind, name: str) -> Job:
        """One job.

        Raises:
            UnknownJobError: There is none.
        """
        with self._writing() as connection:
            return self._read(connection, kind, name)

    def list(self, kind: Kind, *, most: int = 100) -> tuple[Job, ...]:
        """The jobs of a kind, the latest first."""
        with self._writing() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM job WHERE kind = ? ORDER BY seq DESC LIMIT ?", (kind, most)
            ).fetchall()
        return tuple(_job(row) for row in rows)

    def take(self) -> Job | None:
        """Begin the job that has waited longest; None when none waits."""
        with self._writing() as connection:
            row = connection.execute(
                f"SELECT {_COLUMNS} FROM job WHERE state = 'queued' AND owner = ?"
                " ORDER BY seq LIMIT 1",
                (self._owner,),
            ).fetchone()
            if row is None:
                return None
            found = _job(row)
            connection.execute(
                "UPDATE job SET state = 'running', started_at = ? WHERE id = ?",
                (self._now(), found.id),
            )
            return self._read(connection, found.kind, found.id)

    def finish(self, name: str, state: State, *, result: JSON = None, error: JSON = None) -> None:
        """Note how a running job ended."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE job SET state = ?, finished_at = ?, result = ?, error = ? WHERE id = ?",
                (state, self._now(), json.dumps(result), json.dumps(error), name),
            )

    def cancel(self, kind: Kind, name: str) -> Job:
        """Cancel a job that waits; any other is left as it is."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE job SET state = 'canceled', finished_at = ?"
                " WHERE id = ? AND kind = ? AND state = 'queued'",
                (self._now(), name, kind),
            )
            return self._read(connection, kind, name)

    def again(self, kind: Kind, name: str) -> Job:
        """Queue a job again that failed, was canceled or was interrupted.

        Raises:
            UnknownJobError: There is none.
            JobError: It waits, runs or is done.
            QueueFullError: As many jobs wait as may.
        """
        with self._writing() as connection:
            found = self._read(connection, kind, name)
            if found.state not in _AGAIN:
                raise JobError(f"this job is {found.state}", where=name)
            self._check_room(connection)
            connection.execute(
                "UPDATE job SET state = 'queued', owner = ?, started_at = '', finished_at = '',"
                " result = 'null', error = 'null' WHERE id = ?",
                (self._owner, name),
            )
            return self._read(connection, kind, name)

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _check_room(self, connection: sqlite3.Connection) -> None:
        (waiting,) = connection.execute(
            "SELECT count(*) FROM job WHERE state = 'queued' AND owner = ?", (self._owner,)
        ).fetchone()
        if waiting >= self._most_waiting:
            raise QueueFullError(f"{waiting} jobs wait already")

    def _read(self, connection: sqlite3.Connection, kind: Kind, name: str) -> Job:
        row = connection.execute(
            f"SELECT {_COLUMNS} FROM job WHERE id = ? AND kind = ?", (name, kind)
        ).fetchone()
        if row is None:
            raise UnknownJobError(f'no {kind} has the id "{name}"')
        return _job(row)

    def _now(self) -> str:
        return iso(self._clock())

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction on the connection, for one thread at a time."""
        with self._lock, storage_errors(self._path):
            if self._connection is None:
                self._connection = connect(self._path)
                self._connection.executescript(_SCHEMA)
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")


def _job(row: tuple[str, ...]) -> Job:
    name, kind, request, state, created_at, started_at, finished_at, result, error = row
    return Job(
        id=name,
        kind=kind,  # type: ignore[arg-type]  # only ours are written
        request=json.loads(request),
        state=state,  # type: ignore[arg-type]
        created_at=created_at,
        started_at=started_at,
        finished_at=finished_at,
        result=json.loads(result),
        error=json.loads(error),
    )
