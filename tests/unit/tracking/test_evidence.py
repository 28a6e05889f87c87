import multiprocessing
import os
import resource
import signal
import sqlite3
import sys
import threading
from contextlib import closing, nullcontext
from datetime import UTC, datetime

import pytest

from promptops.errors import CorruptStoreError, ReadOnlyWorkspaceError, StorageFullError
from promptops.tracking.evidence import Evidence, EvidenceStore

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
FORK = multiprocessing.get_context("fork")


def fact(subject="sha256:aa", kind="score", value=1.0, **inputs):
    return Evidence(
        subject=subject,
        kind=kind,
        inputs=inputs,
        value=value,
        measured_at=NOON,
        code_version="0.1.0",
    )


@pytest.fixture
def store(tmp_path):
    store = EvidenceStore(tmp_path / "state" / "evidence.db")
    yield store
    store.close()


def test_what_was_measured_is_found_by_exactly_its_inputs(store):
    known = fact(value={"mean": 0.5, "cases": [1, None, "ü"]}, model="m1", golden="g1")
    store.add(known)
    assert store.find("sha256:aa", "score", {"golden": "g1", "model": "m1"}) == known
    for inputs in ({"model": "m1"}, {"model": "m2", "golden": "g1"}, {}):
        assert store.find("sha256:aa", "score", inputs) is None
    assert store.find("sha256:aa", "lint", {"golden": "g1", "model": "m1"}) is None
    assert store.find("sha256:bb", "score", {"golden": "g1", "model": "m1"}) is None


def test_the_first_measurement_stays(store):
    store.add(fact(value=1, model="m"))
    store.add(fact(value=2, model="m"))
    assert [known.value for known in store.for_subject("sha256:aa")] == [1]


def test_facts_are_listed_in_the_order_they_came(store):
    store.add_many([fact(value=1, m="1"), fact(value=2, m="2"), fact(kind="lint", value=3)])
    store.add(fact(subject="sha256:bb", value=4))
    assert [known.value for known in store.for_subject("sha256:aa")] == [1, 2, 3]
    assert [known.value for known in store.for_subject("sha256:aa", "score")] == [1, 2]
    assert [known.value for known in store.of_kind("score")] == [1, 2, 4]
    assert store.latest("score").value == 4
    assert store.latest("score", "sha256:aa").value == 2
    assert store.latest("optimize") is None


def test_several_facts_are_kept_together_or_not_at_all(store):
    with pytest.raises(ValueError, match="JSON has no nan"):
        store.add_many([fact(value=1), fact(kind="lint", value=float("nan"))])
    assert store.for_subject("sha256:aa") == ()


def test_asking_makes_no_file(tmp_path):
    assert EvidenceStore(tmp_path / "none" / "evidence.db").latest("score") is None
    assert list(tmp_path.iterdir()) == []


FORBIDDEN = {
    "an update": "UPDATE evidence SET value = '0'",
    "a deletion": "DELETE FROM evidence",
    "a replacement by key": "REPLACE INTO evidence SELECT NULL, key, subject, kind, inputs, '0',"
    " measured_at, code_version FROM evidence",
    "a replacement by number": "REPLACE INTO evidence SELECT seq, 'other', subject, kind, inputs,"
    " '0', measured_at, code_version FROM evidence",
}


@pytest.mark.parametrize("statement", FORBIDDEN.values(), ids=FORBIDDEN)
def test_the_database_itself_refuses(store, tmp_path, statement):
    store.add(fact(value=7))
    other = sqlite3.connect(tmp_path / "state" / "evidence.db", isolation_level=None)
    # A replacement is passed over in silence, like a second measurement; the others are errors.
    expected = (
        nullcontext()
        if statement.startswith("REPLACE")
        else pytest.raises(sqlite3.IntegrityError, match="append-only")
    )
    with closing(other), expected:
        other.execute(statement)
    assert [known.value for known in store.for_subject("sha256:aa")] == [7]


def test_threads_share_a_store(store):
    def work(number):
        for step in range(20):
            store.add(fact(value=number, step=str(step), worker=str(number % 4)))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.for_subject("sha256:aa")) == 4 * 20


def test_processes_write_at_the_same_time(store, tmp_path):
    store.add(fact(kind="lint", value=0))  # open here: the children must not use this connection

    def work(number):
        own = EvidenceStore(tmp_path / "state" / "evidence.db")
        for step in range(40):
            own.add(fact(value=step, step=str(step)))
            store.add(fact(value=step, step=str(step), worker=str(number)))

    children = [FORK.Process(target=work, args=(n,)) for n in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0] * 4
    assert len(store.for_subject("sha256:aa", "score")) == 40 + 4 * 40


def test_a_killed_writer_loses_nothing_it_had_written(store):
    def work():
        for step in range(1000):
            store.add(fact(value=step, step=str(step)))
            if step == 25:
                os.kill(os.getpid(), signal.SIGKILL)

    child = FORK.Process(target=work)
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    assert [known.value for known in store.for_subject("sha256:aa")] == list(range(26))
    store.add(fact(value=26, step="26"))
    assert store.latest("score").value == 26


DAMAGE = {
    "text instead of a database": lambda path: path.write_bytes(b"not a database at all " * 100),
    "a page overwritten": lambda path: path.write_bytes(
        path.read_bytes()[:4096] + b"\xff" * 4096 + path.read_bytes()[8192:]
    ),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_database_says_what_to_do(store, tmp_path, damage):
    for number in range(200):
        store.add(fact(value="x" * 500, step=str(number)))
    store.close()
    path = tmp_path / "state" / "evidence.db"
    damage(path)
    with pytest.raises(CorruptStoreError, match="move the file") as caught:
        EvidenceStore(path).for_subject("sha256:aa")
    assert caught.value.where == str(path)


def test_a_full_disk_is_told_and_what_was_kept_stays(store):
    store.add(fact(value="small"))

    def work(answers):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
        try:
            for number in range(100):
                store.add(fact(value="x" * 5000, step=str(number)))
        except StorageFullError as problem:
            answers.send(str(problem))

    here, there = FORK.Pipe()
    child = FORK.Process(target=work, args=(there,))
    child.start()
    there.close()
    assert "no space" in here.recv()
    child.join()
    assert store.for_subject("sha256:aa")[0].value == "small"


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder nobody can write to")
def test_a_place_that_cannot_be_written_to_is_told(tmp_path):
    from pathlib import Path

    with pytest.raises(ReadOnlyWorkspaceError):
        EvidenceStore(Path("/proc/evidence.db")).add(fact())
