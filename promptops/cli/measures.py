"""Small files of numbers that DVC compares between versions: metrics as JSON, plots as CSV."""

import csv
from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar

import click

from promptops.cli.destination import REPORT_FILE
from promptops.core.canonical import JSON

_F = TypeVar("_F", bound=Callable[..., Any])
_DIGITS = 4


def measured(function: _F) -> _F:
    """Add ``--metrics`` and ``--plot``."""
    metrics = click.option(
        "--metrics", type=REPORT_FILE, metavar="FILE", help="Write numbers as JSON."
    )
    plot = click.option(
        "--plot", type=REPORT_FILE, metavar="FILE", help="Write rows to plot as CSV."
    )
    return metrics(plot(function))


def write_metrics(path: Path | None, values: Mapping[str, JSON]) -> None:
    """Write numbers, nested by name; floats are rounded, so that noise is no difference."""
    if path is None:
        return
    import json

    from promptops.core.files import write_atomic

    text = json.dumps(_rounded(values), indent=2, sort_keys=True, ensure_ascii=False)
    write_atomic(path, text + "\n")


def write_plot(path: Path | None, columns: Sequence[str], rows: Sequence[Sequence[JSON]]) -> None:
    """Write rows to plot."""
    if path is None:
        return
    from promptops.core.files import write_atomic

    write_atomic(path, csv_text(columns, rows))


def csv_text(columns: Sequence[str], rows: Sequence[Sequence[JSON]]) -> str:
    """A header and rows as CSV; floats are rounded, so that noise is no difference."""
    sheet = StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_rounded(cell) for cell in row] for row in rows)
    return sheet.getvalue()


def _rounded(value: JSON) -> JSON:
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, Mapping):
        return {str(key): _rounded(item) for key, item in value.items()}
    return value
