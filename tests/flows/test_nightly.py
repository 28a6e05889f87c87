"""The night on real components: the embedded model, MLflow, Prefect, faiss."""

import json

import pytest

pytestmark = [pytest.mark.flow, pytest.mark.embedded, pytest.mark.slow]


def run_night(workspace, **parameters):
    from flows.nightly import nightly
    from promptops.wiring import open_services

    open_services(workspace.root)
    return nightly(str(workspace.root), **parameters)


def rows(report):
    return {row.id: row for row in report.prompts}


def test_a_night_measures_once_and_only_what_changed(prefect_server, workspace):
    dry = run_night(workspace, dry_run=True)
    assert dry.spent.calls == 0
    assert {row.verdict for row in dry.prompts} == {"would-measure"}

    first = run_night(workspace)
    assert not first.errors
    assert first.spent.calls > 18
    assert rows(first)["topic"].score.low < rows(first)["topic"].score.high
    assert first.report_path.read_text().startswith("<!doctype html>")
    assert json.loads(first.report_path.with_suffix(".json").read_text())["llm_calls"] > 18
    assert [item.verdict for item in first.regressions] == ["BASELINE"]

    again = run_night(workspace)
    assert again.spent.calls == 0
    assert rows(again)["topic"].score == rows(first)["topic"].score
    assert [p.id for p in again.proposals] == [p.id for p in first.proposals]

    path = workspace.prompts / "support" / "topic.prompt.yaml"
    path.write_text(path.read_text().replace("Sort the message", "Sort this message"))
    touched = run_night(workspace)
    assert touched.spent.calls >= 9
    assert [step.note for step in touched.steps if step.name == "evaluate"] == [
        "1 prompts measured, 2 known"
    ]


def test_a_broken_data_set_stops_only_what_depends_on_it(prefect_server, workspace):
    golden = workspace.golden / "mood.jsonl"
    lines = golden.read_text().splitlines()
    golden.write_text("\n".join([*lines, lines[0]]) + "\n")
    report = run_night(workspace, only=("topic", "mood"))
    assert rows(report)["mood"].verdict == "failed"
    assert rows(report)["topic"].score is not None
    [error] = [item for item in report.errors if item.step == "contracts"]
    assert error.subject == "datasets/golden/mood.jsonl"
    assert "10" in error.message


def test_what_ran_out_of_budget_goes_on_the_next_night(prefect_server, workspace):
    short = run_night(workspace, only=("topic", "mood"), calls=12)
    assert short.spent.calls == 12
    assert any("12 calls is spent" in error.message for error in short.errors)
    rest = run_night(workspace, only=("topic", "mood"), calls=6)
    assert rest.spent.calls == 6
    assert all(row.score for row in rest.prompts)


def test_a_changed_knowledge_base_is_told_apart_from_a_broken_prompt(
    prefect_server, workspace, services
):
    from flows.kb_regression import kb_regression
    from promptops.operations.regression import regress_prompt
    from promptops.prompts.writing import save_prompt
    from promptops.wiring import open_services

    file = services.registry.get("policy-answer")
    live = services.knowledge("policies").version
    bound = file.prompt.retrieval.model_copy(update={"version": live})
    save_prompt(file.prompt.replace(retrieval=bound), file.path)
    assert regress_prompt(services, services.registry.get("policy-answer")).verdict == "UNCHANGED"

    folder = workspace.kb / "policies"
    (folder / "returns.md").write_text("# Returns\n\nA jacket can be returned within 45 days.\n")
    settings = folder / "kb.yaml"
    settings.write_text(settings.read_text().replace("2026-06", "2026-11"))
    open_services(workspace.root)
    assert kb_regression(str(workspace.root), "policies").keys() == {"policy-answer"}
    changed = regress_prompt(open_services(workspace.root), services.registry.get("policy-answer"))
    assert (changed.old, changed.new) == ("2026-06", "2026-11")
    assert changed.reran == 1
    assert changed.result.calls == 0
    old, new = (fact.value for fact in services.evidence.of_kind("binding"))
    assert [name for name in old if old[name] != new[name]] == ["kb", "kb_label"]
