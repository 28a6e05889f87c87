"""How long work is going: bars on a terminal, a line now and then elsewhere."""

import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

Tell = Callable[[int, int], None]
"""Called with what is done and the total."""

_SECONDS_BETWEEN_LINES = 5.0


class Watch:
    """Remarks and progress for the person at the keyboard, all on stderr.

    On a terminal a bar for each thing under way, gone when it is done; otherwise a line for each
    every five seconds, so that a log shows life without filling up. Safe with several threads.
    """

    def __init__(self, *, quiet: bool) -> None:
        """With ``quiet`` nothing is said at all."""
        self._quiet = quiet
        self._lock = threading.Lock()
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._told: dict[str, float] = {}

    def remark(self, text: str) -> None:
        """A line of its own."""
        if self._quiet:
            return
        with self._lock:
            if self._bars is not None:
                self._bars.console.print(text, markup=False, highlight=False)
            else:
                click.echo(text, err=True)

    def tell(self, what: str, done: int, total: int) -> None:
        """Something has come this far; a total of 0 is unknown, and so is a count of 0 then.

        What stands behind a colon (``optimize topic: final test``) may change on the way.
        """
        if self._quiet:
            return
        with self._lock:
            if sys.stderr.isatty():
                self._draw(what, done, total)
            else:
                self._write(what, done, total)

    def of(self, what: str) -> Tell:
        """`tell` for one thing."""
        return partial(self.tell, what)

    def close(self) -> None:
        """Take the bars away."""
        with self._lock:
            if self._bars is not None:
                self._bars.stop()
                self._bars = None
                self._tasks.clear()

    def _draw(self, what: str, done: int, total: int) -> None:
        if self._bars is None:
            if 0 < total <= done:
                return
            self._bars = _bars()
            self._bars.start()
        key = _key(what)
        if 0 < total <= done:
            if key in self._tasks:
                self._bars.remove_task(self._tasks.pop(key))
        elif key in self._tasks:
            self._bars.update(self._tasks[key], description=what, completed=done, total=total)
        else:
            self._tasks[key] = self._bars.add_task(what, completed=done, total=total or None)

    def _write(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        # Work that is over before the first line is due is never mentioned.
        last = self._told.setdefault(_key(what), now)
        if now - last >= _SECONDS_BETWEEN_LINES:
            self._told[_key(what)] = now
            count = f": {done:,}{f' of {total:,}' if total else ''}" if done or total else ""
            click.echo(f"{what}{count}", err=True)


def _key(what: str) -> str:
    return what.partition(": ")[0]


def _bars() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Rest

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        Rest(),
        console=Console(stderr=True, highlight=False),
        transient=True,
    )
