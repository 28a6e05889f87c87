"""Groups, duplicates and search through the public face, with a small honest embedder."""

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptops.cluster import (
    ClusterReport,
    Item,
    SearchIndex,
    cluster_prompts,
    item_of,
    prompt_text,
    search,
)
from promptops.cluster.wording import normalized, tokens, without_boilerplate
from promptops.errors import InputError
from promptops.prompts.loader import parse_prompt
from promptops.vectors.faiss_index import FaissIndex


@cache
def direction(word: str):
    seed = int.from_bytes(word.encode()[:8].ljust(8, b"_"), "little")
    return np.random.default_rng(seed).normal(size=WordEmbedder.dimension)


class WordEmbedder:
    """Sums a fixed random vector for each word: texts that share words are near."""

    fingerprint = "words"
    dimension = 64

    def __init__(self) -> None:
        self.seen: list[str] = []

    def embed(self, texts):
        self.seen += texts
        rows = [self._row(text) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(rows), self.dimension)

    def _row(self, text):
        row = np.zeros(self.dimension)
        for word in tokens(text):
            row += direction(word)
        length = np.linalg.norm(row)
        return row / length if length else np.eye(self.dimension)[0]


TOPICS = {
    "refund": "refund money back payment returned order amount customer account {}",
    "poem": "poem verse rhyme stanza metaphor love nature season lyric {}",
    "code": "python function bug stack trace compile module import error {}",
    "travel": "flight hotel luggage passport airport itinerary beach visa island {}",
}
FILLERS = [
    "alpha",
    "bravo",
    "charlie",
    "delta",
    "echo",
    "foxtrot",
    "golf",
    "hotel",
    "india",
    "juliett",
    "kilo",
    "lima",
]


def collection() -> list[Item]:
    return [
        Item(id=f"{topic}-{filler}", text=text.format(filler), digest=f"{topic}{filler}")
        for topic, text in TOPICS.items()
        for filler in FILLERS
    ]


def test_topics_become_clusters_with_telling_labels():
    report = cluster_prompts(collection(), WordEmbedder())
    found = {frozenset(member.split("-")[0] for member in c.members) for c in report.clusters}
    assert found == {frozenset({topic}) for topic in TOPICS}
    assert not report.noise
    for cluster in report.clusters:
        topic = cluster.representative.split("-")[0]
        assert set(cluster.label.replace(" · ", " ").split()) <= set(tokens(TOPICS[topic]))


def test_the_same_items_in_any_order_give_the_same_bytes():
    items = collection()
    first = cluster_prompts(items, WordEmbedder(), seed=3)
    second = cluster_prompts(items[::-1], WordEmbedder(), seed=3, build_index=FaissIndex.build)
    assert json.dumps(first.to_json()) == json.dumps(second.to_json())
    assert ClusterReport.from_json(json.loads(json.dumps(first.to_json()))) == first


def more(topic, words):
    text = TOPICS[topic]
    return [Item(id=f"{topic}-{word}", text=text.format(word), digest=word) for word in words]


def test_an_update_leaves_names_and_places_alone():
    before = cluster_prompts(collection(), WordEmbedder())
    called = tuple(replace(each, label=f"name of {each.id}") for each in before.clusters)
    before = replace(before, clusters=called)
    items = [*collection(), *more("poem", ["mike"])]
    after = cluster_prompts(items, WordEmbedder(), previous=before)
    assert {each.id: each.label for each in after.clusters} == {
        each.id: f"name of {each.id}" for each in before.clusters
    }
    points = after.points
    assert {name: points[name] for name in before.points} == before.points
    again = cluster_prompts(items[::-1], WordEmbedder(), previous=before)
    assert json.dumps(again.to_json()) == json.dumps(after.to_json())


def test_a_group_is_named_anew_when_a_tenth_of_it_has_changed():
    items = collection()
    night = cluster_prompts(items, WordEmbedder())
    labels = {cluster.id: cluster.label for cluster in night.clusters}
    poems = night.assignments["poem-alpha"].cluster
    called = tuple(replace(each, label="old") for each in night.clusters if each.id == poems)
    night = replace(night, clusters=(*called, *(c for c in night.clusters if c.id != poems)))
    seen = []
    for word in ("mike", "november", "oscar"):
        items += more("poem", [word])
        night = cluster_prompts(items, WordEmbedder(), previous=night)
        (poem,) = (each for each in night.clusters if each.id == poems)
        seen.append((poem.label == "old", poem.changes))
        assert not night.drift.regrouped
    anew = cluster_prompts(items, WordEmbedder())
    assert seen == [(True, 1), (False, 0), (False, 1)]
    assert night.names == labels == anew.names


LONG = (
    "You answer questions about returns of our web shop. Name the period for {}. "
    "Say whether the parcel is free of charge. Mention the label that is printed at home. "
    "Use two short sentences and no greeting. Do not promise a date for the payment."
)
PAIRS = {
    "case, punctuation and spaces": ("Answer: the question.", "answer\nTHE question", "exact"),
    "another variable name": (LONG.format("{{ item }}"), LONG.format("{{ product }}"), "near"),
    "one sentence more": (LONG.format("shoes"), LONG.format("shoes") + " Be kind.", "near"),
    "one word less": (LONG.format("red shoes"), LONG.format("shoes"), "near"),
    "another task": (LONG.format("shoes"), "Write a poem about the sea and its ships.", None),
}


@pytest.mark.parametrize(("left", "right", "kind"), PAIRS.values(), ids=PAIRS)
def test_duplicates_have_their_strength(left, right, kind):
    others = [item for item in collection() if item.id.startswith("code")]
    items = [Item(id="a", text=left, digest="a"), Item(id="b", text=right, digest="b"), *others]
    report = cluster_prompts(items, WordEmbedder())
    found = [pair.kind for pair in report.duplicates if {pair.a, pair.b} == {"a", "b"}]
    assert found == ([kind] if kind else [])
    assert any(set(g.members) == {"a", "b"} for g in report.groups) is bool(kind)


FORM = (
    "# IDENTITY\nYou are an expert who reads files about a person and the goals that they have.\n"
    "# STEPS\nRead the incoming file with care and think about it for a very long time.\n{}\n"
    "# OUTPUT\nWrite only Markdown, no warnings, no notes, only the sections that were asked for.\n"
)
TASKS = [
    "List eight blind spots that keep the person from moving forward at work.",
    "Describe how the weekly metrics changed over the last three months.",
    "Draft an encouraging letter that praises what went well this year.",
    "Build a threat model for every plan and rank it by likelihood.",
    "Summarize the outlook on life in a paragraph of plain prose.",
    "Propose a career path that fits the listed talents and wishes.",
]


def test_one_form_with_many_tasks_is_no_duplicate():
    items = [Item(id=str(n), text=FORM.format(t), digest=str(n)) for n, t in enumerate(TASKS)]
    report = cluster_prompts(items, WordEmbedder())
    assert report.duplicates == ()


def test_copies_are_embedded_once_and_stay_together():
    embedder = WordEmbedder()
    items = [Item(id=f"{n:04d}", text="Answer the question.", digest="d") for n in range(2000)]
    report = cluster_prompts(items, embedder)
    assert len(embedder.seen) == 1
    (cluster,) = report.clusters
    assert len(cluster.members) == 2000
    assert len(report.duplicates) == 1999


ODD = {
    "nothing": [],
    "one text": ["Answer the question."],
    "no words": ["", "   ", "!!! ???"],
    "emoji and right-to-left": ["😀 مرحبا بالعالم", "שלום עולם", "😀 مرحبا بالعالم!"],
    "one very long text": ["word " * 200_000, "Answer the question."],
}


@pytest.mark.parametrize("texts", ODD.values(), ids=ODD)
def test_odd_collections_are_answered_in_full(texts):
    items = [Item(id=str(n), text=text, digest=str(n)) for n, text in enumerate(texts)]
    report = cluster_prompts(items, WordEmbedder())
    assert set(report.assignments) == {item.id for item in items}
    wordless = {item.id for item in items if not tokens(item.text)}
    assert {name for name, _ in report.left_out} == wordless


def test_two_items_with_one_id_are_refused():
    with pytest.raises(InputError, match='such as "a"'):
        cluster_prompts([Item(id="a", text="x", digest="1")] * 2, WordEmbedder())


def test_search_finds_by_title_and_by_words_and_shows_the_passage():
    items = [
        *collection(),
        Item(
            id="parcel", title="Track a parcel", text="Intro.\nSay where the parcel is.", digest="p"
        ),
    ]
    index = SearchIndex.build(items, WordEmbedder())
    (best, *_) = index.search("where is my parcel", WordEmbedder(), 3)
    assert (best.id, best.passage) == ("parcel", "Say where the parcel is.")
    assert best.lexical_rank == 1
    assert search("???", items, WordEmbedder()) == ()
    assert search("poem rhyme", [], WordEmbedder()) == ()
    assert {hit.id.split("-")[0] for hit in search("poem rhyme", items, WordEmbedder(), 5)} == {
        "poem"
    }


def test_what_is_embedded_of_a_prompt():
    file = parse_prompt(
        "apiVersion: promptops/v1\nkind: Prompt\nid: a\nversion: '1.0.0'\ntitle: Label a message\n"
        "intent: classify\nvariables: {customer_note: {type: string}}\nmessages:\n"
        "  - {role: system, content: 'Name the topic. {# a note #}'}\n"
        "  - {role: user, content: Where is it?}\n  - {role: assistant, content: delivery}\n"
        "  - {role: user, content: 'Note: {{ customer_note | trim }}'}\n"
    )
    assert prompt_text(file.prompt) == "Name the topic.\n\nNote: customer note"
    assert item_of(file).described.startswith("Label a message\nName the topic.")


def test_lines_that_many_texts_share_are_boilerplate():
    header = "GPT URL and logo, collected by somebody"
    texts = [f"{header}\nTask number {n} is about {w}." for n, w in enumerate(FILLERS)]
    assert without_boilerplate(texts)[3] == "Task number 3 is about delta."
    assert without_boilerplate([header] * 6) == [header] * 6


@given(st.text(max_size=80))
@settings(max_examples=100, deadline=None)
def test_normal_form_is_stable(text):
    once = normalized(text)
    assert normalized(once) == once
