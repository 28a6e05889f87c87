"""One writer at a time, between processes."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from promptops.core.files import storage_refusals


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Hold a folder while the block runs; others wait. A killed process lets go.

    The folder itself is locked, so that no lock file is left behind. Windows cannot lock folders:
    there, two people who decide on the same proposal in the same instant are not kept apart.

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
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
