"""Groups, their ids from run to run, drift and themes, through the public face."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptops.cluster import Assignment, Cluster, ClusterReport, Item, cluster_prompts, drift


class Mixture:
    """Texts ``topic:number`` around one direction a topic; ``far`` texts lie anywhere."""

    fingerprint, dimension = "mixture", 48

    def embed(self, texts):
        rows = [self._row(*text.split(":")) for text in texts]
        return np.array(rows, np.float32).reshape(len(rows), self.dimension)

    def _row(self, topic, number):
        own = np.random.default_rng(abs(int.from_bytes(f"{topic}:{number}".encode()[:8], "big")))
        row = own.normal(size=self.dimension)
        if topic != "far":
            seed = int.from_bytes(topic.encode()[:8], "big")
            row = 0.5 * row + 3 * np.random.default_rng(seed).normal(size=self.dimension)
        return row / np.linalg.norm(row)


def texts(topic, numbers):
    return [Item(id=f"{topic}-{n:04d}", text=f"{topic}:{n}", digest="") for n in numbers]


def topics_of(report):
    return {frozenset(member.split("-")[0] for member in c.members) for c in report.clusters}


SHAPES = {
    "two topics of five": (2, 5),
    "three of thirty": (3, 30),
    "twelve of eight": (12, 8),
    "thirty of twenty": (30, 20),
    "three of four hundred, no halves": (3, 400),
}


@pytest.mark.parametrize(("topics", "size"), SHAPES.values(), ids=SHAPES)
def test_as_many_groups_as_topics_without_being_told(topics, size):
    items = [item for n in range(topics) for item in texts(f"t{n}", range(size))]
    report = cluster_prompts(items, Mixture(), duplicates=False)
    assert topics_of(report) == {frozenset({f"t{n}"}) for n in range(topics)}
    assert topics <= len(report.clusters) <= 1.2 * topics + 1


def test_a_process_that_groups_twice_finds_the_same_twice():
    found = [cluster_prompts(nights(30, 8), Mixture(), duplicates=False) for _ in range(3)]
    assert found[0].themes
    assert found[0] == found[1] == found[2]


def nights(count=12, size=20):
    return [item for n in range(count) for item in texts(f"t{n}", range(size))]


def test_a_few_new_texts_move_nobody_and_join_their_topic():
    before = cluster_prompts(nights(), Mixture(), duplicates=False)
    items = [*nights(), *texts("t3", [90]), *texts("t7", [91])]
    after = cluster_prompts(items, Mixture(), previous=before, duplicates=False)
    for name, found in before.assignments.items():
        assert after.assignments[name].cluster == found.cluster
    assert after.assignments["t3-0090"].cluster == before.assignments["t3-0000"].cluster
    assert not after.drift.regrouped
    assert after.drift.added == ("t3-0090", "t7-0091")
    assert {change.after - change.before for change in after.drift.grew} == {1}


def test_a_new_topic_becomes_a_group_and_a_stray_text_an_outlier():
    before = cluster_prompts(nights(), Mixture(), duplicates=False)
    items = [*nights(), *texts("fresh", range(12)), *texts("far", [1])]
    after = cluster_prompts(items, Mixture(), previous=before, duplicates=False)
    (appeared,) = after.drift.appeared
    assert set(after.cluster_of("fresh-0000").members) == {f"fresh-{n:04d}" for n in range(12)}
    assert appeared.cluster == after.assignments["fresh-0000"].cluster
    assert after.drift.outliers == ("far-0001",)
    assert after.drift.moved == ()


def test_a_renamed_file_keeps_its_group_and_a_changed_text_is_placed_anew():
    before = cluster_prompts(nights(), Mixture(), duplicates=False)
    items = nights()
    items[0] = replace(items[0], id="renamed")
    items[25] = replace(items[25], text="t5:99")
    after = cluster_prompts(items, Mixture(), previous=before, duplicates=False)
    assert after.assignments["renamed"].cluster == before.assignments["t0-0000"].cluster
    assert after.assignments["t1-0005"].cluster == before.assignments["t5-0000"].cluster
    assert after.drift.moved == ("t1-0005",)


def test_when_a_tenth_has_changed_all_is_grouped_anew_and_keeps_its_ids():
    before = cluster_prompts(nights(), Mixture(), duplicates=False)
    items = [*nights(), *(item for n in range(12) for item in texts(f"t{n}", range(100, 103)))]
    after = cluster_prompts(items, Mixture(), previous=before, duplicates=False)
    assert after.drift.regrouped
    assert after.updates == 0
    assert {c.id for c in before.clusters} == {c.id for c in after.clusters}


def test_other_vectors_mean_grouping_anew():
    before = cluster_prompts(nights(), Mixture(), duplicates=False)
    other = Mixture()
    other.fingerprint = "another"
    assert cluster_prompts(nights(), other, previous=before).drift.regrouped


def report(groups):
    """A report from ``{"a": "1 2 3"}``: members by cluster, ``-`` for no cluster."""
    members = {name: tuple(text.split()) for name, text in groups.items()}
    return ClusterReport(
        clusters=tuple(
            Cluster(id=name, label=name, members=found, representative=found[0], cohesion=1.0)
            for name, found in members.items()
            if name != "-"
        ),
        assignments={
            item: Assignment(cluster=None if name == "-" else name, probability=1.0, x=0, y=0)
            for name, found in members.items()
            for item in found
        },
        duplicates=(),
        groups=(),
    )


CHANGES = {
    "nothing changed": ({"a": "1 2"}, {"a": "1 2"}, {}),
    "one appeared": ({"a": "1 2"}, {"a": "1 2", "b": "3 4"}, {"appeared": "b", "added": "34"}),
    "one vanished": ({"a": "1 2", "b": "3 4"}, {"a": "1 2"}, {"vanished": "b", "removed": "34"}),
    "one grew": ({"a": "1 2"}, {"a": "1 2 3"}, {"grew": "a", "added": "3"}),
    "one split": (
        {"a": "1 2 3 4"},
        {"a": "1 2", "b": "3 4"},
        {"split": "a", "shrank": "a", "appeared": "b", "moved": "34"},
    ),
    "two merged": (
        {"a": "1 2", "b": "3 4"},
        {"a": "1 2 3 4"},
        {"merged": "a", "grew": "a", "vanished": "b", "moved": "34"},
    ),
    "one text lost its group": (
        {"a": "1 2 3"},
        {"a": "1 2", "-": "3"},
        {"shrank": "a", "moved": "3", "outliers": "3"},
    ),
    "an outlier of old is no news": ({"a": "1 2", "-": "3"}, {"a": "1 2", "-": "3"}, {}),
}


@pytest.mark.parametrize(("old", "new", "expected"), CHANGES.values(), ids=CHANGES)
def test_drift_names_what_changed(old, new, expected):
    found = drift(report(old), report(new))
    for name in found.to_json().keys() - {"regrouped"}:
        values = [getattr(change, "cluster", change) for change in getattr(found, name)]
        assert "".join(values) == expected.get(name, ""), name


def test_themes_are_sets_of_whole_clusters():
    items = nights(30, 8)
    found = cluster_prompts(items, Mixture(), duplicates=False)
    ids = {cluster.id for cluster in found.clusters}
    assert found.themes
    for level in {theme.level for theme in found.themes}:
        parts = [theme.clusters for theme in found.themes if theme.level == level]
        assert sorted(name for part in parts for name in part) == sorted(ids)
        assert 1 < len(parts) < len(ids)


def test_a_theme_keeps_its_name_while_its_clusters_do():
    before = cluster_prompts(nights(30, 8), Mixture(), duplicates=False)
    called = tuple(replace(theme, label=f"name of {theme.id}") for theme in before.themes)
    before = replace(before, themes=called)
    again = cluster_prompts(nights(30, 8), Mixture(), previous=before, duplicates=False)
    assert again.themes == before.themes
    items = [*nights(30, 8), *texts("t3", [90])]
    after = cluster_prompts(items, Mixture(), previous=before, duplicates=False)
    changed = before.assignments["t3-0000"].cluster
    for theme in after.themes:
        if theme.clusters in {old.clusters for old in before.themes}:
            kept = theme.label.startswith("name of")
            assert kept is (changed not in theme.clusters)


def test_a_report_survives_json_and_an_old_one_still_loads():
    before = cluster_prompts(nights(), Mixture())
    after = cluster_prompts([*nights(), *texts("t3", [90])], Mixture(), previous=before)
    value = json.loads(json.dumps(after.to_json()))
    assert ClusterReport.from_json(value) == after
    for name in ("themes", "drift", "vectors", "updates"):
        del value[name]
    for row in value["assignments"].values():
        del row["text"]
    old = ClusterReport.from_json(value)
    assert (old.clusters, old.drift, old.themes) == (after.clusters, None, ())
    again = cluster_prompts(nights(), Mixture(), previous=old)
    assert {c.id for c in again.clusters} == {c.id for c in old.clusters}


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), max_size=30), st.data())
@settings(max_examples=40, deadline=None)
def test_every_item_is_answered_after_any_change(pairs, data):
    named = [Item(id=str(n), text=f"{t}:{k}", digest="") for n, (t, k) in enumerate(pairs)]
    before = cluster_prompts(named, Mixture())
    kept = data.draw(st.lists(st.sampled_from(named), unique=True)) if named else []
    after = cluster_prompts(kept, Mixture(), previous=before)
    assert set(after.assignments) == {item.id for item in kept}
    for cluster in after.clusters:
        assert len(cluster.members) > 1
        assert all(after.assignments[name].cluster == cluster.id for name in cluster.members)
