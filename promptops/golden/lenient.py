"""A golden set of which some rows are broken: the sound ones, and what is wrong with the others."""

from pathlib import Path

from promptops.errors import GoldenSetError
from promptops.golden.case import GoldenSet
from promptops.golden.loading import JSON_LINES, load_golden, read_cases, read_lines


def load_sound(path: Path) -> tuple[GoldenSet, tuple[tuple[int, str], ...]]:
    """Read what can be read of a golden set; `load_golden` refuses the whole file instead.

    Returns:
        The set of the sound rows, and line (or row) and reason of every other.

    Raises:
        GoldenSetError: The file cannot be read at all, or no row of it is sound.
    """
    if path.suffix in JSON_LINES and path.exists():
        cases, problems = read_lines(path)
    else:
        cases, problems = read_cases(path)
    if cases:
        return GoldenSet(name=path.stem, path=path, cases=cases), problems
    if problems:
        line, message = problems[0]
        raise GoldenSetError(f"no row is sound: {message}", where=f"{path}:{line}")
    return load_golden(path), ()
