"""``promptops import``."""

import os
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptops.cli.broken import end_with
from promptops.cli.lazy import Cli
from promptops.cli.options import PATH, common, reports, watching
from promptops.cli.output import emit_json, emit_text
from promptops.core.counting import counted
from promptops.errors import ImportFormatError

if TYPE_CHECKING:
    from promptops.operations.promptfoo import PromptfooReport
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
    evaluated on. Nothing is overwritten, and importing again changes nothing. What is broken or
    cannot be said in our files is named on stderr, and the command ends with 2.
    """
    from promptops.config.starting import start_workspace
    from promptops.operations.promptfoo import import_promptfoo
    from promptops.prompts.formats.promptfoo import is_promptfoo
    from promptops.prompts.importing import import_collection

    source, said = _source(sources)
    _refuse_whole_disks(source)
    folder, is_new = _workspace(cli, into)
    watch = watching(cli)
    if said or is_promptfoo(source):
        _refuse_columns(text_column, id_column)
        suite = import_promptfoo(source, folder, area=area, license=license_)
        if is_new:
            start_workspace(folder, bare=True)
        _tell_promptfoo(cli, suite, folder, into, area, format_)
        unread = [(note.where, note.text) for note in suite.notes if note.unread]
        _end_with([*suite.prompts.failed, *unread])
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
        _end_with(found.failed)
        return
    _tell(found, folder, area)
    if found.others:
        watch.remark(f"{counted(found.others, 'file')} of other kinds passed over")
    if found.literal:
        watch.remark(
            f"{counted(found.literal, 'text has', 'texts have')} what looks like "
            "{{ variables }}: it is kept "
            "as plain text, nothing is filled in. Declare variables by hand where you want them."
        )
    watch.remark(f"Look at them: promptops {_here(into)}lint --html lint.html")
    _end_with(found.failed)


def _end_with(failed: Iterable[tuple[str, str]]) -> None:
    """Name what could not be imported; end with 2 when there is any."""
    end_with([ImportFormatError(reason, where=where) for where, reason in failed])


def _here(into: Path | None) -> str:
    """What a hint's command needs to find the workspace."""
    return "" if into is None else f"-w {shlex.quote(str(into))} "


def _as_json(found: "ImportReport", folder: Path) -> dict[str, object]:
    return {
        "workspace": str(folder),
        "imported": found.imported,
        "skipped": [{"where": where, "reason": why} for where, why in found.skipped],
        "failed": [{"where": where, "reason": why} for where, why in found.failed],
        "others": found.others,
        "files": [str(path) for path in found.files],
        "kept": [str(path) for path in found.kept],
        "literal": found.literal,
    }


def _tell(found: "ImportReport", folder: Path, area: str) -> None:
    are = "is" if found.imported == 1 else "are"
    place = folder / "prompt_registry/prompts" / area
    emit_text(f"{counted(found.imported, 'prompt')} {are} in {place}")
    if found.skipped:
        were = "was" if len(found.skipped) == 1 else "were"
        emit_text(f"{counted(len(found.skipped), 'row')} {were} not imported:")
        for where, why in found.skipped[:_SHOWN]:
            emit_text(f"  {where}: {why}")
        if len(found.skipped) > _SHOWN:
            emit_text(f"  and {len(found.skipped) - _SHOWN:,} more: --format json lists them")
    if found.kept:
        emit_text(
            "Files are never overwritten. Where the collection is right, delete the file and "
            "import again."
        )


def _tell_promptfoo(
    cli: Cli, found: "PromptfooReport", folder: Path, into: Path | None, area: str, format_: str
) -> None:
    """Tell what became of a promptfoo configuration."""
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
        if not note.unread:
            emit_text(f"  {note.where}: {note.text}")
    watch = watching(cli)
    if not (found.golden or found.kept):
        watch.remark("No test was imported: write golden rows to measure these prompts.")
        return
    first = found.prompts.files[0].name.removesuffix(".prompt.yaml")
    watch.remark(f"Measure one: promptops {_here(into)}evaluate {first}")


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
    home = Path(os.path.expanduser("~")).resolve()  # noqa: PTH111 - Path raises without an account
    if place in (Path(place.anchor), home):
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
