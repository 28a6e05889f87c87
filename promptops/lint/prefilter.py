"""Which rules could find something in a text: every rule's triggers in one pass.

All triggers are compiled into one Hyperscan database, so the time of the pass hardly depends on how
many rules there are. It may let a rule through that then finds nothing; it never holds one back
whose trigger occurs: triggers are looked up in the lower-case text byte for byte, and shapes keep
to ASCII, so that Hyperscan's and `re`'s ideas of letters cannot differ. A space in a trigger stands
for any white space, so that a phrase broken over two lines is seen.

Source: Wang et al., "Hyperscan: a fast multi-pattern regex matcher for modern CPUs", NSDI 2019.
"""

import hashlib
import platform
import re
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

from promptops.core.files import write_atomic
from promptops.errors import StorageError
from promptops.lint.rule import Rule
from promptops.lint.text import lower

_MOST_KEPT = 12
_SPACE = r"[\x09-\x0d\x1c-\x20]"
_WIDE_SPACES = re.compile("[\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")


class Prefilter:
    """A set of rules, ready to be narrowed down to those that a text could concern.

    Args:
        rules: In the order in which candidates are reported.
        folder: Where compiled databases are kept: compiling all rules takes a second, loading them
            a thousandth of it. None compiles anew in each process.
    """

    def __init__(self, rules: Sequence[type[Rule]], *, folder: Path | None = None) -> None:
        """Compile the triggers and shapes of ``rules``, or load them compiled."""
        self._rules = tuple(rules)
        self.always = frozenset(
            number for number, rule in enumerate(rules) if not rule.triggers and not rule.shapes
        )
        words = [(word, n) for n, rule in enumerate(rules) for word in rule.triggers]
        literals = [(word, n) for word, n in words if " " not in word]
        shapes = [(_spaced(word), n) for word, n in words if " " in word]
        shapes += [(shape, n) for n, rule in enumerate(rules) for shape in rule.shapes]
        self._databases = [
            _database(tuple(patterns), literal, folder)
            for patterns, literal in ((literals, True), (shapes, False))
            if patterns
        ]
        # A database has one scratch space: two scans at once are an error in Hyperscan.
        self._lock = Lock()

    def candidates(self, text: str) -> frozenset[int]:
        """The places, in the order of the rules, of those that must look at ``text``."""
        data = text
        if not text.isascii():
            data = lower(text)
            if _WIDE_SPACES.search(data):
                data = _WIDE_SPACES.sub(" ", data)
        encoded = data.encode("utf-8", "surrogatepass")
        found = set(self.always)

        def seen(number: int, *_: Any) -> None:
            found.add(number)

        with self._lock:
            for database in self._databases:
                database.scan(encoded, match_event_handler=seen)
        return frozenset(found)


@cache
def _database(patterns: tuple[tuple[str, int], ...], literal: bool, folder: Path | None) -> Any:
    """A Hyperscan database in block mode; each pattern reports at most one match a scan.

    Raises:
        ValueError: A shape that Hyperscan cannot compile, or that is not ASCII.
    """
    import hyperscan

    if folder is None or literal:  # literals compile as fast as they load
        return _compiled(patterns, literal)
    parts = [version("hyperscan"), platform.machine(), *map(repr, patterns)]
    path = folder / f"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}.hsdb"
    with suppress(OSError, hyperscan.error):  # whatever is wrong with the file: compile again
        database = hyperscan.loadb(path.read_bytes(), hyperscan.HS_MODE_BLOCK)
        database.scratch = hyperscan.Scratch(database)
        return database
    database = _compiled(patterns, literal)
    # A folder that cannot be written to costs time, not verdicts.
    with suppress(StorageError, OSError):
        write_atomic(path, bytes(hyperscan.dumpb(database)))
        _tidy(folder)
    return database


def _compiled(patterns: Sequence[tuple[str, int]], literal: bool) -> Any:
    import hyperscan

    flags = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_CASELESS
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    try:
        database.compile(
            expressions=[
                pattern.encode("utf-8" if literal else "ascii") for pattern, _ in patterns
            ],
            ids=[number for _, number in patterns],
            elements=len(patterns),
            flags=[flags] * len(patterns),
            literal=literal,
        )
    except (hyperscan.error, UnicodeEncodeError) as problem:
        raise ValueError(f"a trigger of a lint rule cannot be compiled: {problem}") from problem
    return database


def _tidy(folder: Path) -> None:
    """Keep the newest databases only: each set of rules has one of its own."""
    files = sorted(folder.glob("*.hsdb"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[_MOST_KEPT:]:
        path.unlink(missing_ok=True)


def _spaced(words: str) -> str:
    """A trigger of several words: they may stand on two lines, as in `phrases.phrase`."""
    parts = "".join(char if char.isalnum() else f"\\x{ord(char):02x}" for char in words)
    return parts.replace(r"\x20", f"{_SPACE}{{1,3}}")
