"""Names of groups: key phrases that read like names, and titles by a model that are checked."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptops.cluster import Item, item_of
from promptops.cluster.items import instructions
from promptops.cluster.labels import Labels
from promptops.cluster.phrases import alike, lead, phrases
from promptops.cluster.titles import read_title
from promptops.cluster.vocabulary import stem
from promptops.prompts.loader import parse_prompt

OTHERS = [
    "Translate the sentence into French.",
    "Write a poem about the sea.",
    "Explain the bug in this Python function.",
    "List three names for a bakery.",
    "Summarize the meeting in one paragraph.",
    "Suggest a hotel near the station.",
]


def label(texts, titles=()):
    """The label of a group of texts among some others."""
    found = Labels([*texts, *OTHERS], [*titles, *[""] * len(OTHERS)] if titles else ())
    return found.of(range(len(texts)))


NAMED = {
    "words of a template do not count": (
        [
            "Check {{ customer_note }} for a late parcel.",
            "Find {% if x %}the late parcel{% endif %}.",
        ],
        "late parcel",
    ),
    "lines that introduce a value do not count": (
        [
            "Rate the contract clause.\nContext: {{ a }}",
            "Name the contract clause.\nContext: {{ b }}",
        ],
        "contract clause",
    ),
    "markup, code and links do not count": (
        [
            "<invoice>Read the tax rate.</invoice> `getTax()`",
            "Tell the tax rate, see https://x.example/tax",
        ],
        "tax rate",
    ),
    "a word is counted once a text": (
        ["Bread bread bread: refund an order.", "Refund the order.", "Refund my order."],
        "order · refund",
    ),
    "forms of a word are one word": (
        ["Cancel a booking.", "Cancelling bookings.", "I cancelled my booking."],
        "booking · cancelled",
    ),
    "a phrasal verb stays whole": (
        ["How do I top up my phone?", "Top up failed.", "A top up by card."],
        "top up",
    ),
    "a script without spaces": (
        ["请翻译这份合同条款。", "解释合同条款。", "合同条款有什么风险?"],
        "合同条款",
    ),
    "nothing tells the group apart": (
        ["To be or not to be.", "It is what it is."],
        "To be or not to be.",
    ),
}


@pytest.mark.parametrize(("texts", "expected"), NAMED.values(), ids=NAMED)
def test_a_group_is_named_by_what_its_instructions_share(texts, expected):
    assert label(texts) == expected


def test_a_title_says_most():
    texts = ["Read it with care.", "Do it step by step."]
    assert label(texts, ["Sort a support ticket", "Route a support ticket"]) == "support ticket"


TITLED = {
    "what only the texts share": (
        {"Write a tagline": "Name it in ten plain words.", "Announce a tagline": "Name the words."},
        "tagline",
    ),
    "what prompts are full of, in one title": (
        {
            "Find the data of a parcel": "The parcel is data, find it.",
            "Sort a parcel": "The parcel is data.",
        },
        "parcel",
    ),
    "what prompts are full of, in two": (
        {"Sort a parcel message": "Sort it.", "Rate a parcel message": "Sort it."},
        "parcel message · sort",
    ),
    "a generic word": (
        {"Create a parcel": "Say it well.", "Create the parcel": "Say it well."},
        "parcel",
    ),
    "titles that say nothing in common": (
        {"Alpha": "Repaint the late ferry.", "Beta": "Sell the late ferry."},
        "late ferry",
    ),
}


@pytest.mark.parametrize(("texts", "expected"), TITLED.values(), ids=TITLED)
def test_titles_say_what_texts_are_about(texts, expected):
    assert label([*texts.values()], [*texts]) == expected


def test_a_prompt_is_named_without_its_variables():
    file = parse_prompt(
        "apiVersion: promptops/v1\nkind: Prompt\nid: a\nversion: '1.0.0'\ntitle: A title\n"
        "intent: answer\nvariables: {question: {type: string}, topic: {type: string}}\nmessages:\n"
        "  - {role: user, content: 'Write in plain words about {{ topic }}.\\nQ: {{ question }}'}\n"
    )
    (text,) = instructions([item_of(file)])
    assert lead(text).split() == ["Write", "in", "plain", "words", "about", ".", "."]


def test_groups_of_one_collection_are_told_apart():
    text = "Refund a parcel: customs fee, broken seal, wet carton."
    labels = Labels([text, text, *OTHERS])
    first = labels.of([0, 1])
    assert labels.of([0, 1], {first}) != first


@given(st.lists(st.text(alphabet="abc deé.\n{}<>#-中文", max_size=60), min_size=1, max_size=8))
@settings(max_examples=100, deadline=None)
def test_every_group_has_a_name_without_a_repeated_word(texts):
    found = Labels(texts).of(range(len(texts)))
    assert found.strip()
    names = [tuple(stem(word) for word in part.split()) for part in found.split(" · ")]
    if all(names[0] in phrases(lead(text)) for text in texts) and len(names) > 1:
        assert not any(alike(a, b) for n, a in enumerate(names) for b in names[:n])


CLAIM = [
    Item(id="a", text="Decide on the refund of a damaged parcel.", digest="a"),
    Item(id="b", text="Decide whether a late parcel is refunded.", digest="b"),
]
REFUSED = {
    "too long": ("Decide on refunds for parcels that are late", "longer than 6 words"),
    "no words": ("…", "no words"),
    "marks of a template": ("Refund of {{ parcel }}", "marks of a template"),
    "another script": ("Возврат посылки", "another script"),
    "nothing of the prompts": ("Weather in Lisbon", "no telling word"),
    "another language": ("Rückzahlung beschädigter Lieferungen", "no telling word"),
    "one of the texts": ("Refund a lost parcel.", "one of the texts"),
    "a question": ("Is the parcel refunded?", "a question"),
    "the question again": ("Key phrases: refund, parcel", "repeats the question"),
}


@pytest.mark.parametrize(("title", "why"), REFUSED.values(), ids=REFUSED)
def test_an_answer_that_is_no_name_is_refused_with_the_reason(title, why):
    texts = [*CLAIM, Item(id="c", text="Refund a lost parcel!", digest="c")]
    assert why in read_title(json.dumps({"title": title}), texts)[1]


@pytest.mark.parametrize("answer", ["", "Refund", "[]", '{"title": 3}', '{"name": "Refund"}'])
def test_an_answer_that_is_not_the_schema_is_refused(answer):
    assert "not the JSON" in read_title(answer, CLAIM)[1]


def test_a_good_title_is_taken_without_its_edges():
    assert read_title('{"title": " \\"Parcel refunds\\". "}', CLAIM) == ("Parcel refunds", "")
