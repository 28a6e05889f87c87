"""``promptops diff``."""

import click

from promptops.cli.finding import find_prompt
from promptops.cli.lazy import Cli
from promptops.cli.options import PROMPT, common, open_workspace, reports
from promptops.cli.output import emit_json, emit_table, emit_text


@click.command
@click.argument("old", type=PROMPT)
@click.argument("new", type=PROMPT, required=False)
@reports()
@common
@click.pass_obj
def command(cli: Cli, old: str, new: str | None, format_: str) -> None:
    """Compare OLD with NEW: ids, id@version, or files; a prompt alone with its version before.

    Tells which part of the version has to go up, and why. Ends with status 0, different or not.
    """
    from promptops.errors import UnknownPromptError
    from promptops.prompts.diff import diff
    from promptops.prompts.versions import next_version

    services = open_workspace(cli)
    if new is None:
        file = find_prompt(services, old)
        kept = services.registry.versions(file)
        if not kept:
            raise UnknownPromptError(
                f"{file.prompt.id} has no earlier version", hint="name what to compare it with"
            )
        old, new = f"{file.prompt.id}@{kept[-1]}", old
    before, after = find_prompt(services, old).prompt, find_prompt(services, new).prompt
    found = diff(before, after)
    version = next_version(before, after)
    if format_ == "json":
        emit_json(
            {
                "old": f"{before.id}@{before.version}",
                "new": f"{after.id}@{after.version}",
                "bump": found.bump,
                "next_version": version,
                "changes": [
                    {
                        "path": change.path,
                        "kind": change.kind,
                        "bump": change.bump,
                        "old": change.old,
                        "new": change.new,
                    }
                    for change in found.changes
                ],
            }
        )
        return
    if not found.changes:
        emit_text("No difference.")
        return
    emit_text(found.unified)
    emit_text("")
    emit_table([(c.bump, c.kind, c.path) for c in found.changes], ("bump", "change", "where"))
    if found.bump == "none":
        emit_text(f"\nBehavior is the same: {before.version} stays.")
    else:
        emit_text(f"\n{found.bump} change: {before.version} becomes {version}.")
