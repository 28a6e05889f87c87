"""Tables of prompts: CSV, TSV, JSON Lines and Parquet, read row by row.

A row is a data row, counted from 1: the header of a CSV file is not one, blank lines are none. Line
and column of a finding are those inside the cell. A cell that is empty is an empty prompt, and a
row that cannot be read is told and passed over.
"""

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from promptops.core.canonical import JSON
from promptops.core.jsonl import parse_json
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.parsing import parse_text
from promptops.lint.sources.building import build, clean
from promptops.lint.sources.chat_json import is_chat
from promptops.lint.sources.model import Read, Source
from promptops.prompts.columns import separator_of, text_column
from promptops.prompts.formats.foreign import ForeignMessage, ForeignPrompt, role_named, shifted
from promptops.prompts.formats.github_prompt import text_parts

if TYPE_CHECKING:
    import pyarrow.parquet as pq

_ROWS = 512
_MOST_TOLD = 5
_NOT_UTF8 = "not UTF-8 text"
_NO_ROWS = "no row is in this file"
_KINDS = {bool: "a truth value", int: "a number", float: "a number", dict: "an object"}


class _Trouble:
    """Rows that cannot be read: the first few are told one by one, the rest by their number."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._told: dict[str, int] = {}

    def at(self, row: int, reason: str, kind: str) -> Iterator[Read]:
        count = self._told[kind] = self._told.get(kind, 0) + 1
        if count <= _MOST_TOLD:
            yield self._source.skipped(reason, row=row)

    def rest(self) -> Iterator[Read]:
        for kind, count in self._told.items():
            if count > _MOST_TOLD:
                yield self._source.skipped(f"{count - _MOST_TOLD} more rows: {kind}")


def read_csv(source: Source) -> Iterator[Read]:
    """Read a table with commas, or what its header shows; the first row names the columns."""
    return _delimited(source, ",")


def read_tsv(source: Source) -> Iterator[Read]:
    """Read a table with tabs, or what its header shows; the first row names the columns."""
    return _delimited(source, "\t")


def _delimited(source: Source, usual: str) -> Iterator[Read]:
    # Prompts are longer than the 128 KiB that the module allows a field.
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    trouble = _Trouble(source)
    with _opened(source, "") as stream:
        mark = separator_of(stream, usual, source.column)
        rows = _rows(csv.reader(stream, delimiter=mark, strict=True))
        header = next(rows, None)
        if not isinstance(header, list):
            yield source.skipped(header or "no header row is here", line=1, column=1)
            return
        column = text_column(header, source.column)
        if isinstance(column, str):
            yield source.skipped(column, line=1, column=1)
            return
        width, number = len(header), 0
        for number, row in enumerate(rows, start=1):
            if isinstance(row, str):
                yield from trouble.at(number, f"not CSV: {row}", "not CSV")
            elif len(row) > width:
                reason = f"{len(row)} cells under {width} columns: a quote is missing"
                yield from trouble.at(number, reason, "more cells than columns")
            else:
                cell = row[column] if column < len(row) else ""
                if clean(cell) != cell:  # a byte that is no UTF-8 is carried as a lone surrogate
                    yield from trouble.at(number, _NOT_UTF8, _NOT_UTF8)
                    continue
                yield from _cell(source, cell, number, trouble)
    if not number:
        yield source.skipped(_NO_ROWS)
    yield from trouble.rest()


def _rows(reader: Iterable[list[str]]) -> Iterator[list[str] | str]:
    """The rows that are not blank; for one that cannot be read, why."""
    rows = iter(reader)
    while True:
        try:
            for row in rows:
                if row:
                    yield row
        except csv.Error as problem:
            yield str(problem)
        else:
            return


def read_jsonl(source: Source) -> Iterator[Read]:
    """Read one JSON object a line; a cell is a text or a chat."""
    trouble = _Trouble(source)
    column: str | None = None
    number = 0
    with _opened(source, "\n") as stream:
        for line in stream:
            if not line.strip():
                continue
            number += 1
            if clean(line) != line:
                yield from trouble.at(number, _NOT_UTF8, _NOT_UTF8)
                continue
            try:
                values = parse_json(line)
            except ValueError as problem:
                yield from trouble.at(number, f"not JSON: {problem}", "not JSON")
                continue
            if not isinstance(values, dict):
                yield from trouble.at(number, "not a JSON object", "not a JSON object")
                continue
            if column is None:
                names = list(values)
                found = text_column(names, source.column)
                if isinstance(found, str) and source.column is None:
                    yield source.skipped(found, row=number)
                    return
                column = source.column or names[found if isinstance(found, int) else 0]
            if column not in values:
                has = ", ".join(values) or "none"
                reason = f'no column "{column}" (columns: {has})'
                yield from trouble.at(number, reason, f'no column "{column}"')
                continue
            yield from _cell(source, values[column], number, trouble)
    if not number:
        yield source.skipped(_NO_ROWS)
    yield from trouble.rest()


def read_parquet(source: Source) -> Iterator[Read]:
    """Read a Parquet file batch by batch; a cell is a text or a chat."""
    if source.path is None:
        yield source.skipped("a Parquet file is no text: name the file instead")
        return
    import pyarrow as pa
    import pyarrow.parquet as pq

    trouble = _Trouble(source)
    try:
        with pq.ParquetFile(source.path) as file:
            names = list(file.schema_arrow.names)
            column = text_column(names, source.column)
            if isinstance(column, str):
                yield source.skipped(column)
                return
            number = 0
            for number, cell in enumerate(_cells(file, names[column]), start=1):
                yield from _cell(source, cell, number, trouble)
            if not number:
                yield source.skipped(_NO_ROWS)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as problem:
        yield source.skipped(f"not Parquet: {str(problem).splitlines()[0]}")
    yield from trouble.rest()


def _cells(file: "pq.ParquetFile", column: str) -> Iterator[JSON]:
    for batch in file.iter_batches(batch_size=_ROWS, columns=[column]):
        yield from batch.column(0).to_pylist()


def _cell(source: Source, cell: JSON, row: int, trouble: _Trouble) -> Iterator[Read]:
    if cell is None or isinstance(cell, str):
        prompt = parse_text(clean(cell or ""), path=source.shown, row=row)
        prompt.comments = ()  # a collection from outside cannot allow itself anything
        yield prompt
    elif is_chat(cell):
        yield _chat(source, cell, row)
    else:
        kind = _KINDS.get(type(cell), "a list" if isinstance(cell, list) else "this cell")
        reason = f"{kind} is neither a text nor a list of messages"
        yield from trouble.at(row, reason, "neither a text nor a list of messages")


def _chat(source: Source, value: Sequence[Mapping[str, JSON]], row: int) -> ParsedPrompt:
    messages = tuple(
        ForeignMessage(role=role_named(str(item.get("role", "user"))), text=text, locate=shifted(0))
        for item in value
        for _, text in text_parts(item["content"], "")
    )
    own = Source(text=json.dumps(value, ensure_ascii=False), shown=source.shown)
    return build(ForeignPrompt(name="", messages=messages), own, row=row)


@contextmanager
def _opened(source: Source, newline: str) -> Iterator[TextIO]:
    """The lines of a file, bytes that are no UTF-8 carried along; or of a text in hand."""
    if source.path is None or source.text is not None:
        yield io.StringIO(source.content.removeprefix("\ufeff"), newline=newline)
        return
    with source.path.open(encoding="utf-8-sig", errors="surrogateescape", newline=newline) as file:
        yield file
