"""Groups of a workspace: titles by a model, drift from run to run, and what MLflow gets."""

import json
from dataclasses import replace

import pytest

from promptops.cluster import Item, Theme
from promptops.cluster.texts import Texts
from promptops.llm.metered import Budget
from promptops.llm.scripted import ScriptedChat
from promptops.operations.cluster_tracking import record_clustering
from promptops.operations.clustering import cluster_registry, cluster_table
from promptops.operations.titling import title_clusters, title_texts
from promptops.testing.services import ScriptedServices
from promptops.testing.workspace import label_prompt, make_workspace

FEES = [
    "Say whether a late fee is due.",
    "Explain a late fee.",
    "Waive a late fee.",
    "Name the fee.",
]
SOUPS = ["Write a soup recipe.", "Cook a tomato soup.", "Name a soup.", "Serve a hot soup."]
GOOD, BAD = '{"title": "Late fees"}', '{"title": "Everything about anything in the whole world"}'


def prompts(**groups):
    return {
        f"{area}/{area}-{number}": label_prompt(f"{area}-{number}", wording=text).replace(
            title=text
        )
        for area, texts in groups.items()
        for number, text in enumerate(texts)
    }


@pytest.fixture
def workspace(tmp_path):
    return make_workspace(tmp_path / "ws", prompts=prompts(fees=FEES, soups=SOUPS))


def opened(workspace, answer=lambda request: GOOD):
    return ScriptedServices(workspace, ScriptedChat(answer))


def titled(services, model="embedded/smollm2-135m", budget=None):
    files, _ = services.registry.load_all()
    report = cluster_registry(services, files=files)
    return title_clusters(services, report, files, model=model, budget=budget)


def test_a_good_title_is_shown_and_a_bad_one_falls_back_with_a_note(workspace):
    services = opened(workspace, lambda request: GOOD if "late fee" in str(request) else BAD)
    found = titled(services)
    names = {cluster.representative.split("-")[0]: cluster for cluster in found.report.clusters}
    assert names["fees"].name == "Late fees"
    assert (names["soups"].title, names["soups"].name) == ("", names["soups"].label)
    ((noted, reason),) = found.notes
    assert noted == names["soups"].id
    assert "6 words: key phrases are shown" in reason
    assert json.loads(json.dumps(found.report.to_json()))["clusters"][0].keys() >= {
        "title",
        "label",
    }


def test_themes_get_titles_after_clusters(workspace):
    services = opened(workspace)
    files, _ = services.registry.load_all()
    report = cluster_registry(services, files=files)
    theme = Theme(id="t1-all", label="all", level=1, clusters=tuple(c.id for c in report.clusters))
    report = replace(report, themes=(theme,))

    def asked(calls):
        budget = Budget(calls=calls)
        return title_clusters(services, report, files, model="embedded/smollm2-135m", budget=budget)

    few = asked(len(report.clusters))
    assert (few.calls, few.report.themes) == (len(report.clusters), (theme,))
    assert few.to_json()["notes"][-1] == {
        "theme": "t1-all",
        "reason": "the budget is spent: key phrases are shown",
    }
    assert [each.name for each in asked(9).report.themes] == ["Late fees"]


def test_texts_of_a_table_get_titles(workspace):
    services = opened(workspace)
    items = [Item(id=str(n), text=text, digest=text) for n, text in enumerate(FEES)]
    report = cluster_table(Texts(items=tuple(items), left_out=()), services.embedder)
    found = title_texts(services, report, items, model="openai/gpt-5-mini")
    assert found.calls == len(report.clusters) > 0
    assert {each.name for each in found.report.clusters} == {"Late fees"}


def test_a_known_title_costs_no_call_and_an_unknown_one_keeps_to_the_budget(workspace):
    services = opened(workspace)
    first = titled(services, budget=Budget(calls=1))
    assert first.calls == 1
    assert [reason for _, reason in first.notes] == ["the budget is spent: key phrases are shown"]
    assert titled(services, budget=Budget(calls=1)).calls == 1
    assert titled(services, budget=Budget(calls=0)).calls == 0


def test_a_model_elsewhere_is_not_shown_what_must_stay(workspace):
    services = opened(workspace)
    found = titled(services, model="openai/gpt-5-mini")
    assert found.calls == 0
    assert len(found.notes) == len(found.report.clusters) > 0
    assert all("must not be shown these prompts: " in reason for _, reason in found.notes)
    assert not any("prompts: : key" in reason for _, reason in found.notes)


def test_drift_is_that_since_the_last_run_on_other_prompts(workspace):
    first = cluster_registry(opened(workspace))
    assert first.drift is None
    gone = workspace.prompts / "soups" / "soups-0.prompt.yaml"
    text = gone.read_text()
    gone.unlink()
    drift = cluster_registry(opened(workspace)).drift
    assert (drift.removed, drift.added, bool(drift.since)) == (("soups-0",), (), True)
    assert cluster_registry(opened(workspace)).drift == drift
    gone.write_text(text)
    back = cluster_registry(opened(workspace))
    assert (back.clusters, back.drift.added) == (first.clusters, ("soups-0",))


SPOILED = {
    "damaged": ({"clusters": 3}, "cannot be read: all prompts are grouped anew"),
    "no report": ([], "cannot be read: all prompts are grouped anew"),
    "of another version": (None, "grouped in another way: all prompts are grouped anew"),
}


@pytest.mark.parametrize(("value", "told"), SPOILED.values(), ids=SPOILED)
def test_a_last_run_that_is_of_no_use_means_grouping_anew_with_a_word(workspace, value, told):
    first = opened(workspace)
    expected = cluster_registry(first)
    last = first.evidence.latest("cluster")
    if value is None:
        value = {**last.value, "vectors": "another"}
    first.evidence.add(replace(last, subject="other prompts", value=value))
    (workspace.prompts / "soups" / "soups-0.prompt.yaml").unlink()
    lines = []
    services = ScriptedServices(workspace, ScriptedChat(lambda _: GOOD), notice=lines.append)
    found = cluster_registry(services)
    assert [line for line in lines if told in line]
    assert set(found.assignments) == set(expected.assignments) - {"soups-0"}


def test_mlflow_gets_each_grouping_once(workspace):
    services = opened(workspace)
    report = cluster_registry(services)
    record_clustering(services, report)
    assert "already" in record_clustering(services, report)["note"]
    (run,) = services.tracker.runs.values()
    assert set(run.files) >= {"groups.csv", "map.html", "map.png"}
    assert run.files["map.png"].startswith(b"\x89PNG")
    assert len(run.files["groups.csv"].splitlines()) == 1 + len(report.clusters)
    assert (
        run.metrics.items()
        >= {
            "cluster/groups": len(report.clusters),
            "cluster/outliers": len(report.noise),
            "cluster/duplicates": len(report.duplicates),
            "cluster/moved": 0,
        }.items()
    )
