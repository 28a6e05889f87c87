"""Collections of prompts from outside, read row by row: CSV, JSON Lines, folders of text."""

import csv
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

from promptops.core.canonical import JSON
from promptops.core.jsonl import parse_json
from promptops.core.suggest import did_you_mean
from promptops.errors import ImportFormatError
from promptops.prompts.columns import TEXT_COLUMNS, separator_of
from promptops.prompts.formats.conversion import convert, foreign_suffix

ID_COLUMNS = ("id", "name", "act", "title", "slug", "key")
TEXT_SUFFIXES = (".md", ".markdown", ".txt")
_GENERIC = {"system", "user", "prompt", "readme", "index", "template", "templates"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One text of a collection.

    Attributes:
        where: ``file:line``, or the file.
        name: What the collection calls it; may be empty.
        text: The prompt, None when the row has none.
        role: Who says it.
        fields: The keys of the prompt file that another tool's file decides; None for a text.
        problem: Why the row cannot be read, or an empty string.
    """

    where: str
    name: str = ""
    text: str | None = None
    role: Literal["system", "user"] = "user"
    fields: Mapping[str, JSON] | None = None
    problem: str = ""


def read_rows(
    source: Path, text_column: str | None, id_column: str | None, *, most: int | None = None
) -> Iterator[Row]:
    """The rows of a collection, in order.

    Args:
        source: A ``.csv``, ``.tsv`` or ``.jsonl`` file, a text or a prompt file of another tool
            (`foreign_suffix`), or a folder of those two.
        text_column: The column with the prompt; None takes the first of `TEXT_COLUMNS`.
        id_column: The column with the name; None takes the first of `ID_COLUMNS` if there is one.
        most: Texts that a folder may hold; None takes all there are.

    Raises:
        ImportFormatError: Not a collection, without the column, or with too many texts.
    """
    if source.is_dir():
        return _folder(source, most)
    if not source.is_file():
        raise ImportFormatError("no such file or folder", where=str(source), hint="check the path")
    suffix = source.suffix.lower()
    if suffix in (".csv", ".tsv"):
        return _csv(source, text_column, id_column, "\t" if suffix == ".tsv" else ",")
    if suffix in (".jsonl", ".ndjson"):
        return _jsonl(source, text_column, id_column)
    if suffix in TEXT_SUFFIXES or foreign_suffix(source.name):
        return iter([_text_file(source, source.parent)])
    raise ImportFormatError(
        f'cannot import "{suffix or source.name}" files',
        where=str(source),
        hint=f"give .csv, .tsv, .jsonl, {', '.join(TEXT_SUFFIXES)}, .prompty, .prompt, .prompt.yml "
        "or a folder of those texts",
    )


def _csv(source: Path, text: str | None, name: str | None, usual: str) -> Iterator[Row]:
    # Prompts are longer than the 128 KiB that the module allows a field.
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    with _opened(source, "") as stream:
        mark = separator_of(stream, usual, text)
        above = int(stream.tell() > 0)  # a line that only names the separator
        reader = csv.DictReader(stream, delimiter=mark)
        line = 1 + above
        try:
            columns = list(reader.fieldnames or ())
            text_column = _column(columns, text, TEXT_COLUMNS, source)
            name_column = _name_column(columns, name, source)
            for values in reader:
                # The reader knows where a row ends; it starts on the line after the last one.
                line, start = reader.line_num + above, line + 1
                yield Row(
                    where=f"{source}:{start}",
                    name=values.get(name_column) or "",
                    text=values.get(text_column),
                )
        except csv.Error as problem:
            place = f"{source}:{reader.line_num + above}"
            raise ImportFormatError(f"not CSV: {problem}", where=place) from problem


def _jsonl(source: Path, text: str | None, name: str | None) -> Iterator[Row]:
    text_column = name_column = ""
    with _opened(source, "\n") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            where = f"{source}:{number}"
            try:
                values = parse_json(line)
            except ValueError as problem:
                yield Row(where=where, problem=f"not JSON: {problem}")
                continue
            if not isinstance(values, dict):
                yield Row(where=where, problem="not a JSON object")
                continue
            if not text_column:
                text_column = _column(list(values), text, TEXT_COLUMNS, source)
                name_column = _name_column(list(values), name, source)
            found = values.get(text_column)
            if not isinstance(found, str):
                yield Row(where=where, problem=f'"{text_column}" is not a text')
                continue
            label = values.get(name_column)
            yield _row(where, "" if label is None else str(label), found)


def _folder(source: Path, most: int | None) -> Iterator[Row]:
    paths: list[Path] = []
    for path in _walk(source):
        if _is_prompt(path):
            paths.append(path)
        if most is not None and len(paths) > most:
            raise ImportFormatError(
                f"this folder holds more than {most:,} texts",
                where=str(source),
                hint="is it the one you mean? name a smaller one, or say --yes",
            )
    if not paths:
        raise ImportFormatError(
            f"no {', '.join(TEXT_SUFFIXES)} or prompt files in this folder", where=str(source)
        )
    return (_text_file(path, source) for path in sorted(paths))


def count_others(source: Path) -> int:
    """How many files of a folder are of no kind that is imported; 0 for a file."""
    return sum(not _is_prompt(path) for path in _walk(source)) if source.is_dir() else 0


def _walk(source: Path) -> Iterator[Path]:
    """The files below a folder, hidden ones left out."""
    for folder, folders, names in os.walk(source, onerror=_unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found = (Path(folder, name) for name in names if not name.startswith("."))
        yield from (path for path in found if path.is_file())


def _unreadable(problem: OSError) -> None:
    """A folder that cannot be listed is not passed over in silence."""
    place = str(problem.filename)
    raise ImportFormatError(problem.strerror or str(problem), where=place) from problem


def _text_file(path: Path, root: Path) -> Row:
    try:
        # Not read_text(): that would turn CRLF into LF.
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as problem:
        return Row(where=str(path), problem=f"not UTF-8 text: byte {problem.start}")
    except OSError as problem:
        return Row(where=str(path), problem=problem.strerror or str(problem))
    if suffix := foreign_suffix(path.name):
        return _foreign(path, suffix, text.removeprefix("\ufeff"))
    return _row(str(path), path.relative_to(root).as_posix(), text)


def _is_prompt(path: Path) -> bool:
    return path.suffix.lower() in TEXT_SUFFIXES or bool(foreign_suffix(path.name))


def _foreign(path: Path, suffix: str, text: str) -> Row:
    try:
        converted = convert(text, str(path))
    except ImportFormatError as problem:
        return Row(where=problem.where or str(path), problem=problem.message)
    name = converted.name or path.name[: -len(suffix)]
    return Row(where=str(path), name=name, text=text, fields=converted.fields())


def _row(where: str, name: str, text: str) -> Row:
    """A row whose name may be a path: of ``patterns/summarize/system.md`` say ``summarize``."""
    if not re.fullmatch(r"[^\s]+/[^\s]*|[^\s/]+\.\w{1,8}", name):
        return Row(where=where, name=name, text=text)
    parts = [part for part in name.split("/") if part]
    stem = re.sub(r"\.\w{1,8}$", "", parts[-1])
    role: Literal["system", "user"] = "system" if stem.lower() == "system" else "user"
    if stem.lower() in _GENERIC and len(parts) > 1:
        stem = parts[-2] if stem.lower() != "user" else f"{parts[-2]} user"
    return Row(where=where, name=stem, text=text, role=role)


def _column(columns: Sequence[str], wanted: str | None, usual: Sequence[str], source: Path) -> str:
    by_lower = {column.lower(): column for column in reversed(columns)}
    if wanted is not None:
        if wanted in columns:
            return wanted
        hint = did_you_mean(wanted, columns) or f"columns: {', '.join(columns) or 'none'}"
        raise ImportFormatError(f'no column "{wanted}"', where=f"{source}:1", hint=hint)
    for name in usual:
        if name in by_lower:
            return by_lower[name]
    raise ImportFormatError(
        "cannot tell which column has the prompt",
        where=f"{source}:1",
        hint=f"name it; columns: {', '.join(columns) or 'none'}",
    )


def _name_column(columns: Sequence[str], wanted: str | None, source: Path) -> str:
    if wanted is not None:
        return _column(columns, wanted, (), source)
    by_lower = {column.lower(): column for column in reversed(columns)}
    return next((by_lower[name] for name in ID_COLUMNS if name in by_lower), "")


@contextmanager
def _opened(source: Path, newline: str) -> Iterator[TextIO]:
    try:
        with source.open(encoding="utf-8-sig", newline=newline) as stream:
            yield stream
    except UnicodeDecodeError as problem:
        raise ImportFormatError(
            f"not UTF-8 text: {problem.reason}", where=str(source), hint="save the file as UTF-8"
        ) from problem
    except OSError as problem:
        raise ImportFormatError(problem.strerror or str(problem), where=str(source)) from problem
