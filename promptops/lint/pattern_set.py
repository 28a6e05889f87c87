"""Many patterns looked up in one pass: the only door to Hyperscan.

Source: Wang et al., "Hyperscan: a fast multi-pattern regex matcher for modern CPUs", NSDI 2019.
"""

import hashlib
import platform
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

from promptops.core.files import write_atomic
from promptops.errors import StorageError

Seen = Callable[..., object]
"""Called with a pattern's number, 0, the byte offset where a match ends, and more to ignore."""

_MOST_KEPT = 12


class PatternSet:
    """Patterns with numbers, compiled when the first text comes.

    Args:
        patterns: Bytes and the number that is told of them; several may share one.
        literal: Whether they are plain strings; else expressions without look-around.
        caseless: Whether the case of ASCII letters does not count.
        once: Whether one match of each pattern a text is enough.
        folder: Where compiled expressions are kept: compiling those of all rules takes a second,
            loading them a thousandth of it. None compiles anew in each process.
    """

    def __init__(
        self,
        patterns: Sequence[tuple[bytes, int]],
        *,
        literal: bool,
        caseless: bool = False,
        once: bool = False,
        folder: Path | None = None,
    ) -> None:
        """Keep the patterns."""
        self._patterns = tuple(patterns)
        self._literal = literal
        self._caseless = caseless
        self._once = once
        self._folder = folder
        self._database: Any = None
        # A database has one scratch space: two scans at once are an error in Hyperscan.
        self._lock = Lock()

    def prepare(self) -> None:
        """Compile now, or load what is compiled.

        Raises:
            ValueError: A pattern that Hyperscan cannot compile.
        """
        with self._lock:
            if self._database is None:
                self._database = self._loaded()

    def scan(self, data: bytes, seen: Seen) -> None:
        """Call ``seen`` for the matches in ``data``.

        Raises:
            ValueError: A pattern that Hyperscan cannot compile.
        """
        if self._database is None:
            self.prepare()
        with self._lock:
            self._database.scan(data, match_event_handler=seen)

    def _loaded(self) -> Any:
        import hyperscan

        if self._folder is None or self._literal:  # literals compile as fast as they load
            return self._compiled()
        parts = [version("hyperscan"), platform.machine(), repr(self._flags())]
        parts += map(repr, self._patterns)
        name = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
        path = self._folder / f"{name}.hsdb"
        with suppress(OSError, hyperscan.error):  # whatever is wrong with the file: compile again
            database = hyperscan.loadb(path.read_bytes(), hyperscan.HS_MODE_BLOCK)
            database.scratch = hyperscan.Scratch(database)
            return database
        database = self._compiled()
        # A folder that cannot be written to costs time, not verdicts.
        with suppress(StorageError, OSError):
            write_atomic(path, bytes(hyperscan.dumpb(database)))
            _tidy(self._folder)
        return database

    def _flags(self) -> int:
        import hyperscan

        flags = hyperscan.HS_FLAG_CASELESS if self._caseless else 0
        return int(flags | (hyperscan.HS_FLAG_SINGLEMATCH if self._once else 0))

    def _compiled(self) -> Any:
        import hyperscan

        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        try:
            database.compile(
                expressions=[pattern for pattern, _ in self._patterns],
                ids=[number for _, number in self._patterns],
                elements=len(self._patterns),
                flags=[self._flags()] * len(self._patterns),
                literal=self._literal,
            )
        except hyperscan.error as problem:
            raise ValueError(f"a pattern of the linter cannot be compiled: {problem}") from problem
        return database


def _tidy(folder: Path) -> None:
    """Keep the newest databases only: each set of rules has one of its own."""
    files = sorted(folder.glob("*.hsdb"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[_MOST_KEPT:]:
        path.unlink(missing_ok=True)
