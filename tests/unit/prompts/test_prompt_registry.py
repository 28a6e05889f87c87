"""The registry finds prompts by id, and one broken file does not hide the others."""

import errno
import os

import pytest

from promptops.errors import PromptSyntaxError, StorageError, UnknownPromptError
from promptops.prompts.registry import Registry


def put(root, area, name, text):
    path = root / area / f"{name}.prompt.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_readable_is_loaded_and_the_rest_is_named(tmp_path, example):
    put(tmp_path, "support", "refund-answer", example)
    put(tmp_path, "support/deep", "other", example.replace("id: refund-answer", "id: other"))
    put(tmp_path, "legal", "broken", "id: [")
    put(tmp_path, "sales", "wrong-name", example)
    put(tmp_path, "zoo", "refund-answer", example)
    put(tmp_path, "support/.history", "hidden", "id: [")
    registry = Registry(tmp_path)
    files, errors = registry.load_all()
    assert [file.prompt.id for file in files] == ["other"]
    assert [registry.area(file) for file in files] == ["support/deep"]
    first, second = (tmp_path / area / "refund-answer.prompt.yaml" for area in ("support", "zoo"))
    assert [error.message for error in errors][1:] == [
        'the file is called wrong-name.prompt.yaml but its id is "refund-answer"',
        f'the id "refund-answer" is taken by {second} too',
        f'the id "refund-answer" is taken by {first} too',
    ]
    assert all(error.line for error in errors)


def test_what_is_no_regular_file_is_named_and_not_waited_for(tmp_path, example):
    put(tmp_path, "support", "refund-answer", example)
    os.mkfifo(tmp_path / "support" / "pipe.prompt.yaml")
    (tmp_path / "support" / "gone.prompt.yaml").symlink_to(tmp_path / "nothing")
    files, errors = Registry(tmp_path).load_all()
    assert len(files) == 1
    assert [error.message for error in errors] == ["no such file", "not a regular file"]


def test_a_folder_that_cannot_be_read_is_not_an_empty_one(tmp_path, example, monkeypatch):
    assert Registry(tmp_path / "nothing").load_all() == ((), ())
    put(tmp_path, "support", "refund-answer", example)
    put(tmp_path, "legal", "other", example)
    real = os.scandir

    # Whoever runs the tests may be root, who can read every folder.
    def scandir(path):
        if str(path).endswith("legal"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    for read in (Registry.load_all, lambda registry: registry.get("refund-answer")):
        with pytest.raises(StorageError, match="legal: cannot be read: Permission denied"):
            read(Registry(tmp_path))


def test_a_prompt_is_found_by_reference(tmp_path, example):
    put(tmp_path, "support", "refund-answer", example)
    registry = Registry(tmp_path)
    assert registry.get("refund-answer").prompt.version == "2.1.0"
    assert registry.get("refund-answer@2.1.0").prompt.id == "refund-answer"
    with pytest.raises(UnknownPromptError, match=r"versions: 2\.1\.0"):
        registry.get("refund-answer@1.0.0")
    with pytest.raises(UnknownPromptError, match='did you mean "refund-answer"'):
        registry.get("refund-anser")
    put(
        tmp_path,
        "beta",
        "reply",
        example.replace("refund-answer", "reply").replace("2.1.0", "2.2.0-rc.1"),
    )
    assert registry.get("reply@2.2.0-rc.1").prompt.version == "2.2.0-rc.1"
    put(tmp_path, "zoo", "refund-answer", example)
    with pytest.raises(PromptSyntaxError, match=r"is taken by .*zoo"):
        registry.get("refund-answer")
