"""``promptops pack``."""

from collections import Counter
from pathlib import Path

import click

from promptops.cli.broken import end_with
from promptops.cli.destination import NEW_FOLDER
from promptops.cli.lazy import Cli
from promptops.cli.measures import measured, write_metrics, write_plot
from promptops.cli.options import PATH, common, open_workspace, reports
from promptops.cli.output import emit_json, emit_table, emit_text


@click.group
def command() -> None:
    """Build, verify, list and export packs."""


@command.command("list")
@reports()
@common
@click.pass_obj
def list_(cli: Cli, format_: str) -> None:
    """List the packs that this workspace defines, and what became of those that are built.

    A built pack is a candidate, incomplete, or damaged: no longer what its manifest says.
    """
    from promptops.operations.packing import packs_folder
    from promptops.packs.loading import load_definitions
    from promptops.packs.verify import status_of

    services = open_workspace(cli)
    folder = packs_folder(services)
    rows = [
        {
            "id": item.id,
            "version": item.version,
            "prompts": ", ".join(item.prompts),
            "built": built is not None,
            "status": built,
            "title": item.title,
        }
        for item in load_definitions(services.workspace.packs)
        for built in (status_of(folder / f"{item.id}-{item.version}"),)
    ]
    if format_ == "json":
        emit_json(rows)
    else:
        shown = [
            (r["id"], r["version"], r["prompts"], r["status"] or "no", r["title"]) for r in rows
        ]
        emit_table(shown, ("pack", "version", "prompts", "built", "title"))


@command.command()
@click.argument("pack", required=False, default="")
@click.option("--out", type=NEW_FOLDER, metavar="DIR", help="Where; else the state folder.")
@click.option("--exit-zero", is_flag=True, help="End with 0 even when a need is not met.")
@measured
@reports()
@common
@click.pass_obj
def build(
    cli: Cli,
    pack: str,
    out: Path | None,
    exit_zero: bool,
    metrics: Path | None,
    plot: Path | None,
    format_: str,
) -> None:
    """Build PACK with its evidence; the same inputs give the same bytes.

    Ends with 1 when a need of the definition is not met: the pack is built, and marked incomplete.
    So it is when a file that it selects cannot be read: that is named, and the command ends with 2.
    """
    from promptops.operations.packing import build_candidate

    services = open_workspace(cli)
    built = build_candidate(services, pack, out=out)
    unmet = Counter(item.prompt_id for item in built.unmet)
    prompts = [str(entry["id"]) for entry in built.manifest["prompts"]]
    write_metrics(
        metrics,
        {
            "prompts": len(prompts),
            "unmet": len(built.unmet),
            "bytes": built.archive.stat().st_size,
        },
    )
    write_plot(plot, ("prompt", "unmet"), [(prompt, unmet[prompt]) for prompt in prompts])
    if format_ == "json":
        emit_json(
            {
                "name": built.name,
                "status": built.status,
                "digest": built.digest,
                "folder": str(built.path),
                "archive": str(built.archive),
                "unmet": [{"prompt": item.prompt_id, "need": item.need} for item in built.unmet],
            }
        )
    else:
        emit_text(f"{built.name}: {built.status}")
        emit_text(f"  {built.digest}")
        emit_text(f"  {built.archive}")
        for item in built.unmet:
            emit_text(f"  {item.prompt_id}: {item.need}")
    end_with(built.broken)
    if built.status != "candidate" and not exit_zero:
        click.get_current_context().exit(1)


@command.command()
@click.argument("path", type=PATH)
@click.option("--digest", metavar="SHA256", help="The digest that the pack must have.")
@reports()
@common
def verify(path: Path, digest: str | None, format_: str) -> None:
    """Verify a pack folder or archive: every byte, and that each prompt is what was measured.

    Needs no workspace. Ends with 1 when something is wrong.
    """
    from promptops.packs.verify import verify_pack

    found = verify_pack(path, expected_digest=digest)
    if format_ == "json":
        emit_json({"ok": found.ok, "digest": found.digest, "problems": list(found.problems)})
    else:
        emit_text(f"{path}: {'ok' if found.ok else 'NOT OK'} {found.digest}")
        for problem in found.problems:
            emit_text(f"  {problem}")
    if not found.ok:
        click.get_current_context().exit(1)


@command.command()
@click.argument("path", type=PATH)
@click.argument("target", type=PATH)
@common
def export(path: Path, target: Path) -> None:
    """Write the prompt files of a pack into the folder TARGET, after verifying it.

    Nothing is overwritten: a file that is there and differs stops the export before it begins, and
    so does, in a registry, a prompt whose id another file has.
    """
    from promptops.packs.export import export_pack

    for file in export_pack(path, target, registry=_registry(target)):
        emit_text(str(file))


def _registry(target: Path) -> Path | None:
    """The prompt folder of the workspace that a place lies in; None outside of one."""
    from promptops.config import find_workspace
    from promptops.errors import WorkspaceNotFoundError

    try:
        return find_workspace(start=target, environment={}).prompts
    except WorkspaceNotFoundError:
        return None
