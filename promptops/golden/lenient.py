"""A golden set of which some rows are broken: the sound ones, and what is wrong with the others."""

from pathlib import Path

from promptops.core.files import read_text
from promptops.core.jsonl import parse_json
from promptops.errors import GoldenSetError
from promptops.golden.case import GoldenCase, GoldenSet
from promptops.golden.loading import JSON_LINES, load_golden, parse_row, read_cases


def load_sound(path: Path) -> tuple[GoldenSet, tuple[tuple[int, str], ...]]:
    """Read what can be read of a golden set; `load_golden` refuses the whole file instead.

    Returns:
        The set of the sound rows, and line (or row) and reason of every other.

    Raises:
        GoldenSetError: The file cannot be read at all, or no row of it is sound.
    """
    if path.suffix in JSON_LINES and path.exists():
        cases, problems = _lines(path)
    else:
        cases, problems = read_cases(path)
    if cases:
        return GoldenSet(name=path.stem, path=path, cases=cases), problems
    if problems:
        line, message = problems[0]
        raise GoldenSetError(f"no row is sound: {message}", where=f"{path}:{line}")
    return load_golden(path), ()


def _lines(path: Path) -> tuple[tuple[GoldenCase, ...], tuple[tuple[int, str], ...]]:
    """As `read_cases`, which gives up on a line that is not JSON."""
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
