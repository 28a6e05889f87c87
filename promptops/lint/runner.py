"""Lint many prompts: in batches, in several processes when there is much to read."""

import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, TypeVar

from promptops.lint.engine import Cell, Checked, Linter, joined
from promptops.lint.options import LintOptions
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.pattern_set import PatternSet
from promptops.lint.report import LintReport, Skipped
from promptops.lint.workers import Workers
from promptops.prompts.loader import PromptFile

Progress = Callable[[int, int], None]
"""Called with the number of prompts done and the total (0 while it is not known)."""

T = TypeVar("T")

Outcome = tuple[str, Checked]
"""What a batch is for (a verdict's key in the cache, or ""), and what was found."""

_POOL_FROM = 1_500_000
"""Characters. Below that, a pool's own start costs more than it saves."""
_BATCH = 250_000
"""Characters that a worker takes at a time."""


class Batch(Protocol):
    """Prompts that are checked together; picklable."""

    @property
    def size(self) -> int:
        """About how many characters there are to read."""

    def check(self, linter: Linter) -> list[Outcome]:
        """Check them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileBatch:
    """Loaded prompt files."""

    files: tuple[PromptFile, ...]
    size: int

    def check(self, linter: Linter) -> list[Outcome]:
        """Check each file."""
        return [("", linter.check_file(file)) for file in self.files]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellBatch:
    """Rows of one table."""

    key: str = ""
    path: str
    cells: tuple[Cell, ...]
    size: int

    def check(self, linter: Linter) -> list[Outcome]:
        """Check each row."""
        return [(self.key, linter.check_cells(self.cells, path=self.path))]


def lint_files(
    files: Sequence[PromptFile],
    *,
    options: LintOptions | None = None,
    unreadable: Iterable[Skipped] = (),
    workers: int = 1,
    progress: Progress | None = None,
) -> LintReport:
    """Lint loaded prompt files.

    Args:
        files: What was loaded.
        options: Rules and settings; the defaults when None.
        unreadable: Files that could not be loaded: they are reported as skipped.
        workers: Processes; a pool starts only for much text, because each process pays its own
            start.
        progress: Told after each batch.
    """
    batches = (
        FileBatch(files=tuple(chunk), size=size)
        for chunk, size in chunks(files, lambda file: len(file.text))
    )
    return lint_batches(
        batches,
        options=options,
        unreadable=unreadable,
        workers=workers,
        progress=progress,
        total=len(files),
    )


def lint_prompts(
    prompts: Iterable[ParsedPrompt], *, options: LintOptions | None = None
) -> LintReport:
    """Lint prompts that are parsed already, such as bare texts (`parsing.parse_text`)."""
    linter = Linter(options)
    return report_of([linter.check(prompt) for prompt in prompts], linter.options)


def lint_cells(
    cells: Iterable[Cell],
    *,
    path: str,
    options: LintOptions | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> LintReport:
    """Lint the texts of a table's column; ``path`` is the table, as findings name it."""
    return lint_batches(
        cell_batches(cells, path=path), options=options, workers=workers, progress=progress
    )


def cell_batches(cells: Iterable[Cell], *, path: str, key: str = "") -> Iterator[CellBatch]:
    """Rows of a table in batches, read as they are asked for."""
    for chunk, size in chunks(cells, lambda cell: len(cell[1])):
        yield CellBatch(key=key, path=path, cells=tuple(chunk), size=size)


def lint_batches(
    batches: Iterable[Batch],
    *,
    options: LintOptions | None = None,
    unreadable: Iterable[Skipped] = (),
    workers: int = 1,
    progress: Progress | None = None,
    total: int = 0,
) -> LintReport:
    """Lint batches of any kind; the arguments are those of `lint_files`."""
    settings = options or LintOptions()
    outcomes = []
    done = 0
    for _, outcome in check_batches(batches, settings, workers=workers):
        outcomes.append(outcome)
        done += outcome.prompts
        if progress is not None:
            progress(done, total)
    return report_of(outcomes, settings, unreadable)


def check_batches(
    batches: Iterable[Batch], options: LintOptions, *, workers: int = 1
) -> Iterator[Outcome]:
    """The outcomes of batches in their order, as they come."""
    for outcomes in _outcomes(_Check(pickle.dumps(options)), batches, workers):
        yield from outcomes


def report_of(
    outcomes: Iterable[Checked], options: LintOptions, unreadable: Iterable[Skipped] = ()
) -> LintReport:
    """The report of several outcomes: findings and skips in their one order."""
    whole = joined(outcomes)
    return LintReport(
        findings=tuple(sorted(whole.findings, key=lambda finding: finding.order)),
        checked=whole.prompts,
        skipped=tuple(sorted((*unreadable, *whole.skipped), key=lambda item: item.order)),
        suppressed=whole.suppressed,
        fail_on=options.fail_on,
    )


class _Check:
    """Check one batch under pickled options; a process makes their linter once."""

    def __init__(self, options: bytes) -> None:
        self._options = options

    def uncompiled(self) -> list[PatternSet]:
        """The sets of patterns that are to be compiled once, for all workers."""
        return [each for each in _linter(self._options).pattern_sets() if each.must_compile]

    def __call__(self, batch: Batch) -> list[Outcome]:
        return batch.check(_linter(self._options))


@lru_cache(maxsize=4)
def _linter(options: bytes) -> Linter:
    return Linter(pickle.loads(options))  # noqa: S301 - bytes of our own process


def _outcomes(check: _Check, batches: Iterable[Batch], workers: int) -> Iterator[list[Outcome]]:
    waiting = iter(batches)
    first: list[Batch] = []
    if workers > 1:
        size = 0
        for batch in waiting:
            first.append(batch)
            size += batch.size
            if size >= _POOL_FROM:
                uncompiled = check.uncompiled()  # the linter is made before there are forks of it
                with Workers(workers) as pool:
                    deque(pool.spread(PatternSet.prepare, uncompiled), maxlen=0)
                    yield from pool.spread(check, _chained(first, waiting))
                return
    for batch in _chained(first, waiting):
        yield check(batch)


def _chained(first: Iterable[Batch], rest: Iterable[Batch]) -> Iterator[Batch]:
    yield from first
    yield from rest


def chunks(items: Iterable[T], size_of: Callable[[T], int]) -> Iterator[tuple[list[T], int]]:
    """Items in runs of about a batch's size, each with its size in characters."""
    chunk: list[T] = []
    size = 0
    for item in items:
        chunk.append(item)
        size += size_of(item) + 1
        if size >= _BATCH:
            yield chunk, size
            chunk, size = [], 0
    if chunk:
        yield chunk, size
