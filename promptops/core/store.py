"""State in SQLite: one way to open a database, and a store of bytes by key."""

import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from promptops.core.files import storage_refusals
from promptops.errors import (
    CorruptStoreError,
    ReadOnlyWorkspaceError,
    StorageError,
    StorageFullError,
)

_BUSY_SECONDS = 30.0
_KEYS_PER_QUERY = 500
_FULL_BELOW = 1_000_000


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours, naming the database.

    Raises:
        CorruptStoreError: The file is damaged or not a database.
        StorageFullError: The disk is full.
        ReadOnlyWorkspaceError: The file or its folder cannot be written to.
        StorageError: Anything else.
    """
    try:
        yield
    except sqlite3.Error as problem:
        place, text = str(path), str(problem)
        name = getattr(problem, "sqlite_errorname", "") or ""
        if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            raise CorruptStoreError(
                f"this database is damaged ({text})",
                where=place,
                hint="move the file away and run again: it is made anew",
            ) from problem
        refused = name == "SQLITE_IOERR_WRITE"  # a full quota or a limit on file size
        other = name.startswith("SQLITE_IOERR") and _full(path)
        if name.startswith("SQLITE_FULL") or refused or other:
            raise StorageFullError("no space is left to write here", where=place) from problem
        if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
            raise ReadOnlyWorkspaceError(
                f"this cannot be written to ({text})", where=place
            ) from problem
        raise StorageError(text, where=place) from problem


def _full(path: Path) -> bool:
    """Whether no space is left: what SQLite does first on a full disk is not always a write."""
    folder = next((parent for parent in path.absolute().parents if parent.is_dir()), path.parent)
    try:
        return shutil.disk_usage(folder).free < _FULL_BELOW
    except OSError:
        return False


def connect(path: Path, *, or_read: bool = False) -> sqlite3.Connection:
    """Open a database that several threads and processes write to (WAL, 30 s busy timeout).

    The folder is created. The connection may be used by several threads, one at a time.

    Args:
        path: The database.
        or_read: Whether one that is there and cannot be written to is opened for reading; a write
            says so then.

    Raises:
        StorageError: See `storage_errors`.
    """
    try:
        return _connect(path)
    except ReadOnlyWorkspaceError:
        if not (or_read and path.is_file()):
            raise
    with storage_errors(path):
        return _for_reading(path)


def _connect(path: Path) -> sqlite3.Connection:
    with storage_refusals(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with storage_errors(path):
        connection = sqlite3.connect(
            path, timeout=_BUSY_SECONDS, check_same_thread=False, isolation_level=None
        )
        try:
            _use_wal(connection)
            # With WAL a power cut may undo the last commits but never damages the file; a killed
            # process loses nothing.
            connection.execute("PRAGMA synchronous=NORMAL")
        except sqlite3.Error:
            connection.close()
            raise
        return connection


def _for_reading(path: Path) -> sqlite3.Connection:
    def opened(way: str) -> sqlite3.Connection:
        place = f"{path.absolute().as_uri()}?{way}"
        connection = sqlite3.connect(place, uri=True, check_same_thread=False, isolation_level=None)
        try:
            connection.execute("SELECT 1 FROM sqlite_master")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    try:
        return opened("mode=ro")
    except sqlite3.OperationalError:
        # Where nobody can write, the files that share the log cannot be made either.
        return opened("immutable=1")


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL; the switch of a new database does not wait for others by itself."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as problem:
            busy = (problem.sqlite_errorname or "").startswith("SQLITE_BUSY")
            if not busy or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


class Forgo:
    """What a refusal of the disk to keep something means, where that only saves time later.

    A failure, unless ``allowed`` is set, as a command does that only reads: then it goes on and
    tells once. A damaged file and a full disk stay failures: they are to be mended.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        """Name who is told."""
        self.allowed = False
        self._tell = tell
        self._told = False

    def __call__(self, problem: StorageError) -> None:
        """Raise the refusal, or tell it."""
        if not self.allowed or isinstance(problem, CorruptStoreError | StorageFullError):
            raise problem
        if not self._told:
            self._told = True
            self._tell(f"nothing is kept for the next run: {problem}")


class BlobStore:
    """Bytes by key, kept on disk; the first value written under a key stays.

    Safe with several threads and processes: writes are insert-or-ignore, so two writers of the
    same content never disagree.
    """

    def __init__(self, path: Path, *, or_read: bool = False) -> None:
        """Name the database; it is opened on first use.

        Args:
            path: The database.
            or_read: Whether it can be read, too, where it cannot be written to. Not for what costs
                money: that it cannot be kept is then known too late.
        """
        self._path = path
        self._or_read = or_read
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def get(self, key: str) -> bytes | None:
        """The bytes under a key, or None."""
        return self.get_many([key]).get(key)

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        """The keys that are there, with their bytes."""
        wanted = sorted(set(keys))  # in the order in which they lie on disk
        found: dict[str, bytes] = {}
        with self._lock, storage_errors(self._path):
            if self._or_read and self._connection is None and not self._path.exists():
                return found
            connection = self._open()
            for start in range(0, len(wanted), _KEYS_PER_QUERY):
                part = wanted[start : start + _KEYS_PER_QUERY]
                marks = ",".join("?" * len(part))
                query = f"SELECT key, data FROM blob WHERE key IN ({marks})"
                found.update(connection.execute(query, part).fetchall())
        return found

    def put(self, key: str, data: bytes) -> None:
        """Keep bytes under a key, unless the key is taken."""
        self.put_many({key: data})

    def put_many(self, blobs: Mapping[str, bytes]) -> None:
        """Keep several, in one transaction."""
        if not blobs:
            return
        with self._lock, storage_errors(self._path):
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE")
            try:
                connection.executemany(
                    "INSERT OR IGNORE INTO blob (key, data) VALUES (?, ?)", blobs.items()
                )
                connection.execute("COMMIT")
            except sqlite3.Error:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the database; the next use opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            connection = connect(self._path, or_read=self._or_read)
            connection.execute(
                "CREATE TABLE IF NOT EXISTS blob (key TEXT PRIMARY KEY, data BLOB NOT NULL)"
                " WITHOUT ROWID"
            )
            self._connection = connection
        return self._connection
