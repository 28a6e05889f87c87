"""``promptops fmt``."""

import click

from promptops.cli.broken import end_with
from promptops.cli.finding import chosen_files
from promptops.cli.lazy import Cli
from promptops.cli.options import PROMPT, common, open_workspace, reports
from promptops.cli.output import emit_json, emit_text


@click.command
@click.argument("prompts", nargs=-1, type=PROMPT)
@click.option("--check", is_flag=True, help="Write nothing; end with 1 when a file would change.")
@click.option("--diff", "show_diff", is_flag=True, help="Show what would change; write nothing.")
@reports()
@common
@click.pass_obj
def command(cli: Cli, prompts: tuple[str, ...], check: bool, show_diff: bool, format_: str) -> None:
    """Write prompt files in their standard form, comments kept; all of them when none are named.

    Only form changes: every prompt keeps its meaning and its digest. A file that cannot be read is
    named on stderr, and the command ends with 2.
    """
    from promptops.core.files import write_atomic
    from promptops.prompts.writing import dump_prompt

    services = open_workspace(cli)
    files, broken = chosen_files(services, prompts)
    dry = check or show_diff
    told: list[dict[str, object]] = []
    for file in files:
        text = dump_prompt(file.prompt, like=file)
        if text == file.text:
            continue
        diff = _unified(file.text, text, str(file.path)) if show_diff else None
        told.append({"path": str(file.path), "written": not dry, "diff": diff})
        if not dry:
            write_atomic(file.path, text)
        if format_ == "text":
            said = "not in standard form" if dry else "rewritten"
            emit_text(diff or f"{file.path}: {said}")
    if format_ == "json":
        emit_json(told)
    end_with(broken)
    if told and dry:
        click.get_current_context().exit(1)


def _unified(old: str, new: str, path: str) -> str:
    from difflib import unified_diff

    lines = unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), fromfile=path, tofile=path
    )
    return "".join(lines)
