"""Applying an update to a knowledge base.

    datasets/kb_updates/<name>/<label>/kb.yaml     same name, the new label
    datasets/kb_updates/<name>/<label>/**/*.md     documents that are new or different
    datasets/kb_updates/<name>/<label>/REMOVED     paths of documents that go, one a line

The old version is kept as a snapshot first. Files change one by one, each whole; a journal marks
the knowledge base as half-updated meanwhile, so a killed update is noticed, and applying it again
finishes it.
"""

import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from promptops.core.files import read_text, storage_refusals, write_atomic
from promptops.errors import KnowledgeBaseError
from promptops.knowledge.diff import KBDiff, diff_kb
from promptops.knowledge.kb import (
    JOURNAL,
    KB_FILE,
    KnowledgeBase,
    document_paths,
    load_kb,
    load_settings,
)
from promptops.knowledge.snapshots import SnapshotStore

REMOVED = "REMOVED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What an update did: the knowledge base before and after, and the difference."""

    old: KnowledgeBase
    new: KnowledgeBase
    diff: KBDiff


def apply_update(kb_folder: Path, update_folder: Path, *, snapshots: SnapshotStore) -> Update:
    """Bring a knowledge base to the state that an update describes.

    Applying an update that is in place already changes nothing.

    Raises:
        KnowledgeBaseError: Either folder is broken, the update is for another knowledge base,
            ``REMOVED`` names what is not there, or another update was left half-done.
        StorageError: The disk refuses; applying again finishes.
    """
    settings = load_settings(update_folder)
    current = load_settings(kb_folder)
    if settings.name != current.name:
        raise KnowledgeBaseError(
            f'this update is for "{settings.name}", not "{current.name}"', where=str(update_folder)
        )
    old = _begin(kb_folder, settings.label, snapshots)
    texts = {
        path.relative_to(update_folder).as_posix(): read_text(path, KnowledgeBaseError)
        for path in document_paths(update_folder)
    }
    removed = _removed(update_folder)
    if old.label != settings.label:
        _check_removed(removed, old, update_folder / REMOVED)
    journal = kb_folder / JOURNAL
    write_atomic(journal, json.dumps({"label": settings.label, "from": old.version}) + "\n")
    for name, text in texts.items():
        path = kb_folder / name
        if not path.exists() or read_text(path, KnowledgeBaseError) != text:
            write_atomic(path, text)
    with storage_refusals(kb_folder):
        for name in removed:
            (kb_folder / name).unlink(missing_ok=True)
    write_atomic(kb_folder / KB_FILE, read_text(update_folder / KB_FILE, KnowledgeBaseError))
    with storage_refusals(journal):
        journal.unlink()
    new = load_kb(kb_folder)
    snapshots.save(new)
    return Update(old=old, new=new, diff=diff_kb(old, new))


def _begin(kb_folder: Path, label: str, snapshots: SnapshotStore) -> KnowledgeBase:
    """The version before the update, from a snapshot when a killed one left the folder mixed."""
    journal = kb_folder / JOURNAL
    if not journal.exists():
        old = load_kb(kb_folder)
        snapshots.save(old)
        return old
    try:
        record = json.loads(read_text(journal, KnowledgeBaseError))
        left, version = str(record["label"]), str(record["from"])
    except (ValueError, KeyError, TypeError) as problem:
        raise KnowledgeBaseError(
            "this journal of an interrupted update is damaged",
            where=str(journal),
            hint="restore the folder from version control and delete the journal",
        ) from problem
    if left != label:
        raise KnowledgeBaseError(
            f'the update to "{left}" was interrupted and comes first', where=str(kb_folder)
        )
    return snapshots.load(load_settings(kb_folder).name, version)


def _removed(update_folder: Path) -> tuple[str, ...]:
    path = update_folder / REMOVED
    if not path.exists():
        return ()
    names = []
    for number, line in enumerate(read_text(path, KnowledgeBaseError).splitlines(), start=1):
        name = line.strip()
        if not name or name.startswith("#"):
            continue
        pure = PurePosixPath(name)
        if pure.is_absolute() or ".." in pure.parts or pure.suffix != ".md":
            raise KnowledgeBaseError(f'"{name}" is no path of a document', where=f"{path}:{number}")
        names.append(pure.as_posix())
    return tuple(names)


def _check_removed(removed: tuple[str, ...], old: KnowledgeBase, where: Path) -> None:
    for name in removed:
        if old.document(name) is None:
            raise KnowledgeBaseError(
                f'"{name}" is to be removed but is not there', where=str(where)
            )
