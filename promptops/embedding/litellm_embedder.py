"""Embeddings of hosted models through LiteLLM."""

import functools
import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from promptops.core.canonical import digest
from promptops.errors import (
    MissingKeyError,
    PromptOpsError,
    ProviderError,
    ProviderRefusedError,
    ProviderTimeoutError,
    UnknownModelError,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BATCH = 64
_TRY_AGAIN = {408, 409, 429}


class LiteLLMEmbedder:
    """Embedder over a hosted model; its key comes from the environment by LiteLLM's names."""

    def __init__(
        self,
        model: str,
        *,
        dimension: int | None = None,
        timeout_s: float = 60.0,
        retries: int = 2,
        backoff_s: float = 0.5,
    ) -> None:
        """Nothing is loaded until the first call.

        Args:
            model: A LiteLLM model id, such as ``text-embedding-3-small``.
            dimension: Vector length to ask for; the model's own when not given.
            timeout_s: Seconds one try may take.
            retries: Further tries after a passing failure.
            backoff_s: Seconds before the first further try; doubles with each.
        """
        self._model = model
        self._asked = dimension
        self._timeout_s = timeout_s
        self._retries = retries
        self._backoff_s = backoff_s

    @property
    def fingerprint(self) -> str:
        """Digest of the model's id and the vector length asked for: a host says no more."""
        return digest({"dimension": self._asked, "library": "litellm", "model": self._model})

    @functools.cached_property
    def dimension(self) -> int:
        """Length of one vector: as asked for, from LiteLLM's table, or from embedding one word."""
        if self._asked is not None:
            return self._asked
        size = (_litellm().model_cost.get(self._model) or {}).get("output_vector_size")
        return int(size) if size else int(self._request(["dimension"]).shape[1])

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Embed texts.

        Raises:
            UnknownModelError: LiteLLM does not know the model.
            MissingKeyError: Its provider needs a key.
            ProviderError: The provider failed after its retries.
        """
        import numpy as np

        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        parts = [
            self._request(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH)
        ]
        return np.concatenate(parts)

    def _request(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        import numpy as np

        response = self._try(list(texts))
        rows = sorted(response.data, key=lambda row: row["index"])
        vectors = np.asarray([row["embedding"] for row in rows], dtype=np.float32)
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise ProviderError("the answer has not one vector for each text", where=self._model)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        lengths[lengths == 0] = 1.0
        vectors /= lengths
        return vectors

    def _try(self, texts: list[str]) -> Any:
        litellm = _litellm()
        self._check(litellm)
        asked = {} if self._asked is None else {"dimensions": self._asked}
        for attempt in range(self._retries + 1):
            try:
                return litellm.embedding(
                    model=self._model,
                    input=texts,
                    timeout=self._timeout_s,
                    num_retries=0,
                    max_retries=0,
                    **asked,
                )
            except Exception as problem:
                error = _translate(problem, self._model)
                if attempt == self._retries or isinstance(error, ProviderRefusedError):
                    raise error from problem
            time.sleep(self._backoff_s * 2**attempt)
        raise AssertionError("the last attempt returns or raises")

    def _check(self, litellm: Any) -> None:
        try:
            provider = litellm.get_llm_provider(model=self._model)[1]
        except Exception as problem:
            raise UnknownModelError(
                f'"{self._model}" is no model id that LiteLLM knows',
                where="embedding.model",
                hint="write provider/model, such as openai/text-embedding-3-small",
            ) from problem
        missing = [
            name
            for name in litellm.validate_environment(model=self._model)["missing_keys"]
            if not os.environ.get(name)  # noqa: TID251  # provider keys live in the environment
        ]
        if missing:
            raise MissingKeyError(
                f"{provider} needs {' and '.join(missing)} in the environment", where=self._model
            )


@functools.cache
def _litellm() -> Any:
    for name, value in {
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # its price table as installed: no download
        "LITELLM_MODE": "PRODUCTION",  # no .env file of the working directory is read
        "LITELLM_LOG": "ERROR",
    }.items():
        os.environ.setdefault(name, value)  # noqa: TID251
    import litellm

    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.DEFAULT_MAX_RETRIES = 0  # it takes a request for no retries as one for the default
    return litellm


def _translate(problem: Exception, model: str) -> PromptOpsError:
    status = getattr(problem, "status_code", None)
    text = " ".join(str(problem).split())
    if status == 408 or isinstance(problem, TimeoutError):
        return ProviderTimeoutError(text, where=model)
    if isinstance(status, int) and 400 <= status < 500 and status not in _TRY_AGAIN:
        return ProviderRefusedError(text, where=model)
    return ProviderError(text, where=model)
