"""JSON Lines with line numbers."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from promptops.core.canonical import JSON
from promptops.core.files import read_text, write_atomic
from promptops.errors import GoldenSetError, PromptOpsError


def read_jsonl(
    path: Path, error: type[PromptOpsError] = GoldenSetError
) -> list[tuple[int, dict[str, Any]]]:
    """The rows of a file, each with its line number (from 1); blank lines are passed over.

    Raises:
        error: A line that is not one JSON object, with file, line and column.
    """
    rows: list[tuple[int, dict[str, Any]]] = []
    for number, line in enumerate(read_text(path, error).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as problem:
            column = getattr(problem, "colno", 1)
            message = getattr(problem, "msg", str(problem))
            raise error(f"not JSON: {message}", where=f"{path}:{number}:{column}") from problem
        if not isinstance(row, dict):
            raise error("a row is a JSON object", where=f"{path}:{number}:1")
        rows.append((number, row))
    return rows


def write_jsonl(path: Path, rows: Iterable[Mapping[str, JSON]]) -> None:
    """Write rows, one object a line, keys in the order given; atomic."""
    text = "".join(json.dumps(dict(row), ensure_ascii=False) + "\n" for row in rows)
    write_atomic(path, text)
