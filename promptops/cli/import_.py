"""``promptops import``."""

from pathlib import Path

import click

from promptops.cli.lazy import Cli
from promptops.cli.options import PATH, common, reports, watching
from promptops.cli.output import emit_json, emit_text

_SHOWN = 10
_MOST = 20_000


@click.command
@click.argument("source", metavar="FILE|FOLDER", type=PATH)
@click.option("--into", type=PATH, metavar="DIR", help="The workspace; made when there is none.")
@click.option("--text-column", metavar="NAME", help="Column with the prompt; else guessed.")
@click.option("--id-column", metavar="NAME", help="Column with the name; else guessed.")
@click.option("--area", default="imported", show_default=True, help="Folder for the prompts.")
@click.option("--license", "license_", metavar="SPDX", help="License of all of them.")
@click.option("--yes", is_flag=True, help=f"Take a folder of more than {_MOST:,} texts too.")
@reports()
@common
@click.pass_obj
def command(
    cli: Cli,
    source: Path,
    into: Path | None,
    text_column: str | None,
    id_column: str | None,
    area: str,
    license_: str | None,
    yes: bool,
    format_: str,
) -> None:
    """Make prompts out of a collection: CSV, TSV, JSON Lines or a folder of texts.

    Texts are taken word for word. Prompty, Dotprompt and GitHub Models files keep their roles,
    variables and parameters; one that says what our files cannot say is skipped. Nothing is
    overwritten, and importing again changes nothing.
    """
    from promptops.config.starting import start_workspace
    from promptops.prompts.importing import import_collection

    _refuse_whole_disks(source)
    folder, is_new = _workspace(cli, into)
    watch = watching(cli)
    found = import_collection(
        source,
        folder / "prompt_registry" / "prompts",
        text_column=text_column,
        id_column=id_column,
        area=area,
        license=license_,
        most=None if yes else _MOST,
        progress=lambda done: watch.tell("import", done, 0),
    )
    watch.close()
    if is_new:
        start_workspace(folder, bare=True)
    if format_ == "json":
        emit_json(
            {
                "workspace": str(folder),
                "imported": found.imported,
                "skipped": [{"where": where, "reason": why} for where, why in found.skipped],
                "files": [str(path) for path in found.files],
                "kept": [str(path) for path in found.kept],
                "literal": found.literal,
            }
        )
        return
    emit_text(f"{found.imported:,} prompts are in {folder / 'prompt_registry/prompts' / area}")
    if found.skipped:
        emit_text(f"{len(found.skipped):,} rows were not imported:")
        for where, why in found.skipped[:_SHOWN]:
            emit_text(f"  {where}: {why}")
        if len(found.skipped) > _SHOWN:
            emit_text(f"  and {len(found.skipped) - _SHOWN:,} more: --format json lists them")
    if found.kept:
        emit_text(
            "Files are never overwritten. Where the collection is right, delete the file and "
            "import again."
        )
    if found.literal:
        watch.remark(
            f"{found.literal:,} of the texts have what looks like {{{{ variables }}}}: it is kept "
            "as plain text, nothing is filled in. Declare variables by hand where you want them."
        )
    here = "" if into is None else f"-w {into} "
    watch.remark(f"Look at them: promptops {here}lint --html lint.html")


def _refuse_whole_disks(source: Path) -> None:
    """Refuse the folders that nobody means: the root of the disk and the home folder.

    Raises:
        UsageError: It is one of them.
    """
    from promptops.errors import UsageError

    place = source.expanduser().resolve()
    if place in (Path(place.anchor), Path.home().resolve()):
        raise UsageError(
            "this folder holds everything there is", where=str(source), hint="name one below it"
        )


def _workspace(cli: Cli, into: Path | None) -> tuple[Path, bool]:
    """The workspace to import into, and whether it is yet to be made."""
    from promptops.config import find_workspace
    from promptops.errors import WorkspaceNotFoundError

    if into is None:
        return find_workspace(cli.workspace).root, False
    try:
        return find_workspace(into).root, False
    except WorkspaceNotFoundError:
        return into.expanduser().resolve(), True
