"""Where plain strings occur in a text, all of them in one pass.

Ten calls of `str.find` cost ten passes; a rule that looks for fifty words would spend its whole
time there.
"""

from collections.abc import Sequence
from threading import Lock
from typing import Any


class Literals:
    """ASCII strings to look up together.

    Args:
        strings: In lower case, without line ends; a space in one may be a line end of the text.
    """

    def __init__(self, strings: Sequence[str]) -> None:
        """Take the strings; they are compiled when the first text comes."""
        self.strings = tuple(strings)
        self._lengths = tuple(map(len, self.strings))
        self._database: Any = None
        # A database has one scratch space: two scans at once are an error in Hyperscan.
        self._lock = Lock()

    def places(self, text: str) -> list[tuple[int, int]]:
        """Start and number of every occurrence in ``text``, whose case does not count."""
        found: list[tuple[int, int]] = []
        lengths = self._lengths

        def seen(number: int, _: int, end: int, *__: object) -> None:
            found.append((end - lengths[number], number))

        data = _one_byte_each(text)
        with self._lock:
            if self._database is None:
                self._database = self._compiled()
            self._database.scan(data, match_event_handler=seen)
        return found

    def _compiled(self) -> Any:
        import hyperscan

        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        database.compile(
            expressions=[string.encode("ascii") for string in self.strings],
            ids=list(range(len(self.strings))),
            elements=len(self.strings),
            flags=[hyperscan.HS_FLAG_CASELESS] * len(self.strings),
            literal=True,
        )
        return database


def _one_byte_each(text: str) -> bytes:
    """``text`` on one line with a byte a character, so that offsets in it are offsets in ``text``.

    What is not ASCII becomes "?". The rules look at the same text one after the other, so the last
    one is kept.
    """
    global _last  # noqa: PLW0603 - a cache of one entry, replaced whole
    kept, data = _last
    if kept is not text:
        data = text.encode("ascii", "replace").replace(b"\n", b" ")
        _last = text, data
    return data


_last: tuple[str, bytes] = ("", b"")
