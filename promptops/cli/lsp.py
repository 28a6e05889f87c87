"""``promptops lsp``: the linter for editors."""

import click


@click.command()
def command() -> None:
    """Speak the Language Server Protocol on standard input and output.

    Editors start it themselves: point them at the command `promptops lsp` for prompt files.
    """
    from promptops.lsp import create_server

    create_server().start_io()
