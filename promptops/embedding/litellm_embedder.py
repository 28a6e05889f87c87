"""Embeddings from any provider that LiteLLM knows."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from promptops.errors import ProviderError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BATCH = 128


class LiteLLMEmbedder:
    """Embeddings by model id, such as ``text-embedding-3-small``; keys from the environment."""

    def __init__(self, model: str, *, timeout_s: float = 60.0, api_base: str | None = None) -> None:
        """Name the model.

        Args:
            model: LiteLLM's model id.
            timeout_s: Seconds one request may take.
            api_base: Another address than the provider's own.
        """
        self._model = model
        self._timeout_s = timeout_s
        self._api_base = api_base
        self._dimension = 0

    @property
    def fingerprint(self) -> str:
        """The model id: the provider says no more."""
        return f"litellm:{self._model}"

    @property
    def dimension(self) -> int:
        """Length of one vector; asks the provider once."""
        if not self._dimension:
            self.embed(["dimension"])
        return self._dimension

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Embed texts.

        Returns:
            Float32 array ``(len(texts), dimension)`` of unit rows.

        Raises:
            ProviderError: The provider failed.
        """
        import numpy as np

        rows: list[Any] = []
        for start in range(0, len(texts), _BATCH):
            rows += self._request(list(texts[start : start + _BATCH]))
        if not rows:
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors = np.asarray(rows, dtype=np.float32)
        self._dimension = vectors.shape[1]
        norms = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return np.asarray(vectors / norms, dtype=np.float32)

    def _request(self, texts: list[str]) -> list[list[float]]:
        import litellm

        try:
            answer = litellm.embedding(
                model=self._model, input=texts, timeout=self._timeout_s, api_base=self._api_base
            )
        except Exception as problem:
            raise ProviderError(
                f"the embedding request failed: {problem}", where=self._model
            ) from problem
        return [item["embedding"] for item in sorted(answer.data, key=lambda item: item["index"])]
