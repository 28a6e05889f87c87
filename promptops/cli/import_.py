"""``promptops import``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptops.cli.lazy import Cli
from promptops.cli.options import PATH, common, reports, watching
from promptops.cli.output import emit_json, emit_text

if TYPE_CHECKING:
    from promptops.prompts.importing import ImportReport

_SHOWN = 10
_MOST = 20_000
_PROMPTFOO = "promptfoo"


@click.command
@click.argument("sources", metavar="[promptfoo] FILE|FOLDER", nargs=-1, required=True, type=PATH)
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
    sources: tuple[Path, ...],
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
    variables and parameters; one that says what our files cannot say is skipped. A promptfoo
    configuration (promptfooconfig.yaml) gives its tests too, as golden sets that the prompts are
    evaluated on. Nothing is overwritten, and importing again changes nothing.
    """
    from promptops.config.starting import start_workspace
    from promptops.prompts.formats.promptfoo import is_promptfoo
    from promptops.prompts.importing import import_collection

    source, said = _source(sources)
    _refuse_whole_disks(source)
    folder, is_new = _workspace(cli, into)
    watch = watching(cli)
    if said or is_promptfoo(source):
        _refuse_columns(text_column, id_column)
        _promptfoo(cli, source, folder, is_new, area, license_, format_)
        return
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
        emit_json(_as_json(found, folder))
        return
    _tell(found, folder, area)
    if found.literal:
        watch.remark(
            f"{found.literal:,} of the texts have what looks like {{{{ variables }}}}: it is kept "
            "as plain text, nothing is filled in. Declare variables by hand where you want them."
        )
    here = "" if into is None else f"-w {into} "
    watch.remark(f"Look at them: promptops {here}lint --html lint.html")


def _as_json(found: "ImportReport", folder: Path) -> dict[str, object]:
    return {
        "workspace": str(folder),
        "imported": found.imported,
        "skipped": [{"where": where, "reason": why} for where, why in found.skipped],
        "files": [str(path) for path in found.files],
        "kept": [str(path) for path in found.kept],
        "literal": found.literal,
    }


def _tell(found: "ImportReport", folder: Path, area: str) -> None:
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


def _promptfoo(
    cli: Cli,
    source: Path,
    folder: Path,
    is_new: bool,
    area: str,
    license_: str | None,
    format_: str,
) -> None:
    """Import a promptfoo configuration and tell what became of it."""
    from promptops.config.starting import start_workspace
    from promptops.operations.promptfoo import import_promptfoo

    found = import_promptfoo(source, folder, area=area, license=license_)
    if is_new:
        start_workspace(folder, bare=True)
    if format_ == "json":
        told = _as_json(found.prompts, folder)
        told |= {
            "kept": [str(path) for path in (*found.prompts.kept, *found.kept)],
            "golden": [str(path) for path in found.golden],
            "cases": found.cases,
            "notes": [{"where": note.where, "text": note.text} for note in found.notes],
        }
        emit_json(told)
        return
    _tell(found.prompts, folder, area)
    for path in found.golden:
        emit_text(f"tests are in {path}")
    for path in found.kept:
        emit_text(f"{path} says something else and stays as it is")
    for note in found.notes:
        emit_text(f"  {note.where}: {note.text}")
    first = found.prompts.files[0].name.removesuffix(".prompt.yaml")
    watching(cli).remark(f"Measure one: promptops evaluate {first}")


def _source(sources: tuple[Path, ...]) -> tuple[Path, bool]:
    """What to import, and whether it was said to be a promptfoo configuration.

    Raises:
        UsageError: Several sources.
    """
    from promptops.errors import UsageError

    said = str(sources[0]) == _PROMPTFOO and (len(sources) > 1 or not sources[0].exists())
    rest = sources[1:] if said else sources
    if len(rest) > 1:
        raise UsageError("one file or folder at a time", where=str(rest[1]))
    source = rest[0] if rest else Path("promptfooconfig.yaml")
    if said and source.is_dir():
        source /= "promptfooconfig.yaml"
    return source, said


def _refuse_columns(*columns: str | None) -> None:
    from promptops.errors import UsageError

    if any(columns):
        raise UsageError("a promptfoo configuration has no columns to choose")


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
