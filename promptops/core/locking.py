"""One writer at a time, between processes."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from promptops.core.files import storage_refusals


@contextmanager
def folder_lock(folder: Path, on_wait: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold a folder while the block runs; others wait. A killed process lets go.

    The folder itself is locked, so that no lock file is left behind. Windows cannot lock folders:
    there, two writers in the same instant are not kept apart.

    Args:
        folder: What to hold; made when missing.
        on_wait: Called once when another process holds it.

    Raises:
        StorageError: The folder cannot be made or opened.
    """
    with storage_refusals(folder):
        folder.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":
        yield
        return
    import fcntl

    with storage_refusals(folder):
        handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if on_wait is not None:
                on_wait()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
