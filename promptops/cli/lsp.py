"""``promptops lsp``: the linter for editors."""

import os
import sys

import click


@click.command()
def command() -> None:
    """Speak the Language Server Protocol on standard input and output.

    Editors start it themselves: point them at the command `promptops lsp` for prompt files.
    """
    from promptops.lsp import create_server

    # The server closes what it is given; the process's own streams are still flushed at its end.
    reader = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    writer = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    create_server().start_io(reader, writer)
