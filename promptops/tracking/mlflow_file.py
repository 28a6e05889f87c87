"""MLflow's SQLite file, made whole or not at all.

MLflow makes its tables by dozens of migrations over seconds, and a process killed among them leaves
a file that MLflow can neither use nor repair. So the tables are made in another file and arrive
here by one transaction.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from promptops.core.files import storage_refusals
from promptops.core.store import connect, storage_errors
from promptops.errors import CorruptStoreError

SCHEME = "sqlite:///"
CORRUPT_HINT = (
    "move the file away and run again: it only mirrors runs for people, evidence is kept elsewhere"
)


def prepare(path: Path, migrate: Callable[[str], None]) -> None:
    """See that a database is there and can be written to, with MLflow's tables in it.

    A damaged or read-only file is met here, not after MLflow's retries of many seconds.

    Args:
        path: The file.
        migrate: Makes the tables in the database that a URI names.

    Raises:
        CorruptStoreError: The file is damaged or not a database.
        StorageError: It cannot be written to.
    """
    try:
        with storage_errors(path), closing(connect(path)) as target:
            if not _is_empty(target):
                target.execute("BEGIN IMMEDIATE")
                target.execute("ROLLBACK")
                return
            with closing(connect(path.with_name(f"{path.name}.making"))) as lock:
                lock.execute("BEGIN EXCLUSIVE")  # let go of when this process ends, however it ends
                if _is_empty(target):
                    _fill(target, path.with_name(f"{path.name}.new"), migrate)
    except CorruptStoreError as problem:
        raise CorruptStoreError(
            problem.message, where=problem.where, hint=CORRUPT_HINT
        ) from problem


def _is_empty(connection: sqlite3.Connection) -> bool:
    return not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]


def _fill(target: sqlite3.Connection, temporary: Path, migrate: Callable[[str], None]) -> None:
    with storage_refusals(temporary):
        temporary.unlink(missing_ok=True)  # of a process that was killed
        migrate(f"{SCHEME}{temporary}")
        with closing(sqlite3.connect(temporary)) as source:
            source.backup(target)
        temporary.unlink()
