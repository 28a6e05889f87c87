"""``promptops kb``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptops.cli.broken import end_with
from promptops.cli.destination import NEW_FOLDER
from promptops.cli.lazy import Cli
from promptops.cli.measures import measured, write_metrics, write_plot
from promptops.cli.options import common, open_workspace, reports, watching
from promptops.cli.output import emit_json, emit_table, emit_text
from promptops.core.counting import counted
from promptops.errors import KnowledgeBaseError, PromptOpsError

if TYPE_CHECKING:
    from promptops.knowledge.diff import KBDiff
    from promptops.knowledge.kb import KnowledgeBase
    from promptops.wiring import Services


@click.group
def command() -> None:
    """List, snapshot, compare, update and index knowledge bases."""


@command.command("list")
@reports()
@common
@click.pass_obj
def list_(cli: Cli, format_: str) -> None:
    """List the knowledge bases with their versions."""
    from promptops.knowledge.chunking import chunk_kb

    services = open_workspace(cli)
    rows = []
    kbs, broken = _readable(services, ())
    for name, kb in kbs.items():
        rows.append(
            {
                "name": kb.name,
                "label": kb.label,
                "version": kb.version,
                "documents": len(kb.documents),
                "chunks": len(chunk_kb(kb)),
                "snapshots": len(services.snapshots.versions(name)),
                "title": kb.title,
            }
        )
    if format_ == "json":
        emit_json(rows)
    else:
        headers = ("name", "label", "version", "documents", "chunks", "snapshots", "title")
        shown = [[*row.values()] for row in rows]
        for row in shown:
            row[2] = _short(str(row[2]))
        emit_table(shown, headers, right=(3, 4, 5))
    end_with(broken)


@command.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@reports()
@common
@click.pass_obj
def snapshot(cli: Cli, names: tuple[str, ...], format_: str) -> None:
    """Keep the present version, so that a later one can be compared with it."""
    services = open_workspace(cli)
    kbs, broken = _readable(services, names)
    kept = {name: services.snapshots.save(kb) for name, kb in kbs.items()}
    if format_ == "json":
        emit_json(
            [
                {
                    "name": name,
                    "label": each.label,
                    "version": each.version,
                    "documents": each.documents,
                }
                for name, each in kept.items()
            ]
        )
    else:
        for name, each in kept.items():
            documents = counted(each.documents, "document")
            emit_text(f"{name} {each.label} {_short(each.version)}: {documents} kept")
    end_with(broken)


@command.command()
@click.argument("name")
@click.argument("old", required=False)
@click.argument("new", required=False)
@reports()
@common
@click.pass_obj
def diff(cli: Cli, name: str, old: str | None, new: str | None, format_: str) -> None:
    """Compare two versions of NAME.

    OLD and NEW are labels or versions that were kept; by default the newest kept version that is
    not the present one, and the files as they are now.
    """
    from promptops.knowledge.diff import diff_kb

    services = open_workspace(cli)
    after = services.snapshots.load(name, new) if new else services.knowledge(name)
    if old is None:
        kept = [s for s in services.snapshots.versions(name) if s.version != after.version]
        if not kept:
            raise KnowledgeBaseError(
                f'there is no other version of "{name}" to compare with',
                hint="keep one with `promptops kb snapshot` before changing documents",
            )
        old = kept[-1].version
    before = services.snapshots.load(name, old)
    _show_diff(before, after, diff_kb(before, after), format_)


@command.command()
@click.argument("name")
@click.argument("update", metavar="LABEL|FOLDER")
@reports()
@common
@click.pass_obj
def update(cli: Cli, name: str, update: str, format_: str) -> None:
    """Bring NAME to the state of an update.

    An update lies in datasets/kb_updates/NAME/LABEL or in any FOLDER: new and changed documents, a
    kb.yaml with the new label, and REMOVED with the paths of documents that go. The old version is
    kept first.
    """
    from promptops.knowledge.updates import apply_update

    services = open_workspace(cli)
    _names(services, (name,))
    known = services.workspace.datasets / "kb_updates" / name
    folder = Path(update) if Path(update).is_dir() else known / update
    if not folder.is_dir():
        there = sorted(path.name for path in known.glob("*") if path.is_dir())
        raise KnowledgeBaseError(
            "no such update",
            where=str(folder),
            hint=f"there are: {', '.join(there)}" if there else "name its folder",
        )
    done = apply_update(services.workspace.kb / name, folder, snapshots=services.snapshots)
    _show_diff(done.old, done.new, done.diff, format_)


@command.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--out", type=NEW_FOLDER, metavar="DIR", help="Where; else derived/index.")
@measured
@reports()
@common
@click.pass_obj
def build(
    cli: Cli,
    names: tuple[str, ...],
    out: Path | None,
    metrics: Path | None,
    plot: Path | None,
    format_: str,
) -> None:
    """Chunk, embed and index knowledge bases into OUT/NAME; only new chunks are embedded."""
    from promptops.knowledge.index import KBIndex

    watch = watching(cli)
    services = open_workspace(cli, watch=watch)
    folder = out or services.workspace.root / "derived" / "index"
    rows = []
    kbs, broken = _readable(services, names)
    for name, kb in kbs.items():
        index = KBIndex.build(kb, services.embedder, folder / name)
        rows.append((name, kb.label, len(kb.documents), len(index.chunks), index.fingerprint))
    watch.close()
    headers = ("name", "label", "documents", "chunks", "fingerprint")
    write_metrics(metrics, {row[0]: {"documents": row[2], "chunks": row[3]} for row in rows})
    write_plot(plot, headers[:4], [row[:4] for row in rows])
    if format_ == "json":
        emit_json([dict(zip(headers, row, strict=True)) for row in rows])
    else:
        emit_table([(*row[:4], _short(row[4])) for row in rows], headers, right=(2, 3))
    end_with(broken)


def _names(services: "Services", names: Sequence[str]) -> list[str]:
    """The knowledge bases named, every one when none are.

    Raises:
        KnowledgeBaseError: There is none of a name.
    """
    from promptops.core.suggest import did_you_mean

    folder = services.workspace.kb
    known = sorted(path.name for path in folder.glob("*") if path.is_dir())
    for name in names:
        if name not in known:
            raise KnowledgeBaseError(
                f'no knowledge base is called "{name}"',
                where=str(folder),
                hint=did_you_mean(name, known) or f"there are: {', '.join(known) or 'none'}",
            )
    return [*names] or known


def _readable(
    services: "Services", names: Sequence[str]
) -> "tuple[dict[str, KnowledgeBase], list[PromptOpsError]]":
    """The knowledge bases named (every one when none are), and what is wrong with the others."""
    found: dict[str, KnowledgeBase] = {}
    broken: list[PromptOpsError] = []
    for name in _names(services, names):
        try:
            found[name] = services.knowledge(name)
        except KnowledgeBaseError as problem:
            broken.append(problem)
    return found, broken


def _show_diff(old: "KnowledgeBase", new: "KnowledgeBase", found: "KBDiff", format_: str) -> None:
    if format_ == "json":
        emit_json(
            {
                "name": new.name,
                "old": {"label": old.label, "version": old.version},
                "new": {"label": new.label, "version": new.version},
                **found.to_json(),
            }
        )
        return
    emit_text(f"{new.name}: {old.label} {_short(old.version)} -> {new.label} {_short(new.version)}")
    for word, paths in (
        ("added", found.added),
        ("removed", found.removed),
        ("changed", found.changed),
    ):
        for path in paths:
            emit_text(f"  {word:8} {path}")
    if found.is_empty:
        emit_text("  no document differs")
    emit_text(
        f"  chunks: {len(found.chunks_added)} new, {len(found.chunks_removed)} gone, "
        f"{found.chunks_kept} kept"
    )


def _short(version: str) -> str:
    return version.removeprefix("sha256:")[:12]
