"""What could not be read does not stop the rest: it is named at the end, with exit status 2."""

from collections.abc import Sequence

import click

from promptops.errors import PromptOpsError


def end_with(problems: Sequence[PromptOpsError]) -> None:
    """Name each problem on stderr and end the command with 2; nothing when there is none."""
    for problem in problems:
        click.echo(f"error[{problem.code}]: {' '.join(str(problem).split())}", err=True)
    if problems:
        click.get_current_context().exit(2)
