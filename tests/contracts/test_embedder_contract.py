"""Every embedder keeps the embedder contract."""

import pytest

from promptops.core.store import BlobStore
from promptops.embedding.cached import CachedEmbedder
from promptops.embedding.litellm_embedder import LiteLLMEmbedder
from promptops.embedding.sentence_transformer import SentenceTransformerEmbedder
from promptops.testing.contracts import EmbedderContract
from promptops.testing.embedders import HashingEmbedder


class TestHashing(EmbedderContract):
    @pytest.fixture
    def embedder(self):
        return HashingEmbedder()


class TestCached(EmbedderContract):
    @pytest.fixture
    def embedder(self, tmp_path):
        return CachedEmbedder(HashingEmbedder(), BlobStore(tmp_path / "vectors.db"))


class TestHosted(EmbedderContract):
    @pytest.fixture
    def embedder(self, openai_server):
        return LiteLLMEmbedder("openai/test-embedding")


@pytest.mark.slow
class TestMiniLM(EmbedderContract):
    @pytest.fixture(scope="class")
    def embedder(self):
        return SentenceTransformerEmbedder("minilm")
