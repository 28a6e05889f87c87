"""Files read and written whole, with the operating system's refusals made clear."""

import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from promptops.errors import (
    InputError,
    PromptOpsError,
    ReadOnlyWorkspaceError,
    StorageError,
    StorageFullError,
)

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DENIED = {errno.EROFS, errno.EACCES, errno.EPERM}


@contextmanager
def storage_refusals(path: Path) -> Iterator[None]:
    """Turn an ``OSError`` of the block into a ``StorageError`` that names ``path``.

    Raises:
        StorageFullError: The disk or the quota is full.
        ReadOnlyWorkspaceError: The place cannot be written to.
        StorageError: Anything else the operating system says.
    """
    try:
        yield
    except OSError as problem:
        place = str(path)
        if problem.errno in _FULL:
            raise StorageFullError("no space is left to write here", where=place) from problem
        if problem.errno in _DENIED:
            raise ReadOnlyWorkspaceError("this cannot be written to", where=place) from problem
        if isinstance(problem, NotADirectoryError | FileExistsError):
            problem.strerror = "a file is where a folder has to be"
        raise StorageError(problem.strerror or str(problem), where=place) from problem


def write_atomic(path: Path, data: str | bytes) -> None:
    """Write a whole file so that a reader sees the old bytes or the new ones, never a part.

    The bytes go to a temporary file in the same folder, reach the disk, and are renamed over
    ``path``; the folder is created when it is missing. An existing file keeps its mode. A symbolic
    link stays one: what it points at is written. A device or a pipe is written to as it is.

    Raises:
        StorageError: See `storage_refusals`; the old file is untouched.
    """
    content = data.encode("utf-8") if isinstance(data, str) else data
    with storage_refusals(path):
        mode = _mode(path)
        if mode is not None and not stat.S_ISREG(mode):
            # A rename would put a file in the place of the device; /dev/stdout even resolves to
            # no path at all. A folder refuses to be opened, which is the error it should be.
            with path.open("wb", buffering=0) as sink:
                _write_all(sink.fileno(), content)
            return
        target = Path(os.path.realpath(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.chmod(0o644 if mode is None else stat.S_IMODE(mode) & 0o777)
            temporary.replace(target)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise


def _mode(path: Path) -> int | None:
    """Kind and permissions of what is there, links followed; None when nothing is."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _write_all(handle: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


def read_text(path: Path, error: type[PromptOpsError] = InputError) -> str:
    """The text of a UTF-8 file.

    Raises:
        error: When the file is missing, unreadable, or not UTF-8 (the byte offset is named).
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as problem:
        raise error("no such file", where=str(path)) from problem
    except UnicodeDecodeError as problem:
        raise error(
            f"not UTF-8 text: byte {problem.start} is 0x{problem.object[problem.start]:02x}",
            where=str(path),
            hint="save the file as UTF-8",
        ) from problem
    except OSError as problem:
        raise error(problem.strerror or str(problem), where=str(path)) from problem
