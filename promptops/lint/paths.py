"""Lint files of any known format, reading only those whose verdict is not known."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from promptops.lint.cache import VerdictCache
from promptops.lint.engine import NOTHING, Cell, Checked, Linter, joined
from promptops.lint.options import LintOptions
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.report import LintReport, Skipped
from promptops.lint.runner import (
    Batch,
    Outcome,
    Progress,
    cell_batches,
    check_batches,
    chunks,
    report_of,
)
from promptops.lint.sources import FORMATS, detect, read_prompts


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A file to lint, with what the user says of it.

    Attributes:
        path: Where it lies.
        column: The column that holds the prompts, for tables.
        format_: The format, when its name does not say it.
    """

    path: Path
    column: str | None = None
    format_: str | None = None


class Places:
    """Where named files lie; each folder on the way is followed once.

    Args:
        root: Below it files are called by their place.
    """

    def __init__(self, root: Path | None) -> None:
        """Follow the root."""
        self._root = root.resolve() if root is not None else None
        self._folders: dict[str, tuple[Path, bool]] = {}

    def of(self, path: Path) -> tuple[Path, str]:
        """A file under the name that it was given, below the root as such; and what makes it one.

        A link keeps its own name, wherever it leads.
        """
        before, slash, name = str(path).rpartition(os.sep)
        folder = before + slash  # "/" is not where a bare name lies
        try:
            if folder not in self._folders:
                real = path.parent.resolve()
                inside = self._root is not None and real.is_relative_to(self._root)
                self._folders[folder] = real, inside
            real, inside = self._folders[folder]
            place = real / name
            key = path.resolve() if path.is_symlink() or name == ".." else place
        except (OSError, RuntimeError):  # links in a circle: the reader tells it
            place = key = path.absolute()
            inside = self._root is not None and place.is_relative_to(self._root)
        return place if inside else path, str(key)


class _Named(NamedTuple):
    """A target with its format, the path it is shown under, its verdict's key and its bytes."""

    target: Target
    format_: str
    shown: str
    key: str
    size: int

    @property
    def is_table(self) -> bool:
        """Whether it is read row by row; what has no format is refused by the reader."""
        return self.format_ in FORMATS and FORMATS[self.format_].streamed


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetBatch:
    """Files that a worker reads and checks: of each its key, path, shown path, column, format.

    As plain texts, which travel to a worker in a fraction of the time that paths take.
    """

    named: tuple[tuple[str, str, str, str | None, str], ...]
    size: int

    def check(self, linter: Linter) -> list[Outcome]:
        """Read and check each file."""
        return [
            (key, check_target(linter, Target(path=Path(path), column=column, format_=kind), shown))
            for key, path, shown, column, kind in self.named
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneBatch:
    """What is checked already."""

    key: str
    checked: Checked
    size: int = 0

    def check(self, linter: Linter) -> list[Outcome]:
        """Hand it over."""
        del linter
        return [(self.key, self.checked)]


def check_target(linter: Linter, target: Target, shown: str) -> Checked:
    """Read one file and check every prompt in it."""
    read = read_prompts(target.path, shown=shown, column=target.column, format_=target.format_)
    return check_read(linter, read)


def check_read(linter: Linter, read: Iterator[ParsedPrompt | Skipped]) -> Checked:
    """Check what a reader yields: prompts, and what it could not read."""
    return joined(
        replace(NOTHING, skipped=(item,), prompts=0)
        if isinstance(item, Skipped)
        else linter.check(item)
        for item in read
    )


def lint_targets(
    targets: Sequence[Target],
    *,
    options: LintOptions | None = None,
    cache: VerdictCache | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> LintReport:
    """Lint files.

    Args:
        targets: The files, each once.
        options: Rules and settings; the defaults when None.
        cache: Where known verdicts are; None checks everything.
        workers: Processes, used when there is much to read.
        progress: Told the files done and their number; with a table among them the prompts done,
            and 0 for a number that is not known.

    Raises:
        StorageError: The cache cannot be used.
    """
    settings = options or LintOptions()
    named = [_named(target, settings, cache) for target in targets]
    known = cache.get_many([each.key for each in named if each.key]) if cache else {}
    missing = [each for each in named if each.key not in known]
    found: dict[str, list[Checked]] = {}
    # The rows of a table are counted when they are read, so their number is not known before.
    total = 0 if any(each.is_table for each in missing) else len(named)
    done = len(named) - len(missing)
    if progress is not None and not missing:  # a display starts a thread, and with it no fork
        progress(done, total)
    outcomes = [known[each.key] for each in named if each.key in known]
    for key, outcome in check_batches(_batches(missing, settings), settings, workers=workers):
        outcomes.append(outcome)
        found.setdefault(key, []).append(outcome)
        done += 1 if total else outcome.prompts
        if progress is not None:
            progress(done, total)
    if cache is not None:
        cache.put_many({key: joined(parts) for key, parts in found.items() if key})
    return report_of(outcomes, settings)


def _named(target: Target, options: LintOptions, cache: VerdictCache | None) -> _Named:
    shown = options.shown(target.path)
    format_ = target.format_ or detect(target.path) or "text"
    kind = FORMATS.get(format_)  # None for one that does not exist, which the reader refuses
    key, size = "", 0
    try:
        status = target.path.stat()
        size = status.st_size
        # Opening a pipe waits for who writes to it; the reader refuses it without opening it.
        known = kind is not None and not kind.follows
        if cache is not None and known and stat.S_ISREG(status.st_mode):
            how = f"{target.format_ or ''}:{target.column or ''}"
            key = cache.key(target.path, shown=shown, how=how)
    except OSError:
        key = ""  # the reader says what is wrong with it
    return _Named(target=target, format_=format_, shown=shown, key=key, size=size)


def _batches(named: Sequence[_Named], options: LintOptions) -> Iterator[Batch]:
    small = [each for each in named if not each.is_table]
    for chunk, size in chunks(small, lambda each: each.size):
        files = (
            (each.key, str(each.target.path), each.shown, each.target.column, each.format_)
            for each in chunk
        )
        yield TargetBatch(named=tuple(files), size=size)
    linter = Linter(options)
    for each in named:
        if each.is_table:
            yield from _table(each, linter)


def _table(named: _Named, linter: Linter) -> Iterator[Batch]:
    """A table's rows in batches; a cell that holds a chat is checked at once."""
    apart: list[Checked] = []

    def cells() -> Iterator[Cell]:
        target = named.target
        for item in read_prompts(
            target.path, shown=named.shown, column=target.column, format_=target.format_
        ):
            if isinstance(item, ParsedPrompt) and item.row is not None and item.is_bare:
                yield item.row, item.source
            else:
                apart.append(check_read(linter, iter([item])))

    yield from cell_batches(cells(), path=named.shown, key=named.key)
    yield DoneBatch(key=named.key, checked=joined(apart))
