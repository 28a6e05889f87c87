"""Finding texts by words and meaning: passages, the index on disk, filters, odd input."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptops.cluster import Item, SearchIndex
from promptops.cluster.search.passages import SIZE, passages, sentences
from promptops.errors import CorruptStoreError
from promptops.operations.searching import Facets
from promptops.prompts.loader import parse_prompt
from promptops.testing.embedders import HashingEmbedder

TOPICS = ("parcel delivery", "invoice total", "poem about rain", "loan interest", "chess opening")


def item(name, text, title=""):
    return Item(id=name, text=text, digest=name, title=title)


def collection(size=40):
    return [
        item(f"i{n:02d}", f"You help people.\nTask {n}: {TOPICS[n % 5]}, case {n // 5}.")
        for n in range(size)
    ]


def ids(hits):
    return [hit.id for hit in hits]


@given(st.text(alphabet="ab .!?\n\u2003é", max_size=3000))
@settings(max_examples=100, deadline=None)
def test_passages_hold_every_word_are_short_and_know_their_line(text):
    found = passages(text, most=None)
    held = np.zeros(len(text), bool)
    for each in found:
        shown = text[each.start : each.end]
        assert shown
        assert shown == shown.strip()
        assert len(shown) <= SIZE
        assert each.line == text.count("\n", 0, each.start) + 1
        held[each.start : each.end] = True
    assert all(held[at] or letter.isspace() for at, letter in enumerate(text))
    assert passages(text, most=2) == found[:2]
    assert "".join(text.split()) == "".join(
        "".join(text[each.start : each.end].split()) for each in sentences(text)
    )


def test_an_index_on_disk_embeds_only_what_is_new_and_answers_like_a_fresh_one(tmp_path):
    embedder, items = HashingEmbedder(), collection()
    SearchIndex.open(tmp_path, items, embedder)
    embedder.texts.clear()
    SearchIndex.open(tmp_path, items, embedder)
    assert embedder.texts == []
    changed = [*items[2:], item("i00", "Advise on mortgage deeds.")]
    index = SearchIndex.open(tmp_path, changed, embedder)
    assert embedder.texts == ["Advise on mortgage deeds."]
    assert ids(index.search("mortgage deeds", embedder, 1)) == ["i00"]
    assert "i01" not in ids(index.search("invoice total case 0", embedder, 100))
    fresh = SearchIndex.build(changed, embedder)
    for query in ("loan interest case 3", "rain", "help people"):
        assert ids(index.search(query, embedder, 5)) == ids(fresh.search(query, embedder, 5))


def test_many_updates_leave_few_segments_and_every_item_findable(tmp_path):
    embedder, items = HashingEmbedder(), collection()
    for n in range(12):
        items.append(item(f"n{n}", f"Novelty number {n}: topic{n}."))
        index = SearchIndex.open(tmp_path, items, embedder)
        assert ids(index.search(f"topic{n}", embedder, 1)) == [f"n{n}"]
    assert len(list(tmp_path.glob("*/*/segment.json"))) <= 8
    assert ids(index.search("topic0", embedder, 1)) == ["n0"]


def test_another_embedder_has_an_index_of_its_own(tmp_path):
    for dimension in (32, 128):
        embedder = HashingEmbedder(dimension)
        index = SearchIndex.open(tmp_path, collection(), embedder)
        assert "parcel" in index.search("parcel", embedder, 1)[0].passage
    assert len(list(tmp_path.iterdir())) == 2


def test_what_a_killed_process_left_is_made_anew_and_damage_is_named(tmp_path):
    embedder = HashingEmbedder()
    (place,) = _saved(tmp_path, embedder)
    (place / "segment.json").unlink()  # it is written last
    index = SearchIndex.open(tmp_path, collection(), embedder)
    assert ids(index.search("chess opening case 1", embedder, 1)) == ["i09"]
    (place,) = _saved(tmp_path, embedder)
    vectors = place / "meaning-vectors.npy"
    vectors.write_bytes(vectors.read_bytes()[:200])
    with pytest.raises(CorruptStoreError, match="delete the folder"):
        SearchIndex.open(tmp_path, collection(), embedder)


def _saved(folder, embedder):
    SearchIndex.open(folder, collection(), embedder)
    return [path.parent for path in folder.glob("*/*/segment.json")]


def test_a_filter_leaves_scores_as_they_are_and_finds_only_what_it_lets_through():
    embedder, items = HashingEmbedder(), collection()
    index = SearchIndex.build(items, embedder)
    every = {hit.id: hit for hit in index.search("invoice total case 4", embedder, 100)}
    among = {each.id for each in items[::3]}
    some = index.search("invoice total case 4", embedder, 100, among=among)
    assert {hit.id for hit in some} == among
    assert [hit.score for hit in some] == [every[hit.id].score for hit in some]
    assert index.search("invoice", embedder, among=()) == ()


def test_equal_texts_are_all_found_in_order_of_ids():
    embedder = HashingEmbedder()
    index = SearchIndex.build([item(name, "Same text.") for name in "cab"], embedder)
    assert ids(index.search("same text", embedder, 2)) == ["a", "b"]


@pytest.mark.parametrize(
    ("query", "text"),
    {
        "a word of a script without spaces": ("請求書", "あなたは請求書を読みます。"),
        "right to left": ("الفاتورة", "اقرأ الفاتورة جيدا"),
        "another normal form": ("ﬁnance", "Talk about finance."),
        "a word far beyond the embedded passages": ("zebra", "Filler text. " * 80_000 + "A zebra."),
    }.values(),
)
def test_words_are_found(query, text):
    embedder = HashingEmbedder()
    index = SearchIndex.build([*collection(), item("wanted", text)], embedder)
    best = index.search(query, embedder, 1)[0]
    assert (best.id, best.lexical_rank) == ("wanted", 1)


def test_the_shown_passage_stands_where_it_says():
    text = "Intro of some length.\nRead the form. Name the late fee of it.\nEnd."
    embedder = HashingEmbedder()
    (hit, *_) = SearchIndex.build([*collection(), item("a", text)], embedder).search(
        "the late fee", embedder
    )
    assert (hit.passage, hit.line) == ("Name the late fee of it.", 2)
    assert text[hit.start : hit.end] == hit.passage


@pytest.mark.parametrize("text", ["", " \n", "🙂🙂", "x" * 1_000_000])
def test_odd_texts_are_indexed_and_an_empty_one_is_found_by_its_title(text):
    embedder = HashingEmbedder()
    index = SearchIndex.build([*collection(), item("odd", text, "Strange thing")], embedder)
    assert ids(index.search("strange thing", embedder, 1)) == ["odd"]
    assert index.search("?!", embedder) == ()


PROMPT = parse_prompt(
    "apiVersion: promptops/v1\nkind: Prompt\nid: a\nversion: '1.0.0'\ntitle: A\nintent: classify\n"
    "owner: {team: billing}\ntags: [money, eu]\nx-language: de\n"
    "data: {classification: confidential}\nvariables: {note: {type: string}}\n"
    "messages: [{role: user, content: 'Say {{ note }}'}]\n",
    Path("/registry/finance/eu/a.prompt.yaml"),
)


@pytest.mark.parametrize(
    ("facets", "fits"),
    [
        (Facets(), True),
        (Facets(intent="Classify", team="BILLING", language="de", data="confidential"), True),
        (Facets(tags=("eu", "money"), variables=("note",)), True),
        (Facets(area="finance"), True),
        (Facets(area="finance/eu"), True),
        (Facets(area="eu"), False),
        (Facets(area="registry"), False),
        (Facets(tags=("eu", "food")), False),
        (Facets(intent="class"), False),
        (Facets(team="legal"), False),
        (Facets(language="en"), False),
        (Facets(data="internal"), False),
        (Facets(variables=("text",)), False),
    ],
)
def test_facets(facets, fits):
    assert facets.fit(PROMPT, Path("/registry")) is fits


def test_what_no_prompt_has_is_told_with_what_may_be_meant():
    asked = Facets(intent="clasify", tags=("eu", "fod"), area="finance")
    assert asked.unknown([PROMPT], Path("/registry")) == (
        'no prompt has the intent "clasify" (did you mean "classify"?)',
        'no prompt has the tag "fod"',
    )
