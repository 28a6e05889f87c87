"""Many patterns looked up in one pass: the only door to Hyperscan.

Source: Wang et al., "Hyperscan: a fast multi-pattern regex matcher for modern CPUs", NSDI 2019.
"""

import hashlib
import platform
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property, partial
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

from promptops.core.files import write_atomic
from promptops.errors import StorageError

Seen = Callable[..., object]
"""Called with a pattern's number, 0, the byte offset where a match ends, and more to ignore."""

_FORM = "2"
"""Raised when images change, so that none that was compiled before is taken for a new one."""
_MOST_KEPT = 80
"""Databases: some dozen for each set of rules, so those of the last few sets."""


class PatternSet:
    """Patterns with numbers, compiled when the first text comes.

    Args:
        patterns: Bytes and the number that is told of them; several may share one.
        literal: Whether they are plain strings; else expressions without look-around.
        caseless: Whether the case of ASCII letters does not count.
        once: Whether one match of each pattern a text is enough.
        folder: Where what is compiled is kept: compiling those of all rules takes a second,
            loading them a thousandth of it. None compiles anew in each process.
        image: Makes the expression of a pattern, where the two differ; a function of a module.
    """

    def __init__(
        self,
        patterns: Sequence[tuple[bytes, int]],
        *,
        literal: bool,
        caseless: bool = False,
        once: bool = False,
        folder: Path | None = None,
        image: Callable[[bytes], bytes] = bytes,
    ) -> None:
        """Keep the patterns."""
        self._patterns = tuple(patterns)
        self._literal = literal
        self._caseless = caseless
        self._once = once
        self._folder = folder
        self._image = image
        self._database: Any = None
        # A database has one scratch space: two scans at once are an error in Hyperscan.
        self._lock = Lock()

    def __reduce__(self) -> tuple[Callable[..., "PatternSet"], tuple[object, ...]]:
        """The patterns travel to another process, and what is compiled of them does not."""
        made = partial(
            PatternSet,
            literal=self._literal,
            caseless=self._caseless,
            once=self._once,
            folder=self._folder,
            image=self._image,
        )
        return made, (self._patterns,)

    @property
    def size(self) -> int:
        """Bytes of all patterns: about how long they take to compile."""
        return sum(len(pattern) for pattern, _ in self._patterns)

    @property
    def must_compile(self) -> bool:
        """Whether a process that starts now would have to compile this, and could keep it."""
        return self._file is not None and not self._file.exists()

    @property
    def is_at_hand(self) -> bool:
        """Whether this is compiled already, in this process or in the folder."""
        return self._database is not None or (self._file is not None and self._file.exists())

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

    @cached_property
    def _file(self) -> Path | None:
        if self._folder is None:
            return None
        parts = [version("hyperscan"), platform.machine(), repr(self._flags()), _FORM]
        parts += [repr(self._literal), self._image.__name__, *map(repr, self._patterns)]
        return self._folder / f"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}.hsdb"

    def _loaded(self) -> Any:
        import hyperscan

        path = self._file
        if path is None:
            return self._compiled()
        with suppress(OSError, hyperscan.error):  # whatever is wrong with the file: compile again
            database = hyperscan.loadb(path.read_bytes(), hyperscan.HS_MODE_BLOCK)
            database.scratch = hyperscan.Scratch(database)
            return database
        database = self._compiled()
        # A folder that cannot be written to costs time, not verdicts.
        with suppress(StorageError, OSError):
            write_atomic(path, bytes(hyperscan.dumpb(database)))
            _tidy(path.parent)
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
                expressions=[self._image(pattern) for pattern, _ in self._patterns],
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
