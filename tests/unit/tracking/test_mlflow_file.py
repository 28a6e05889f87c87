import multiprocessing
import os
import signal
import sqlite3
from contextlib import closing

import pytest

from promptops.errors import CorruptStoreError
from promptops.tracking.mlflow_file import SCHEME, prepare

FORK = multiprocessing.get_context("fork")


def make_tables(uri):
    """Migrations in small: several transactions that cannot be made twice."""
    with closing(sqlite3.connect(uri.removeprefix(SCHEME), isolation_level=None)) as database:
        database.execute("CREATE TABLE one (x)")
        database.execute("CREATE TABLE two (x)")
        database.execute("INSERT INTO two VALUES (1)")


def make_half(uri):
    with closing(sqlite3.connect(uri.removeprefix(SCHEME), isolation_level=None)) as database:
        database.execute("CREATE TABLE one (x)")
        os.kill(os.getpid(), signal.SIGKILL)


def tables(path):
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return sorted(name for (name,) in rows)


def refuse(uri):
    raise AssertionError("there is nothing to make")


def test_tables_are_made_once_and_nothing_is_left_beside(tmp_path):
    path = tmp_path / "state" / "mlflow.db"
    prepare(path, make_tables)
    assert tables(path) == ["one", "two"]
    prepare(path, refuse)
    assert sorted(file.name for file in path.parent.glob("*.new*")) == []


def test_a_process_killed_while_making_tables_is_no_harm(tmp_path):
    path = tmp_path / "mlflow.db"
    child = FORK.Process(target=prepare, args=(path, make_half))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    assert tables(path) == []
    prepare(path, make_tables)
    assert tables(path) == ["one", "two"]


def test_processes_that_start_together_make_one_file(tmp_path):
    path = tmp_path / "mlflow.db"

    def start():
        prepare(path, make_tables)
        with closing(sqlite3.connect(path, timeout=30)) as database, database:
            database.execute("INSERT INTO one VALUES (?)", (os.getpid(),))

    children = [FORK.Process(target=start) for _ in range(6)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0] * 6
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM one").fetchone() == (6,)


def test_a_damaged_file_is_not_overwritten(tmp_path):
    path = tmp_path / "mlflow.db"
    path.write_bytes(b"precious but damaged " * 300)
    with pytest.raises(CorruptStoreError):
        prepare(path, refuse)
    assert path.read_bytes() == b"precious but damaged " * 300
