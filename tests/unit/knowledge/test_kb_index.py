import hashlib
import json

import numpy as np
import pytest

from promptops.knowledge.index import KBIndex, context_text
from promptops.knowledge.kb import KnowledgeBase, make_document


class WordEmbedder:
    """Bag of words, each word a fixed direction: shared words make texts similar."""

    dimension = 256

    def __init__(self, fingerprint="words@1"):
        self.fingerprint = fingerprint
        self.embedded = []

    def embed(self, texts):
        self.embedded += texts
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().replace(".", " ").split():
                row[int(hashlib.sha256(word.encode()).hexdigest(), 16) % self.dimension] += 1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


PAGES = {
    "delivery.md": "# Delivery\nParcels arrive within three days.",
    "returns.md": "# Returns\nReturn an item within thirty days.\n## Rugs\nRugs: fourteen days.",
}


def knowledge(pages=PAGES):
    documents = tuple(make_document(path, text) for path, text in sorted(pages.items()))
    return KnowledgeBase(name="shop", label="2026-06", documents=documents)


def test_the_most_similar_chunks_come_first():
    index = KBIndex.build(knowledge(), WordEmbedder())
    hits = index.retrieve("when do parcels arrive", k=2)
    assert hits[0].chunk.doc == "delivery.md"
    assert hits[0].score > hits[1].score
    assert len(index.retrieve("rugs", k=99)) == 3
    many = index.retrieve_many(["rugs", "parcels"], k=1)
    assert [found[0].chunk.heading for found in many] == ["Returns > Rugs", "Delivery"]


def test_the_context_is_the_texts_and_nothing_else():
    index = KBIndex.build(knowledge(), WordEmbedder())
    assert context_text(index.retrieve("rugs fourteen returns", k=2)) == (
        "Returns > Rugs\nRugs: fourteen days.\n\nReturns\nReturn an item within thirty days."
    )
    assert context_text(()) == ""


def test_nothing_to_find_or_to_ask_is_no_fault():
    index = KBIndex.build(knowledge({"a.md": ""}), WordEmbedder())
    assert index.retrieve("x") == ()
    assert KBIndex.build(knowledge(), WordEmbedder()).retrieve_many([]) == []
    with pytest.raises(ValueError, match="at least 1"):
        index.retrieve("x", k=0)


def test_a_kept_index_is_read_without_embedding(tmp_path):
    first = KBIndex.build(knowledge(), WordEmbedder(), tmp_path / "index")
    embedder = WordEmbedder()
    again = KBIndex.build(knowledge(), embedder, tmp_path / "index")
    assert embedder.embedded == []
    assert again.fingerprint == first.fingerprint
    assert again.retrieve("rugs", k=3) == first.retrieve("rugs", k=3)
    manifest = json.loads((tmp_path / "index" / "manifest.json").read_text())
    assert manifest["version"] == knowledge().version
    assert manifest["chunks"] == 3


def damage_vectors(folder):
    (folder / "vectors.index").write_bytes(b"half")


def lose_manifest(folder):
    (folder / "manifest.json").unlink()


def cut_manifest(folder):
    (folder / "manifest.json").write_text("{")


OUTDATED = {
    "another text": (PAGES | {"delivery.md": "# Delivery\nParcels arrive."}, "words@1", None),
    "another embedder": (PAGES, "words@2", None),
    "damaged vectors": (PAGES, "words@1", damage_vectors),
    "no manifest, as after a kill": (PAGES, "words@1", lose_manifest),
    "half a manifest": (PAGES, "words@1", cut_manifest),
}


@pytest.mark.parametrize(("pages", "fingerprint", "damage"), OUTDATED.values(), ids=OUTDATED)
def test_anything_else_is_built_anew(tmp_path, pages, fingerprint, damage):
    KBIndex.build(knowledge(), WordEmbedder(), tmp_path)
    if damage:
        damage(tmp_path)
    embedder = WordEmbedder(fingerprint)
    index = KBIndex.build(knowledge(pages), embedder, tmp_path)
    assert len(embedder.embedded) == 3
    KBIndex.build(knowledge(pages), embedder, tmp_path)
    assert len(embedder.embedded) == 3
    assert index.retrieve("parcels")[0].chunk.doc == "delivery.md"


def test_the_fingerprint_is_of_what_is_found_not_of_the_label():
    base = KBIndex.build(knowledge(), WordEmbedder()).fingerprint
    rewrapped = {**PAGES, "delivery.md": "# Delivery\nParcels arrive\nwithin three days."}
    moved = {**PAGES, "shipping.md": PAGES["delivery.md"]}
    del moved["delivery.md"]
    assert KBIndex.build(knowledge(rewrapped), WordEmbedder()).fingerprint == base
    assert KBIndex.build(knowledge(moved), WordEmbedder()).fingerprint != base
    assert KBIndex.build(knowledge(), WordEmbedder("words@2")).fingerprint != base
