"""One file out of a pack folder, and back; the same folder always gives the same bytes.

The form is an uncompressed POSIX ustar archive: entries sorted, dates zero, no owners. Compression
is left out on purpose, because its bytes differ from one zlib to the next; and it is not a ZIP,
whose two directories let two readers see two contents.
"""

import io
import tarfile
from collections.abc import Mapping
from pathlib import PurePosixPath

from promptops.errors import PackError

MAX_BYTES = 10 * 1024 * 1024
MAX_FILES = 500


def pack_archive(root: str, files: Mapping[str, bytes]) -> bytes:
    """The archive of ``files`` (path inside the pack -> bytes) below the folder ``root``.

    Raises:
        PackError: A path is longer than the format can hold (about 150 characters of folders).
    """
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(files):
            entry = tarfile.TarInfo(f"{root}/{path}")
            entry.size = len(files[path])
            entry.mode = 0o644
            try:
                archive.addfile(entry, io.BytesIO(files[path]))
            except ValueError as problem:
                raise PackError(str(problem), where=path) from problem
    return stream.getvalue()


def unpack_archive(data: bytes, *, where: str) -> tuple[str, dict[str, bytes]]:
    """The root folder's name and the files of an archive that `pack_archive` made.

    Nothing is written. Anything that is not a plain file below one folder is refused.

    Raises:
        PackError: Not such an archive.
    """
    if len(data) > MAX_BYTES:
        raise PackError(f"a pack is at most {MAX_BYTES // 2**20} MiB", where=where)
    roots: set[str] = set()
    files: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for entry in archive:
                root, _, path = entry.name.partition("/")
                if not entry.isreg() or not is_safe(path) or path in files:
                    raise PackError(f"{entry.name!r} has no place in a pack", where=where)
                if len(files) >= MAX_FILES:
                    raise PackError(f"a pack has at most {MAX_FILES} files", where=where)
                content = archive.extractfile(entry)
                assert content is not None
                roots.add(root)
                files[path] = content.read()
    except (tarfile.TarError, EOFError, ValueError) as problem:
        raise PackError(f"this is not a pack archive: {problem}", where=where) from problem
    if len(roots) != 1:
        raise PackError("a pack archive holds one folder", where=where)
    return roots.pop(), files


def is_safe(path: str) -> bool:
    """Whether a path stays inside the pack on every system."""
    parts = PurePosixPath(path).parts
    plain = all(part.isprintable() and part.isascii() and part[0] not in ".~" for part in parts)
    return bool(parts) and plain and not set(path) & set('\\:*?"<>|') and path == "/".join(parts)
