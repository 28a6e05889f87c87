"""Rewriting a whole registry: no prompt is passed over in silence."""

import pytest

from promptops.cli import main
from promptops.testing.workspace import label_prompt, make_workspace
from tasks.rewriting import prompts_to_rewrite, rewrite_batch


def test_a_prompt_that_cannot_be_read_is_told_beside_the_rest(tmp_path):
    prompts = {"support/topic": label_prompt("topic"), "legal/x": "id: [broken\n"}
    root = str(make_workspace(tmp_path / "shop", prompts=prompts).root)
    found = rewrite_batch.fn(root, prompts_to_rewrite.fn(root), families=["gemma"])
    assert list(found) == ["x", "topic"]
    assert found["x"].startswith("error[prompt-syntax]: ")
    assert not found["topic"].startswith("error[")


@pytest.mark.flow
@pytest.mark.parametrize(("stop", "status"), [(list("abcde"), 1), (list("ab"), 0)])
def test_what_is_left_by_hand_ends_with_1_as_with_rewrite(
    prefect_server, tmp_path, capsys, stop, status
):
    bounded = label_prompt("topic").model_copy(deep=True)
    bounded.model.params["stop"] = stop
    root = str(make_workspace(tmp_path / "shop", prompts={"support/topic": bounded}).root)
    for command in (["rewrite", "--every-prompt"], ["run", "rewriting"]):
        with pytest.raises(SystemExit) as end:
            main(["-w", root, *command, "--model", "openai/gpt-4.1"])
        assert (command, end.value.code) == (command, status)
        assert ("keep at most 4 texts of `stop`" in capsys.readouterr().out) == bool(status)
