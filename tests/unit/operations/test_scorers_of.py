"""The scorers of an eval, with the judge that the workspace sets."""

import pytest

from promptops.errors import UsageError
from promptops.operations.evaluation import scorers_of
from promptops.prompts.model import Eval
from promptops.testing.workspace import label_prompt, make_workspace
from promptops.wiring import open_services

EVAL = Eval.model_validate(
    {
        "id": "gold",
        "dataset": "datasets/golden/topic.jsonl",
        "metrics": {
            "label_match": {"min": 0.5},
            "brief": {"scorer": "length", "with": {"max": 40}},
            "polite": {"scorer": "llm_judge", "with": {"rubric": "is polite"}},
        },
    }
)


@pytest.fixture
def open_with(tmp_path):
    root = make_workspace(
        tmp_path / "ws", prompts={"support/topic": label_prompt("topic")}, golden={}
    ).root
    return lambda **settings: open_services(root, settings)


def test_metrics_get_their_scorers_and_the_judge(open_with):
    scorers = scorers_of(open_with(**{"llm.judge": "openai/gpt-5-mini"}), EVAL)
    assert [each.name for each in scorers] == ["label_match", "brief", "polite"]
    assert "openai/gpt-5-mini" in scorers[2].version


def test_without_a_fit_judge_nothing_is_run(open_with):
    with pytest.raises(UsageError, match=r"set llm\.judge"):
        scorers_of(open_with(), EVAL)
    with pytest.raises(UsageError, match="may not judge"):
        scorers_of(open_with(**{"llm.judge": "embedded/smollm2-135m"}), EVAL)
