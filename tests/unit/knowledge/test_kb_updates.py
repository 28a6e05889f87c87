import json
from datetime import UTC, datetime

import pytest

from promptops.errors import CorruptStoreError, KnowledgeBaseError, StorageError
from promptops.knowledge import updates
from promptops.knowledge.kb import load_kb
from promptops.knowledge.snapshots import SnapshotStore
from promptops.knowledge.updates import apply_update


def write(folder, **files):
    for name, text in files.items():
        path = folder / name.replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.fixture
def kb(tmp_path):
    return write(
        tmp_path / "kb" / "shop",
        kb_yaml='name: shop\nlabel: "2026-06"\n',
        a_md="# A\nOne.\n",
        b_md="# B\nTwo.\n",
        c_md="# C\nThree.\n",
    )


@pytest.fixture
def update(tmp_path):
    return write(
        tmp_path / "updates" / "2026-11",
        kb_yaml='name: shop\nlabel: "2026-11"\n',
        b_md="# B\nTwo, changed.\n",
        d_md="# D\nFour.\n",
        REMOVED="# gone for good\nc.md\n",
    )


@pytest.fixture
def snapshots(tmp_path):
    moments = iter(datetime(2026, 11, 22, 12, minute, tzinfo=UTC) for minute in range(60))
    store = SnapshotStore(tmp_path / "state" / "kb", clock=lambda: next(moments))
    yield store
    store.close()


def contents(folder):
    return {path.name: path.read_text() for path in sorted(folder.iterdir())}


AFTER = {
    "a.md": "# A\nOne.\n",
    "b.md": "# B\nTwo, changed.\n",
    "d.md": "# D\nFour.\n",
    "kb.yaml": 'name: shop\nlabel: "2026-11"\n',
}


def test_an_update_brings_the_folder_to_the_new_version(kb, update, snapshots):
    before = load_kb(kb)
    done = apply_update(kb, update, snapshots=snapshots)
    assert contents(kb) == AFTER
    assert (done.old.version, done.new) == (before.version, load_kb(kb))
    assert (done.diff.added, done.diff.removed, done.diff.changed) == (
        ("d.md",),
        ("c.md",),
        ("b.md",),
    )


def test_both_versions_can_be_loaded_afterwards(kb, update, snapshots):
    before = load_kb(kb)
    done = apply_update(kb, update, snapshots=snapshots)
    assert snapshots.load("shop", before.version) == before
    assert snapshots.load("shop", "2026-06") == before
    assert snapshots.load("shop", "2026-11") == done.new
    assert [known.label for known in snapshots.versions("shop")] == ["2026-06", "2026-11"]


def test_applying_again_changes_nothing(kb, update, snapshots):
    apply_update(kb, update, snapshots=snapshots)
    times = {path: path.stat().st_mtime_ns for path in kb.glob("*.md")}
    again = apply_update(kb, update, snapshots=snapshots)
    assert again.diff.is_empty
    assert {path: path.stat().st_mtime_ns for path in kb.glob("*.md")} == times
    assert len(snapshots.versions("shop")) == 2


@pytest.mark.parametrize("stop_before", ["b.md", "d.md", "kb.yaml"])
def test_an_update_that_was_cut_off_is_noticed_and_finished(
    kb, update, snapshots, monkeypatch, stop_before
):
    before = load_kb(kb)
    write_atomic = updates.write_atomic

    def full(path, data):
        if path.name == stop_before:
            raise StorageError("the disk went away", where=str(path))
        write_atomic(path, data)

    monkeypatch.setattr(updates, "write_atomic", full)
    with pytest.raises(StorageError):
        apply_update(kb, update, snapshots=snapshots)
    monkeypatch.undo()
    with pytest.raises(KnowledgeBaseError, match="interrupted"):
        load_kb(kb)
    done = apply_update(kb, update, snapshots=snapshots)
    assert contents(kb) == AFTER
    assert done.old == before
    assert [known.label for known in snapshots.versions("shop")] == ["2026-06", "2026-11"]


def test_another_update_waits_for_the_interrupted_one(kb, update, snapshots):
    (kb / ".update.json").write_text(json.dumps({"label": "2026-09", "from": "sha256:00"}))
    with pytest.raises(KnowledgeBaseError, match=r"2026-09.*comes first"):
        apply_update(kb, update, snapshots=snapshots)


REFUSED = {
    "an update for another knowledge base": (
        {"kb_yaml": "name: other\nlabel: x\n"},
        'is for "other", not "shop"',
    ),
    "a removal of what is not there": ({"REMOVED": "cc.md\n"}, '"cc.md" is to be removed'),
    "a removal outside the folder": ({"REMOVED": "a.md\n../x.md\n"}, "REMOVED:2"),
    "a removal of what is no document": ({"REMOVED": "kb.yaml\n"}, "no path of a document"),
}


@pytest.mark.parametrize(("files", "message"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_update_changes_nothing(kb, update, snapshots, files, message):
    before = contents(kb)
    write(update, **files)
    with pytest.raises(KnowledgeBaseError, match=message):
        apply_update(kb, update, snapshots=snapshots)
    assert contents(kb) == before


def test_a_snapshot_is_taken_once(kb, snapshots):
    first = snapshots.save(load_kb(kb))
    assert snapshots.save(load_kb(kb)) == first
    write(kb, kb_yaml="name: shop\nlabel: renamed\n")
    renamed = snapshots.save(load_kb(kb))
    assert (renamed.version, renamed.saved_at, renamed.label) == (
        first.version,
        first.saved_at,
        "renamed",
    )
    assert snapshots.versions("shop") == (renamed,)


def test_an_unknown_version_lists_the_known_ones(kb, snapshots):
    with pytest.raises(KnowledgeBaseError, match="kb snapshot"):
        snapshots.load("shop", "2025-01")
    snapshots.save(load_kb(kb))
    with pytest.raises(KnowledgeBaseError, match=r"known: 2026-06 \(sha256:"):
        snapshots.load("shop", "2025-01")


def test_a_damaged_snapshot_is_told(kb, snapshots, tmp_path):
    saved = snapshots.save(load_kb(kb))
    (path,) = (tmp_path / "state" / "kb" / "shop").glob("*.json")
    whole = path.read_text()
    record = json.loads(whole)
    record["documents"]["a.md"] = "sha256:" + "0" * 64
    path.write_text(json.dumps(record))
    with pytest.raises(CorruptStoreError, match=r'"a\.md" is lost'):
        snapshots.load("shop", saved.version)
    path.write_text(whole[:50])
    with pytest.raises(CorruptStoreError, match="cannot be read"):
        snapshots.versions("shop")
