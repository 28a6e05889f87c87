"""Live progress of a flow: one line on a terminal, a line every few seconds elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from promptops.cli.lazy import Cli
from promptops.cli.output import console, remark
from promptops.wiring import Services

_SECONDS_BETWEEN_LINES = 10.0


@contextmanager
def live(cli: Cli, services: Services) -> Iterator[None]:
    """Show notices and progress of the services for the block."""
    if cli.quiet:
        services.notice = lambda _line: None
        yield
    elif sys.stderr.isatty():
        with console(err=True).status("…") as status:
            services.notice = lambda line: status.console.print(line, style="dim")
            services.progress = lambda what, done, total: status.update(_line(what, done, total))
            yield
    else:
        last = time.monotonic()

        def tell(what: str, done: int, total: int) -> None:
            nonlocal last
            if time.monotonic() - last >= _SECONDS_BETWEEN_LINES:
                last = time.monotonic()
                remark(cli, _line(what, done, total))

        services.notice = lambda line: remark(cli, line)
        services.progress = tell
        yield


def _line(what: str, done: int, total: int) -> str:
    return f"{what} {done}/{total}" if total else what
