"""Texts of a table from outside: CSV, TSV, JSON Lines or Parquet, one item a row.

No row is dropped without a word: what holds no text is returned with the reason, and so is why
the ids of a table do not name its rows.
"""

import csv
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promptops.cluster.items import Item
from promptops.core.canonical import digest_bytes
from promptops.core.counting import counted
from promptops.errors import InputError, UsageError
from promptops.prompts.columns import separator_of, text_column

SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
_MISSING = "the cell holds no text: it is missing"
_NAN = {"nan", "NaN"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The items of a table.

    Attributes:
        items: The rows with a text.
        left_out: The others, each with its id and the reason.
        numbered: Why items are called by the numbers of their rows although there is a column
            ``id``; empty when they are not, or there is none.
    """

    items: tuple[Item, ...]
    left_out: tuple[tuple[str, str], ...]
    numbered: str = ""


def read_texts(path: Path, column: str | None = None) -> Texts:
    """The texts in one column.

    An item's id is the cell in the column ``id`` where every row has another one, else the number
    of its row, from 1 (the header is no row).

    Args:
        path: A file that ends in one of `SUFFIXES`.
        column: Where the texts stand; None: `text_column` chooses.

    Raises:
        UsageError: Another kind of file, no such column, or none that is clearly the one.
        InputError: The file cannot be read as what its name says.
    """
    rows = list(_rows(path, column))
    names = list({name: None for row in rows for name in row})
    if not rows:
        raise InputError("no row is in this file", where=str(path))
    place = text_column(names, column)
    if isinstance(place, str):
        raise UsageError(place, where=str(path))
    column = names[place]
    ids, numbered = [str(number) for number in range(1, len(rows) + 1)], ""
    if "id" in names and column != "id":
        given = ["" if row.get("id") is None else str(row["id"]) for row in rows]
        if not (numbered := _no_names(given)):
            ids = given
    items, left_out = [], []
    for name, row in zip(ids, rows, strict=True):
        cell = row.get(column)
        if isinstance(cell, str) and cell not in _NAN:
            data = cell.encode("utf-8", "surrogatepass")
            items.append(Item(id=name, text=cell, digest=digest_bytes(data)))
        else:
            left_out.append((name, _reason(cell)))
    return Texts(items=tuple(items), left_out=tuple(left_out), numbered=numbered)


def _no_names(given: Sequence[str]) -> str:
    """Why the cells of the column ``id`` do not name the rows; empty when they do."""
    times = Counter(given)
    if empty := times.pop("", 0):
        return f"{counted(empty, 'row')} without an id"
    again = [name for name, count in times.items() if count > 1]
    if not again:
        return ""
    return f'{counted(len(again), "id")} more than once, such as "{again[0]}"'


def _reason(cell: Any) -> str:
    if cell is None or cell in _NAN or (isinstance(cell, float) and math.isnan(cell)):
        return _MISSING
    return f"the cell holds no text: {type(cell).__name__}"


def _rows(path: Path, column: str | None) -> Iterator[Mapping[str, Any]]:
    suffix = path.suffix.lower()
    try:
        if suffix in (".csv", ".tsv"):
            yield from _delimited(path, "," if suffix == ".csv" else "\t", column)
        elif suffix in (".jsonl", ".ndjson"):
            yield from _json_lines(path)
        elif suffix == ".parquet":
            yield from _parquet(path)
        else:
            raise UsageError(
                f"{_kind(path)} is no table of texts",
                where=str(path),
                hint=f"give one of {', '.join(SUFFIXES)}",
            )
    except OSError as problem:
        raise InputError(
            f"cannot be read: {problem.strerror}",
            where=str(path),
            hint="check the path",
        ) from problem
    except UnicodeDecodeError as problem:
        raise InputError("not UTF-8 text", where=str(path)) from problem


def _kind(path: Path) -> str:
    return "a folder" if path.is_dir() else path.suffix or "a file without a suffix"


def _delimited(path: Path, usual: str, column: str | None) -> Iterator[Mapping[str, Any]]:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # prompts are longer than 128 KiB
    with path.open(encoding="utf-8-sig", newline="") as stream:
        mark = separator_of(stream, usual, column)
        above = int(stream.tell() > 0)  # a line that only names the separator
        reader = csv.DictReader(stream, delimiter=mark, strict=True)
        try:
            for number, row in enumerate(reader, start=1):
                if None in row:
                    raise InputError(
                        "more cells than columns: a quote is missing",
                        where=f"{path}: row {number}",
                    )
                yield row
        except csv.Error as problem:
            line = reader.line_num + above
            raise InputError(f"not CSV: {problem}", where=f"{path}:{line}") from problem


def _json_lines(path: Path) -> Iterator[Mapping[str, Any]]:
    with path.open(encoding="utf-8-sig") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as problem:
                raise InputError(f"not JSON: {problem}", where=f"{path}:{number}") from problem
            if not isinstance(row, dict):
                raise InputError("a row is a JSON object", where=f"{path}:{number}")
            yield row


def _parquet(path: Path) -> Iterator[Mapping[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches():
                yield from batch.to_pylist()
    except pa.ArrowException as problem:
        message = str(problem).splitlines()[0]
        raise InputError(f"not Parquet: {message}", where=str(path)) from problem
