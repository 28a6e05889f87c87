"""Files and stores: whole or untouched, shared by processes, and clear when they fail."""

import multiprocessing
import os
import resource
import sqlite3
import stat
from pathlib import Path

import pytest

from promptops.core.files import read_text, write_atomic
from promptops.core.store import BlobStore
from promptops.errors import (
    CorruptStoreError,
    InputError,
    ReadOnlyWorkspaceError,
    StorageError,
    StorageFullError,
)


def test_a_failed_write_leaves_the_old_bytes_and_no_litter(tmp_path):
    target = tmp_path / "file.txt"
    write_atomic(target, "old")
    child = multiprocessing.get_context("fork").Process(
        target=_write_with_a_small_disk, args=(target,)
    )
    child.start()
    child.join()
    assert child.exitcode == 0
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]


def _write_with_a_small_disk(target):
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    with pytest.raises(StorageFullError):
        write_atomic(target, "x" * 5000)


def test_a_link_stays_a_link_and_what_it_points_at_is_written(tmp_path):
    (tmp_path / "real").mkdir()
    for name in ("there.txt", "dangling.txt"):
        link = tmp_path / name
        link.symlink_to(tmp_path / "real" / name)
        for text in ("first", "second"):
            write_atomic(link, text)
            assert link.is_symlink()
            assert (tmp_path / "real" / name).read_text() == text


def test_devices_and_pipes_are_written_to_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_atomic(pipe, "through")
    assert os.read(reader, 100) == b"through"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    with pytest.raises(StorageFullError):
        write_atomic(Path("/dev/full"), "x")
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)
    with pytest.raises(StorageError, match="directory"):
        write_atomic(tmp_path, "x")


def test_a_folder_that_is_a_file_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="file"):
        write_atomic(tmp_path / "file" / "below.txt", "x")


def test_text_that_is_not_utf8_names_the_byte(tmp_path):
    path = tmp_path / "latin.txt"
    path.write_bytes(b"caf\xe9")
    with pytest.raises(InputError, match=r"byte 3 is 0xe9"):
        read_text(path)


def test_the_first_value_stays_and_many_keys_are_found(tmp_path):
    store = BlobStore(tmp_path / "deep" / "cache.db")
    store.put_many({f"k{i}": str(i).encode() for i in range(1200)})
    store.put("k0", b"other")
    assert store.get("k0") == b"0"
    assert store.get("none") is None
    assert len(store.get_many(f"k{i}" for i in range(2000))) == 1200


def test_several_processes_write_one_store(tmp_path):
    context = multiprocessing.get_context("spawn")
    path = tmp_path / "cache.db"
    writers = [context.Process(target=_fill, args=(path, n)) for n in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert all(writer.exitcode == 0 for writer in writers)
    assert len(BlobStore(path).get_many(f"{n}-{i}" for n in range(3) for i in range(50))) == 150


def _fill(path, n):
    store = BlobStore(path)
    for i in range(50):
        store.put(f"{n}-{i}", b"x")


def test_a_damaged_database_says_so(tmp_path):
    path = tmp_path / "cache.db"
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(CorruptStoreError, match=r"cache\.db.*damaged.*move the file away"):
        BlobStore(path).get("x")


def test_a_store_that_cannot_be_written_to_says_so(tmp_path):
    path = tmp_path / "cache.db"
    BlobStore(path).put("a", b"1")
    locked = BlobStore(path)
    locked.get("a")
    locked._connection.execute("PRAGMA query_only=ON")
    with pytest.raises(ReadOnlyWorkspaceError):
        locked.put("b", b"2")
    assert sqlite3.connect(path).execute("SELECT count(*) FROM blob").fetchone() == (1,)
