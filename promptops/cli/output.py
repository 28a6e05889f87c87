"""What commands print: reports to stdout, remarks and progress to stderr."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from promptops.cli.lazy import Cli

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_PIPED_WIDTH = 200


def emit_json(value: Any) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def emit_text(text: str) -> None:
    """Text on stdout, ended by one line feed."""
    click.echo(text.rstrip("\n"))


def emit(renderable: "RenderableType") -> None:
    """Something of rich's on stdout: colored on a terminal, plain in a pipe."""
    if sys.stdout.isatty():
        console().print(renderable)
    else:
        from promptops.reporting.terminal import plain

        click.echo(plain(renderable, width=_PIPED_WIDTH), nl=False)


def console(*, err: bool = False) -> "Console":
    """A console of rich's; respects ``NO_COLOR``."""
    from rich.console import Console

    return Console(stderr=err, highlight=False)


def emit_table(
    rows: Sequence[Sequence[object]], headers: Sequence[str], *, right: Iterable[int] = ()
) -> None:
    """Rows in aligned columns on stdout.

    Args:
        rows: The cells, shown by `str`; None shows as a dash.
        headers: One for each column.
        right: Columns of numbers, by their place.
    """
    from rich.table import Table
    from rich.text import Text

    numbers = set(right)
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for place, header in enumerate(headers):
        table.add_column(header, justify="right" if place in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text("-" if cell is None else str(cell)) for cell in row))
    emit(table)


def remark(cli: Cli, text: str) -> None:
    """A line for the person at the keyboard: on stderr, unless ``--quiet``."""
    if not cli.quiet:
        click.echo(text, err=True)
