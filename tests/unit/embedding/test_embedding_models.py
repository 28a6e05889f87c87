"""The adapters of embedding libraries."""

import subprocess
import sys

import pytest

from promptops.embedding.litellm_embedder import LiteLLMEmbedder
from promptops.embedding.sentence_transformer import SentenceTransformerEmbedder
from promptops.errors import (
    MissingKeyError,
    ProviderError,
    ProviderRefusedError,
    UnknownModelError,
)
from promptops.testing.openai_server import Failure, OpenAIServer


def test_minilm_is_named_and_measured_without_loading_it():
    code = (
        "import sys\n"
        "from promptops.embedding.sentence_transformer import SentenceTransformerEmbedder\n"
        "embedder = SentenceTransformerEmbedder('minilm')\n"
        "print(embedder.dimension, embedder.fingerprint, 'torch' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    dimension, fingerprint, loaded = done.stdout.split()
    assert (dimension, loaded) == ("384", "False")
    assert fingerprint == SentenceTransformerEmbedder("minilm").fingerprint


def test_a_model_that_is_no_folder_is_named(tmp_path):
    with pytest.raises(UnknownModelError, match="use minilm or the path of a folder"):
        SentenceTransformerEmbedder(str(tmp_path))


@pytest.fixture
def server(monkeypatch):
    with OpenAIServer(str, lambda text: [float(len(text)), 0.0]) as running:
        monkeypatch.setenv("OPENAI_API_KEY", "test-key")
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        monkeypatch.setenv("OPENAI_API_BASE", running.url)
        yield running


@pytest.fixture
def hosted():
    return LiteLLMEmbedder("openai/test-embedding", backoff_s=0.001)


def test_many_texts_go_out_in_batches(server, hosted):
    assert hosted.embed([str(number) for number in range(150)]).shape == (150, 2)
    assert [len(each["input"]) for each in server.requests] == [64, 64, 22]


def test_a_passing_failure_is_tried_again_and_a_lasting_one_is_not(server, hosted):
    server.failures.extend([Failure(status=503), Failure(status=429)])
    assert hosted.embed(["text"]).tolist() == [[1, 0]]
    server.failures.append(Failure(status=400))
    with pytest.raises(ProviderRefusedError):
        hosted.embed(["text"])
    assert len(server.requests) == 4
    server.failures.extend([Failure(status=500)] * 3)
    with pytest.raises(ProviderError):
        hosted.embed(["text"])


def test_a_missing_key_and_an_unknown_provider_are_named(server, hosted, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(MissingKeyError, match="OPENAI_API_KEY"):
        hosted.embed(["text"])
    with pytest.raises(UnknownModelError, match="nobody/embedding"):
        LiteLLMEmbedder("nobody/embedding").embed(["text"])
    assert not server.requests
