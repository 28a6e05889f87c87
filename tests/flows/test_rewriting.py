"""Rewriting a whole registry: no prompt is passed over in silence."""

from promptops.testing.workspace import label_prompt, make_workspace
from tasks.rewriting import prompts_to_rewrite, rewrite_batch


def test_a_prompt_that_cannot_be_read_is_told_beside_the_rest(tmp_path):
    prompts = {"support/topic": label_prompt("topic"), "legal/x": "id: [broken\n"}
    root = str(make_workspace(tmp_path / "shop", prompts=prompts).root)
    found = rewrite_batch.fn(root, prompts_to_rewrite.fn(root), families=["gemma"])
    assert list(found) == ["x", "topic"]
    assert found["x"].startswith("error[prompt-syntax]: ")
    assert not found["topic"].startswith("error[")
