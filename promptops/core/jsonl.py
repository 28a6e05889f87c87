"""JSON read strictly, and JSON Lines with line numbers."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from promptops.core.canonical import JSON
from promptops.core.files import read_text, write_atomic
from promptops.errors import GoldenSetError, PromptOpsError

_DEEPEST = 100
"""Levels of lists and objects; what walks the value later recurses, so there must be an end."""


def parse_json(text: str) -> JSON:
    """The value of a JSON text in which no key appears twice.

    Raises:
        ValueError: Anything else; ``json.JSONDecodeError`` where the place is known.
    """
    if text.count("[") + text.count("{") > _DEEPEST and _depth(text) > _DEEPEST:
        raise ValueError(f"nested more than {_DEEPEST} levels deep")
    try:
        return json.loads(text, object_pairs_hook=_object, parse_int=_integer)
    except RecursionError:
        raise ValueError("nested too deep") from None


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
            row = parse_json(line)
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


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f'the key "{twice}" appears twice in one object')
    return found


def _integer(digits: str) -> int:
    try:
        return int(digits)
    except ValueError:
        # Python's own words name a function of the interpreter.
        raise ValueError(f"a number of {len(digits):,} digits is too long") from None


def _depth(text: str) -> int:
    """The deepest nesting of brackets outside strings; a text that is no JSON gives some number."""
    depth = deepest = place = 0
    quoted = False
    while place < len(text):
        char = text[place]
        if quoted:
            place += char == "\\"
            quoted = char != '"'
        elif char == '"':
            quoted = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
        place += 1
    return deepest
