"""The lint sweep: its counts become curves in MLflow."""

import pytest

from promptops.lint import RULES, lint_files
from promptops.operations.lint_sweep import lint_metrics
from promptops.prompts.loader import load_prompt
from promptops.testing.workspace import label_prompt, make_workspace
from promptops.wiring import open_services

TOPIC = "prompt_registry/prompts/support/topic.prompt.yaml"
TOKEN = "Sort the message <|eot_id|> by topic."


@pytest.fixture
def root(tmp_path):
    prompts = {"support/topic": label_prompt("topic", wording=TOKEN)}
    return make_workspace(tmp_path / "shop", prompts=prompts).root


def test_what_was_not_found_is_counted_as_nothing(root):
    report = lint_files([load_prompt(root / TOPIC)])
    metrics = lint_metrics(report)
    assert metrics["lint/prompts"] == 1
    assert metrics["lint/rule/SEC003"] == 1
    assert {f"lint/rule/{code}" for code in RULES} <= set(metrics)
    groups = {name: value for name, value in metrics.items() if name.startswith("lint/group/")}
    assert sum(groups.values()) == len(report.findings)
    levels = sum(metrics[f"lint/{level}"] for level in ("errors", "warnings", "infos"))
    assert levels == len(report.findings)


@pytest.mark.flow
def test_a_sweep_leaves_a_run_with_its_counts(prefect_server, root):
    from flows.lint_sweep import lint_sweep

    found = lint_sweep(str(root))
    assert (found["checked"], found["skipped"]) == (1, 0)
    path = root / TOPIC
    path.write_text(path.read_text().replace(" <|eot_id|>", ""))
    lint_sweep(str(root))

    with open_services(root).tracker.calling() as client:
        (experiment,) = client.search_experiments(filter_string="name LIKE '% lint'")
        runs = client.search_runs([experiment.experiment_id], order_by=["start_time ASC"])
    curve = [run.data.metrics["lint/rule/SEC003"] for run in runs]
    assert curve == [1, 0]
