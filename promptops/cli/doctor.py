"""``promptops doctor``."""

import click

from promptops.cli.lazy import Cli
from promptops.cli.options import common, open_workspace, reports
from promptops.cli.output import emit_json, emit_table, emit_text


@click.command
@reports()
@common
@click.pass_obj
def command(cli: Cli, format_: str) -> None:
    """Check the machine, the libraries, and the workspace when there is one.

    Ends with 1 when something has failed.
    """
    from promptops.cli.checks import Check, machine_checks, workspace_checks
    from promptops.errors import WorkspaceNotFoundError

    checks = list(machine_checks())
    try:
        checks += workspace_checks(open_workspace(cli))
    except WorkspaceNotFoundError as problem:
        if cli.workspace is not None:
            raise
        found = f"none here: {problem.hint}"
        checks.append(Check(name="workspace", status="warning", found=found))
    failed = sum(check.status == "failed" for check in checks)
    if format_ == "json":
        emit_json(
            [
                {"name": c.name, "status": c.status, "found": c.found, "advice": c.advice}
                for c in checks
            ]
        )
    else:
        rows = [(check.status, check.name, check.found, check.advice) for check in checks]
        emit_table(rows, ("", "what", "found", "what to do"))
        emit_text("\nEverything is in order." if not failed else f"\n{failed} failed.")
    if failed:
        click.get_current_context().exit(1)
