"""The packaged MiniLM under ONNX Runtime."""

import subprocess
import sys

import numpy as np
import pytest

from promptops.embedding.onnx_embedder import OnnxEmbedder
from promptops.embedding.sentence_transformer import MINILM, _folder
from promptops.errors import UnknownModelError
from promptops.testing.contracts import EmbedderContract

TEXTS = ["", "Track a parcel.", "word " * 400, "🙂 שלום", "Say where my order is, please."] * 3


@pytest.fixture(scope="module")
def onnx():
    return OnnxEmbedder()


class TestOnnx(EmbedderContract):
    @pytest.fixture
    def embedder(self, onnx):
        return onnx


def test_a_text_has_one_vector_whatever_is_embedded_beside_it(onnx):
    together = onnx.embed(TEXTS)
    apart = np.concatenate([OnnxEmbedder(threads=1).embed([text]) for text in TEXTS[:5]])
    np.testing.assert_allclose(together, np.tile(apart, (3, 1)), atol=1e-5)


@pytest.mark.slow
def test_a_vector_is_the_mean_of_the_words_under_the_full_weights_but_for_rounding(onnx):
    from sentence_transformers import SentenceTransformer

    full = SentenceTransformer(str(_folder(MINILM)), device="cpu", local_files_only=True)
    for text, words in {
        "Track a parcel.": slice(1, -2),
        "word " * 400: slice(1, -1),
        "Say: where?": [1, 3],
        "?!": slice(None),  # no word at all: what there is
        "": slice(None),
    }.items():
        states = full.encode(text, output_value="token_embeddings", convert_to_numpy=False)
        mean = states.numpy()[words].mean(axis=0)
        assert onnx.embed([text])[0] @ mean > 0.995 * np.linalg.norm(mean), text


def test_it_never_loads_torch():
    code = (
        "import sys\n"
        "from promptops.embedding.onnx_embedder import OnnxEmbedder\n"
        "OnnxEmbedder().embed(['text'])\n"
        "print('torch' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_another_model_is_refused():
    with pytest.raises(UnknownModelError, match=r"use minilm, or set embedding\.backend"):
        OnnxEmbedder("bge-small")
