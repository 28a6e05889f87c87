"""The registry finds prompts by id, and one broken file does not hide the others."""

import pytest

from promptops.errors import PromptSyntaxError, UnknownPromptError
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
    assert [file.prompt.id for file in files] == ["other", "refund-answer"]
    assert [registry.area(file) for file in files] == ["support/deep", "support"]
    assert [error.message for error in errors][1:] == [
        'the file is called wrong-name.prompt.yaml but its id is "refund-answer"',
        f'the id "refund-answer" is taken by {files[1].path}',
    ]
    assert all(error.line for error in errors)


def test_a_prompt_is_found_by_reference(tmp_path, example):
    put(tmp_path, "support", "refund-answer", example)
    registry = Registry(tmp_path)
    assert registry.get("refund-answer").prompt.version == "2.1.0"
    assert registry.get("refund-answer@2.1.0").prompt.id == "refund-answer"
    with pytest.raises(UnknownPromptError, match=r"versions: 2\.1\.0"):
        registry.get("refund-answer@1.0.0")
    with pytest.raises(UnknownPromptError, match='did you mean "refund-answer"'):
        registry.get("refund-anser")
    put(tmp_path, "zoo", "refund-answer", example)
    with pytest.raises(PromptSyntaxError, match="is taken by"):
        registry.get("refund-answer")
