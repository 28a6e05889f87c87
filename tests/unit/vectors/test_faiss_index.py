"""An index on disk has the same bytes for the same vectors, or is refused."""

import numpy as np
import pytest

from promptops.errors import CorruptStoreError, StorageError
from promptops.vectors.faiss_index import FaissIndex

VECTORS = np.random.default_rng(1).normal(size=(50, 8)).astype(np.float32)


def test_an_index_comes_back_from_disk_as_it_was(tmp_path):
    one, two = tmp_path / "one.faiss", tmp_path / "new" / "two.faiss"
    FaissIndex.build(VECTORS).save(one)
    FaissIndex.load(one).save(two)
    FaissIndex.build(VECTORS.copy()).save(tmp_path / "three.faiss")
    assert one.read_bytes() == two.read_bytes() == (tmp_path / "three.faiss").read_bytes()
    before = FaissIndex.build(VECTORS).search(VECTORS[:3], 4)
    for found, expected in zip(FaissIndex.load(two).search(VECTORS[:3], 4), before, strict=True):
        np.testing.assert_array_equal(found, expected)


BROKEN = {
    "nothing": lambda data: b"",
    "something else": lambda data: b"not an index",
    "half of it": lambda data: data[: len(data) // 2],
}


@pytest.mark.parametrize("damage", BROKEN.values(), ids=BROKEN)
def test_a_damaged_file_is_named(tmp_path, damage):
    path = tmp_path / "index.faiss"
    FaissIndex.build(VECTORS).save(path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(CorruptStoreError, match=r"index\.faiss: this is no faiss index"):
        FaissIndex.load(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(StorageError, match=r"none\.faiss"):
        FaissIndex.load(tmp_path / "none.faiss")


def test_what_does_not_fit_is_refused():
    index = FaissIndex.build(VECTORS)
    with pytest.raises(ValueError, match="at least 1"):
        index.search(VECTORS, 0)
    with pytest.raises(ValueError, match=r"\(q, 8\)"):
        index.search(VECTORS[:, :4], 1)
