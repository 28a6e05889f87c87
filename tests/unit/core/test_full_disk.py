"""A full disk is called one, whatever SQLite or Prefect would say."""

import shutil
import sqlite3

import pytest

from promptops.config.environment import make_prefect_home
from promptops.core.store import storage_errors
from promptops.errors import StorageError, StorageFullError


@pytest.fixture
def free(monkeypatch):
    def leave(count):
        usage = type(shutil.disk_usage("/"))(10**9, 10**9 - count, count)
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)

    return leave


@pytest.mark.parametrize(
    ("name", "left", "kind"),
    [
        ("SQLITE_FULL", 10**9, StorageFullError),
        ("SQLITE_IOERR_SHMSIZE", 4096, StorageFullError),
        ("SQLITE_IOERR_WRITE", 0, StorageFullError),
        ("SQLITE_IOERR_READ", 10**9, StorageError),
    ],
)
def test_an_io_error_is_a_full_disk_where_the_disk_is_full(tmp_path, free, name, left, kind):
    free(left)
    problem = sqlite3.OperationalError("disk I/O error")
    problem.sqlite_errorname = name
    with pytest.raises(StorageError) as caught, storage_errors(tmp_path / "gone" / "a.sqlite"):
        raise problem
    assert type(caught.value) is kind


def test_prefect_is_not_started_on_a_full_disk(tmp_path, free, monkeypatch):
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    free(20_000_000)
    make_prefect_home()
    free(300_000)
    with pytest.raises(StorageFullError, match=r"0\.3 MB are free"):
        make_prefect_home()
