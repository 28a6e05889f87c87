"""Duplicates, their groups and what to do about them, through the public face."""

import json
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptops.cluster.duplicates import find_duplicates
from promptops.cluster.items import Item
from promptops.cluster.merging import Standing, lineage, merge_diff
from promptops.cluster.minhash import candidates, jaccard, shingles
from promptops.cluster.texts import read_texts
from promptops.cluster.wording import tokens
from promptops.errors import InputError, UsageError


@cache
def direction(word: str):
    seed = int.from_bytes(word.encode()[:8].ljust(8, b"_"), "little")
    return np.random.default_rng(seed).normal(size=64)


class WordEmbedder:
    """Sums a fixed random vector for each word: texts that share words are near."""

    fingerprint = "words"
    dimension = 64

    def __init__(self) -> None:
        self.seen: list[str] = []

    def embed(self, texts):
        self.seen += texts
        rows = [sum((direction(word) for word in tokens(text)), np.zeros(64)) for text in texts]
        found = np.array(rows, dtype=np.float32).reshape(len(rows), 64)
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        found[lengths[:, 0] == 0] = np.eye(64, dtype=np.float32)[0]
        return found / np.where(lengths == 0, 1, lengths)


def items(*texts: str) -> list[Item]:
    return [Item(id=f"{n:06d}", text=text, digest=str(n)) for n, text in enumerate(texts)]


FIELD = "You read a report about {} and write three bullets for {}, each with a number."
LONG = (
    "You answer questions about returns of our web shop. Name the period for {{ item }}. "
    "Say whether the parcel is free of charge. Mention the label that is printed at home. "
    "Use two short sentences and no greeting. Do not promise a date for the payment."
)
ASK = "Read the passage {{ text }} and answer the question of the user below: {{ question }} "
PAIRS = {
    "other names of variables": (LONG, LONG.replace("item", "product_name"), "near"),
    "a sentence more": (LONG, LONG + " Be kind.", "near"),
    "sentences in another order": (LONG, ". ".join(reversed(LONG[:-1].split(". "))) + ".", "near"),
    "one input more in a short prompt": (ASK, ASK + "{{ choices }}", None),
    "another set of answers": (ASK + "Yes or no?", ASK + "Yes, no or maybe?", None),
    "hardly a word of its own": ("Q: {{ a }} A:", "{{ b }} Q: {{ a }}", None),
    "another task": (LONG, "Write a poem about the sea and its many ships.", None),
}


@pytest.mark.parametrize(("left", "right", "kind"), PAIRS.values(), ids=PAIRS)
def test_what_is_a_duplicate(left, right, kind):
    report = find_duplicates(items(left, right, FIELD.format("ships", "boys")), WordEmbedder())
    assert [pair.kind for pair in report.pairs] == ([kind] if kind else [])


def test_copies_cost_one_embedding_and_make_one_group():
    embedder = WordEmbedder()
    report = find_duplicates(items(*["Answer  the question."] * 20_000), embedder)
    assert len(embedder.seen) == 1
    assert len(report.pairs) == 19_999
    assert [len(group.members) for group in report.groups] == [20_000]


STANDINGS = {
    "the most used": ({"000000": Standing(runs=3), "000001": Standing(score=1.0)}, "000000"),
    "the best proven": ({"000001": Standing(score=0.9), "000002": Standing(score=0.2)}, "000001"),
    "the longest": ({}, "000002"),
}


@pytest.mark.parametrize(("standing", "kept"), STANDINGS.values(), ids=STANDINGS)
def test_who_represents_a_group(standing, kept):
    texts = items(LONG, LONG.replace("item", "thing"), LONG + " Be kind.")
    (group,) = find_duplicates(texts, WordEmbedder(), standing=standing).groups
    assert group.representative == kept


ROUND = {
    "nothing": [],
    "one text": ["Answer the question."],
    "no words": ["", "  ", "!!!"],
    "emoji and right-to-left": ["😀 مرحبا بالعالم", "שלום עולם", "😀 مرحبا بالعالم!"],
    "one very long text": ["word and more " * 80_000, "Answer the question."],
}


@pytest.mark.parametrize("texts", ROUND.values(), ids=ROUND)
def test_odd_collections_lose_nothing_silently(texts):
    report = find_duplicates(items(*texts), WordEmbedder())
    assert report.items == len(texts)
    assert len(report.left_out) == sum(not tokens(text) for text in texts)
    assert all(reason == "the text has no words" for _, reason in report.left_out)


def test_one_id_twice_is_refused():
    with pytest.raises(InputError, match='"a"'):
        find_duplicates([Item(id="a", text="x", digest="1")] * 2, WordEmbedder())


LINEAGES = {
    "copy": (LONG, LONG.upper()),
    "renamed": (LONG, LONG.replace("item", "product")),
    "edited": (LONG, LONG.replace("greeting", "farewell")),
    "extended": (LONG, LONG + " Now this is new." * 9),
    "shortened": (LONG, LONG[:150]),
    "reworded": (LONG, "Tell customers of the shop how long they may send things back."),
}


@pytest.mark.parametrize("name", LINEAGES)
def test_how_a_member_came_about(name):
    kept, other = LINEAGES[name]
    assert lineage(kept, other) == name


def test_a_merge_shows_what_changes_hands():
    diff = merge_diff(LONG, LONG + " Be kind.", ("kept", "other")).splitlines()
    assert diff[:2] == ["--- other", "+++ kept"]
    assert [line for line in diff[2:] if line[0] in "+-"] == ["-Be kind."]
    assert merge_diff(LONG, LONG, ("kept", "other")) == ""


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=30), max_size=8))
@settings(max_examples=50, deadline=None)
def test_equal_sets_are_always_candidates(words):
    sets = [shingles(found) for found in words]
    looked_at = set(candidates(sets, seed=1))
    for left, ours in enumerate(sets):
        for right in range(left + 1, len(sets)):
            if len(ours) and jaccard(ours, sets[right]) == 1:
                assert (left, right) in looked_at


def _csv(path):
    path.write_text('id,text\na,"one, two"\nb,\nc,NaN\nd,three\n', encoding="utf-8")


def _jsonl(path):
    rows = [{"id": "a", "text": "one, two"}, {"id": "b"}, {"id": "c", "text": float("nan")}]
    lines = [*map(json.dumps, rows), '{"id": "d", "text": "three"}']
    path.write_text("\n".join(lines), encoding="utf-8")


def _parquet(path):
    import pandas as pd

    frame = {"id": list("abcd"), "text": ["one, two", None, float("nan"), "three"]}
    pd.DataFrame(frame).to_parquet(path)


@pytest.mark.parametrize(
    ("name", "write"), [("t.csv", _csv), ("t.jsonl", _jsonl), ("t.parquet", _parquet)]
)
def test_tables_give_items_and_say_what_is_missing(tmp_path, name, write):
    write(tmp_path / name)
    found = read_texts(tmp_path / name, "text")
    assert {item.id: item.text for item in found.items if item.text} == {
        "a": "one, two",
        "d": "three",
    }
    # An empty CSV cell is an empty text, which the comparison leaves out with a word of its own.
    empty = {item.id for item in found.items if not item.text}
    assert empty | {name for name, _ in found.left_out} == {"b", "c"}


REFUSED = {
    "no such column": ("t.csv", "txt,b\nx,y\n", UsageError, "no column"),
    "a table without rows": ("t.csv", "text\n", InputError, "no row"),
    "an open quote": ("t.csv", 'text\n"x\n', InputError, "not CSV"),
    "no JSON": ("t.jsonl", "{x}\n", InputError, "not JSON"),
    "no Parquet": ("t.parquet", "x", InputError, "not Parquet"),
    "another kind": ("t.txt", "x", UsageError, "no table"),
}


@pytest.mark.parametrize(("name", "text", "error", "says"), REFUSED.values(), ids=REFUSED)
def test_tables_that_cannot_be_read_are_refused(tmp_path, name, text, error, says):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(error, match=says):
        read_texts(tmp_path / name, "text")
