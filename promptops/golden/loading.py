"""Reading and writing golden sets.

JSON Lines is the form people write and is read here, line by line: every problem has its line, and
every JSON value keeps its type. Tables (CSV, TSV, parquet, a folder that Hugging Face's
``save_to_disk`` wrote) are read through `promptops.golden.hugging_face`. A table cannot hold nested
values of any type without guessing, so its columns are explicit:

    id, expected, evidence, critical, cluster, tags (separated by ";"), split
    inputs.<variable>     one input each
    answers.<kb label>    one answer each; an empty cell is not labeled
    inputs_json, answers_json, expected_json      the exact JSON value instead
    assert_json           a JSON list of assertions
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError

from promptops.core.canonical import JSON, canonical_json
from promptops.core.counting import counted
from promptops.core.files import read_text, write_atomic
from promptops.core.jsonl import parse_json, read_jsonl, write_jsonl
from promptops.core.suggest import did_you_mean
from promptops.errors import GoldenSetError
from promptops.golden.case import GoldenCase, GoldenSet

JSON_LINES = (".jsonl", ".ndjson")
TABLES = (".csv", ".tsv", ".parquet")
SKIP = "`promptops evaluate --skip-broken-rows` leaves broken rows out"
_LONG_NUMBER = re.compile(r"[0-9]{16}")


class GoldenRow(BaseModel):
    """One row as written in a file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: str = Field(min_length=1, max_length=200)
    inputs: dict[str, Any] = Field(default_factory=dict)
    expected: Any = None
    answers: dict[str, Any] = Field(default_factory=dict)
    evidence: str | None = None
    critical: StrictBool = False
    cluster: str | None = None
    tags: list[str] = Field(default_factory=list)
    split: Literal["train", "dev", "test"] | None = None
    assertions: list[dict[str, Any]] = Field(default_factory=list, alias="assert")


def load_golden(path: Path) -> GoldenSet:
    """Read a golden set.

    Args:
        path: A ``.jsonl``, ``.csv``, ``.tsv`` or ``.parquet`` file, or a folder written by
            Hugging Face's ``save_to_disk``.

    Raises:
        GoldenSetError: No such file, an unknown form, no cases, or a broken row; ``where`` is
            ``file:line`` of the first one and the message says how many more there are.
    """
    try:
        cases, problems = read_cases(path)
    except GoldenSetError as first:
        if path.suffix not in JSON_LINES or not path.is_file():
            raise
        _, problems = read_lines(path)
        raise GoldenSetError(
            first.message + _more(len(problems) - 1), where=first.where, hint=SKIP
        ) from first
    if problems:
        line, message = problems[0]
        raise GoldenSetError(message + _more(len(problems) - 1), where=f"{path}:{line}", hint=SKIP)
    if not cases:
        raise GoldenSetError("a golden set needs at least one case", where=str(path))
    return GoldenSet(name=path.stem, path=path, cases=cases)


def _more(broken: int) -> str:
    return f" (and {counted(broken, 'more broken row')})" if broken > 0 else ""


def read_cases(path: Path) -> tuple[tuple[GoldenCase, ...], tuple[tuple[int, str], ...]]:
    """The sound cases of a file, and the broken rows as (line, message).

    Raises:
        GoldenSetError: The file as a whole cannot be read.
    """
    cases: dict[str, GoldenCase] = {}
    problems: list[tuple[int, str]] = []
    for row in examine(path):
        if row.case is None:
            problems.append((row.line, row.problem))
        elif row.case.id in cases:
            taken = cases[row.case.id].line
            problems.append((row.line, f'id "{row.case.id}" is taken by line {taken}'))
        else:
            cases[row.case.id] = row.case
    return tuple(cases.values()), tuple(problems)


def read_lines(path: Path) -> tuple[tuple[GoldenCase, ...], tuple[tuple[int, str], ...]]:
    """As `read_cases`, which gives up on a line that is not JSON, for JSON Lines."""
    cases: dict[str, GoldenCase] = {}
    problems: list[tuple[int, str]] = []
    for number, line in enumerate(read_text(path, GoldenSetError).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            case = _case(line, number)
        except ValueError as problem:
            problems.append((number, str(problem)))
            continue
        if case.id in cases:
            problems.append((number, f'id "{case.id}" is taken by line {cases[case.id].line}'))
        else:
            cases[case.id] = case
    return tuple(cases.values()), tuple(problems)


def _case(line: str, number: int) -> GoldenCase:
    row = parse_json(line)
    if isinstance(row, dict):
        return parse_row(row, line=number)
    raise ValueError("a row is a JSON object")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExaminedRow:
    """A row of a file: its line or row number, its values, and its case or why it is none."""

    line: int
    values: Mapping[str, Any]
    case: GoldenCase | None
    problem: str = ""


def examine(path: Path) -> list[ExaminedRow]:
    """Every row of a file, sound or not, each looked at by itself.

    Raises:
        GoldenSetError: The file as a whole cannot be read.
    """
    return [_examine(line, row, path) for line, row in _read(path)]


def _examine(line: int, row: Mapping[str, Any], path: Path) -> ExaminedRow:
    values: Mapping[str, Any] = row
    try:
        values = row if path.suffix in JSON_LINES else _untabulate(row)
        return ExaminedRow(line=line, values=values, case=parse_row(values, line=line))
    except ValueError as problem:
        return ExaminedRow(line=line, values=values, case=None, problem=str(problem))


def _read(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """The rows of a file as they stand (cells, for a table), each with its line or row number."""
    if not path.exists():
        near = [other.name for other in path.parent.glob("*")] if path.parent.is_dir() else []
        raise GoldenSetError(
            "no such golden set", where=str(path), hint=did_you_mean(path.name, near)
        )
    if path.suffix in JSON_LINES:
        return read_jsonl(path, GoldenSetError)
    if path.suffix not in TABLES and not path.is_dir():
        raise GoldenSetError(
            f'a golden set is not read from "{path.suffix}" files',
            where=str(path),
            hint=f"use one of {', '.join((*JSON_LINES, *TABLES))}",
        )
    from promptops.golden.hugging_face import read_table

    return read_table(path)


def parse_row(row: Mapping[str, Any], *, line: int = 0) -> GoldenCase:
    """A case from a row.

    Raises:
        ValueError: The row is not one; the message names the field.
    """
    try:
        parsed = GoldenRow.model_validate(dict(row))
    except ValidationError as problem:
        raise ValueError(_explain(problem)) from problem
    if "expected" not in row and not parsed.answers and not parsed.assertions:
        raise ValueError(
            '"expected" is missing (or "answers" by knowledge-base label, or "assert")'
        )
    for number, assertion in enumerate(parsed.assertions):
        if not isinstance(assertion.get("type"), str):
            raise ValueError(f'"assert.{number}": an assertion has a type')  # noqa: TRY004 - a bad row
    case = GoldenCase(
        id=parsed.id,
        inputs=parsed.inputs,
        expected=parsed.expected,
        answers=parsed.answers,
        evidence=parsed.evidence,
        critical=parsed.critical,
        cluster=parsed.cluster or parsed.evidence,
        tags=tuple(parsed.tags),
        split=parsed.split,
        line=line,
        assertions=tuple(parsed.assertions),
    )
    _check_json(case.to_json())
    return case


def _check_json(value: JSON) -> None:
    """Refuse what has no canonical form.

    That form takes many times as long as plain JSON, so it is made only for values that may have
    none: numbers of sixteen digits and more, infinities, lone surrogates, other types.

    Raises:
        ValueError: See `canonical_json`.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode("utf-8")
        # Read back, it is what it was: no tuples, and no keys that are not strings.
        plain = not _LONG_NUMBER.search(text) and json.loads(text) == value
    except (ValueError, TypeError):
        plain = False
    if not plain:
        canonical_json(value)


def write_golden(cases: Iterable[GoldenCase], path: Path) -> None:
    """Write cases to ``.jsonl``, ``.csv``, ``.tsv`` or ``.parquet``; `load_golden` reads them back.

    Raises:
        GoldenSetError: The file name says none of these.
        StorageError: The disk refuses; an old file stays whole.
    """
    rows = [_without_default_cluster(case) for case in cases]
    if path.suffix in JSON_LINES:
        write_jsonl(path, rows)
        return
    if path.suffix not in TABLES:
        raise GoldenSetError(f'a golden set is not written to "{path.suffix}"', where=str(path))
    from promptops.golden.hugging_face import table_bytes

    write_atomic(path, table_bytes([_tabulate(row) for row in rows], path.suffix))


def _without_default_cluster(case: GoldenCase) -> dict[str, JSON]:
    row = case.to_json()
    if case.cluster == case.evidence:
        row.pop("cluster", None)
    return row


def _explain(problem: ValidationError) -> str:
    first = problem.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        fields = GoldenRow.model_fields.items()
        hint = did_you_mean(name, [each.alias or own for own, each in fields])
        return f'"{name}" is no field of a golden row' + (f", {hint}" if hint else "")
    if first["type"] == "missing":
        return f'"{name}" is missing'
    return f'"{name}": {first["msg"][0].lower()}{first["msg"][1:]}'


def _tabulate(row: Mapping[str, JSON]) -> dict[str, JSON]:
    """A row as flat cells; nested values as JSON text. Every row gets every column."""
    cells: dict[str, JSON] = {
        "id": row["id"],
        "inputs_json": _text(row["inputs"]),
        "expected_json": _text(row["expected"]) if "expected" in row else "",
        "answers_json": _text(row["answers"]) if "answers" in row else "",
        "assert_json": _text(row["assert"]) if "assert" in row else "",
        "tags": ";".join(row.get("tags", [])),
        "critical": "true" if row.get("critical") else "false",
    }
    for name in ("evidence", "cluster", "split"):
        cells[name] = row.get(name) or ""
    return cells


def _text(value: JSON) -> str:
    return json.dumps(value, ensure_ascii=False)


def _untabulate(cells: Mapping[str, Any]) -> dict[str, Any]:
    """The row that a table's cells describe; an empty cell is absent."""
    row: dict[str, Any] = {}
    for column, cell in cells.items():
        if cell is None or cell == "":
            continue
        group, _, name = column.partition(".")
        if name and group in ("inputs", "answers"):
            row.setdefault(group, {})[name] = cell
        elif column in _CELLS:
            try:
                key, value = _CELLS[column](cell)
            except ValueError as problem:
                raise ValueError(f'"{column}": {problem}') from problem
            row[key] = value
        else:
            row[column] = cell
    return row


def _boolean(cell: Any) -> bool:
    if isinstance(cell, bool):
        return cell
    known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if str(cell).strip().lower() not in known:
        raise ValueError(f'"{cell}" is neither true nor false')
    return known[str(cell).strip().lower()]


def _words(cell: Any) -> list[str]:
    if isinstance(cell, list):
        return cell
    return [word.strip() for word in str(cell).split(";") if word.strip()]


_CELLS: Mapping[str, Callable[[Any], tuple[str, Any]]] = {
    "critical": lambda cell: ("critical", _boolean(cell)),
    "tags": lambda cell: ("tags", _words(cell)),
    "inputs_json": lambda cell: ("inputs", parse_json(cell)),
    "expected_json": lambda cell: ("expected", parse_json(cell)),
    "answers_json": lambda cell: ("answers", parse_json(cell)),
    "assert_json": lambda cell: ("assert", parse_json(cell)),
}
