"""No text is embedded twice."""

import numpy as np
import pytest

from promptops.core.store import BlobStore
from promptops.embedding.cached import CachedEmbedder
from promptops.testing.embedders import HashingEmbedder


@pytest.fixture
def store(tmp_path):
    return BlobStore(tmp_path / "vectors.db")


class NeverEmbedder(HashingEmbedder):
    def embed(self, texts):
        raise AssertionError("the model was loaded for texts that are known")


def test_known_texts_never_reach_the_model_and_have_the_same_bits(store):
    texts = ["one text", "another text", "one text"]
    first = CachedEmbedder(HashingEmbedder(), store).embed(texts)
    again = CachedEmbedder(NeverEmbedder(), store).embed(texts[::-1])
    np.testing.assert_array_equal(again, first[::-1])


def test_only_new_texts_are_embedded_each_once_the_short_ones_first(store):
    inner = HashingEmbedder()
    embedder = CachedEmbedder(inner, store)
    embedder.embed(["known"])
    embedder.embed(["a much longer text", "known", "short", "short"])
    assert inner.texts == ["known", "short", "a much longer text"]


def test_another_embedder_has_vectors_of_its_own(store):
    CachedEmbedder(HashingEmbedder(64), store).embed(["text"])
    assert CachedEmbedder(HashingEmbedder(32), store).embed(["text"]).shape == (1, 32)


def test_what_an_interrupted_run_embedded_is_kept(store):
    class DyingEmbedder(HashingEmbedder):
        def embed(self, texts):
            if self.texts:
                raise KeyboardInterrupt
            return super().embed(texts)

    texts = [f"text number {number}" for number in range(200)]
    dying = DyingEmbedder()
    with pytest.raises(KeyboardInterrupt):
        CachedEmbedder(dying, store).embed(texts)
    resumed = HashingEmbedder()
    seen = []
    CachedEmbedder(resumed, store, lambda done, total: seen.append((done, total))).embed(texts)
    assert set(resumed.texts) == set(texts) - set(dying.texts)
    assert dying.texts
    assert seen[-1] == (len(resumed.texts), len(resumed.texts))
