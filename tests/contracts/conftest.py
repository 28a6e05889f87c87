"""What the contract tests share: a server on the loopback, the embedded model."""

import hashlib

import pytest

from promptops.config.environment import default_weights
from promptops.errors import ModelNotInstalledError
from promptops.llm.embedded.weights import weights_path
from promptops.testing.embedders import HashingEmbedder
from promptops.testing.openai_server import OpenAIServer


def echo(body):
    last = body["messages"][-1]["content"]
    return f"answer {hashlib.sha256(last.encode()).hexdigest()[:6]} to it"


@pytest.fixture
def openai_server(monkeypatch):
    """A provider that needs a key and answers by what it is asked."""
    embedder = HashingEmbedder(32)
    with OpenAIServer(echo, lambda text: (3 * embedder.embed([text])[0]).tolist()) as server:
        monkeypatch.setenv("OPENAI_API_KEY", "test-key")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_BASE", server.url)
        yield server


@pytest.fixture(scope="session")
def smollm():
    """The folder of the embedded model's weights."""
    try:
        weights_path("embedded/smollm2-135m", default_weights())
    except ModelNotInstalledError as problem:
        pytest.skip(str(problem))
    return default_weights()
