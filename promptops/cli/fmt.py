"""``promptops fmt``."""

import click

from promptops.cli.broken import end_with
from promptops.cli.finding import chosen_files
from promptops.cli.lazy import Cli
from promptops.cli.options import PROMPT, common, open_workspace
from promptops.cli.output import emit_text


@click.command
@click.argument("prompts", nargs=-1, type=PROMPT)
@click.option("--check", is_flag=True, help="Write nothing; end with 1 when a file would change.")
@click.option("--diff", "show_diff", is_flag=True, help="Show what would change; write nothing.")
@common
@click.pass_obj
def command(cli: Cli, prompts: tuple[str, ...], check: bool, show_diff: bool) -> None:
    """Write prompt files in their standard form, comments kept; all of them when none are named.

    Only form changes: every prompt keeps its meaning and its digest. A file that cannot be read is
    named on stderr, and the command ends with 2.
    """
    from promptops.core.files import write_atomic
    from promptops.prompts.writing import dump_prompt

    services = open_workspace(cli)
    files, broken = (
        (chosen_files(services, prompts), ()) if prompts else services.registry.load_all()
    )
    changed = 0
    for file in files:
        text = dump_prompt(file.prompt, like=file)
        if text == file.text:
            continue
        changed += 1
        if show_diff:
            emit_text(_unified(file.text, text, str(file.path)))
        elif check:
            emit_text(f"{file.path}: not in standard form")
        else:
            write_atomic(file.path, text)
            emit_text(f"{file.path}: rewritten")
    end_with(broken)
    if changed and (check or show_diff):
        click.get_current_context().exit(1)


def _unified(old: str, new: str, path: str) -> str:
    from difflib import unified_diff

    lines = unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), fromfile=path, tofile=path
    )
    return "".join(lines)
