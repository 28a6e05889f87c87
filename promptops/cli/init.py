"""``promptops init``."""

from pathlib import Path

import click

from promptops.cli.lazy import Cli
from promptops.cli.options import common
from promptops.cli.output import emit_text, remark


@click.command
@click.argument("folder", metavar="DIR", default=".")
@click.option("--name", help="Name shown in reports; else the folder's.")
@click.option("--bare", is_flag=True, help="Only settings: no example prompt.")
@common
@click.pass_obj
def command(cli: Cli, folder: str, name: str | None, bare: bool) -> None:
    """Make a workspace in DIR: an example prompt with golden cases, a policy, a pack, settings.

    Nothing is overwritten.
    """
    from promptops.config.starting import start_workspace

    if not folder.strip():
        raise click.UsageError("DIR is empty: name a folder, or leave it out for this one")
    started = start_workspace(Path(folder), name=name or "", bare=bare)
    root = started.workspace.root
    for path in started.written:
        emit_text(str(path.relative_to(root)))
    for path in started.kept:
        remark(cli, f"{path.relative_to(root)}: was there, left as it is")
    remark(cli, "")
    remark(cli, f"A workspace is ready in {root}. Try there:")
    if bare:
        remark(cli, "  promptops import FILE")
        return
    remark(cli, "  promptops lint")
    remark(cli, "  promptops evaluate message-topic")
    remark(cli, "  promptops run nightly")
