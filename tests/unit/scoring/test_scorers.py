"""What the scorers say about answers, case by case."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.errors import UnknownBackendError, UsageError
from promptops.golden.case import GoldenCase
from promptops.llm.scripted import ScriptedChat
from promptops.prompts.model import Prompt
from promptops.scoring import SCORERS, Score, load_scorer
from promptops.scoring.reading import is_abstention, normalize
from promptops.testing.embedders import HashingEmbedder

LABELS = ["refund", "late_delivery", "account"]


def make_prompt(schema=None):
    fields = {
        "id": "p",
        "version": "1.0.0",
        "title": "P",
        "intent": "classify",
        "variables": {"text": {}},
        "messages": [{"role": "user", "content": "{{ text }}"}],
    }
    return Prompt.model_validate(
        fields if schema is None else {**fields, "output": {"schema": schema}}
    )


LABELED = make_prompt(
    {
        "type": "object",
        "required": ["label"],
        "properties": {"label": {"type": "string", "enum": LABELS}},
    }
)


def score(name, answer, expected, prompt=LABELED):
    case = GoldenCase(id="c", inputs={"text": "x"}, expected=expected)
    return load_scorer(name).score(answer=answer, case=case, expected=expected, prompt=prompt).value


CASES = {
    "a label in its JSON field": ("label_match", '{"label": "refund"}', {"label": "refund"}, 1),
    "another label": ("label_match", '{"label": "account"}', {"label": "refund"}, 0),
    "a label in pretty-printed JSON in a fence": (
        "label_match", '```json\n{\n "label": "refund"\n}\n```', {"label": "refund"}, 1,
    ),
    "the joints of a label do not count": (
        "label_match", "Late delivery", {"label": "late_delivery"}, 1,
    ),
    "the only label that a sentence mentions": (
        "label_match", "This is about a refund.", {"label": "refund"}, 1,
    ),
    "a sentence that mentions two labels": (
        "label_match", "refund, or account?", {"label": "refund"}, 0,
    ),
    "an object without the field": ("label_match", '{"kind": "refund"}', {"label": "refund"}, 0),
    "equal JSON in another order": ("exact_match", '{"b":2,"a":1}', {"a": 1, "b": 2}, 1),
    "equal text with space around": ("exact_match", " Yes. ", "Yes.", 1),
    "another case is not exact": ("exact_match", "yes", "Yes", 0),
    "case, article and full stop do not count": ("normalized_match", "The Yes.", "yes", 1),
    "an expected abstention": ("normalized_match", "Not stated in the policy.", None, 1),
    "an answer where none should be": ("contains", "30 days", None, 0),
    "the answer within a sentence": ("contains", "You have 30 days to return it.", "30 days", 1),
    "a piece of a word is not the word": ("contains", "It takes 130 days.", "30 days", 0),
    "one of two keywords": ("contains", "A light tent.", ["tent", "waterproof"], 0.5),
    "an answer in the only JSON field": ("contains", '{"answer": "in 30 days"}', "30 days", 1),
    "a price with a thousands separator": ("contains", "It costs $1,299.00 today", "1299.00", 1),
    "half of the fields": (
        "json_fields", '{"order": "A-1", "amount": 3}', {"order": "A-1", "amount": 4}, 0.5,
    ),
    "a number written as text": ("json_fields", '{"amount": "$12.50"}', {"amount": 12.5}, 1),
    "a missing field that should be null": ("json_fields", "{}", {"date": None}, 1),
    "lists in any order": ("json_fields", '{"x": ["b", "A"]}', {"x": ["a", "b"]}, 1),
    "prose instead of an object": ("json_fields", "order A-1", {"order": "A-1"}, 0),
    "an answer that follows the schema": ("json_valid", '{"label": "refund"}', None, 1),
    "a label outside the enum": ("json_valid", '{"label": "other"}', None, 0),
    "broken JSON": ("json_valid", '{"label": ', None, 0),
    "the first number": ("numeric", "about 1,250.0 EUR of 2", 1250, 1),
    "no number at all": ("numeric", "many", 3, 0),
    "two of three words, one extra": ("token_f1", "blue tent now", "big blue tent", 2 / 3),
}  # fmt: skip


@pytest.mark.parametrize(("name", "answer", "expected", "value"), CASES.values(), ids=CASES)
def test_scores(name, answer, expected, value):
    assert score(name, answer, expected) == pytest.approx(value)


@given(
    st.text(max_size=40),
    st.one_of(st.none(), st.text(max_size=40), st.dictionaries(st.text(max_size=5), st.integers())),
)
def test_text_scorers_take_any_answer(answer, expected):
    for name in ("exact_match", "normalized_match", "contains", "label_match", "token_f1"):
        assert 0 <= score(name, answer, expected) <= 1


@given(st.text(max_size=60))
def test_normalization_is_idempotent(text):
    assert normalize(normalize(text)) == normalize(text)


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8), min_size=1))
def test_an_object_matches_itself(value):
    answer = json.dumps(value)
    assert score("json_fields", answer, value) == 1
    assert score("exact_match", answer, value) == 1


@pytest.mark.parametrize("text", ["", "I don't know.", "Not mentioned", "unknown", "N/A"])
def test_abstentions_are_recognized(text):
    assert is_abstention(text)


def test_a_mistyped_scorer_gets_a_suggestion():
    with pytest.raises(UnknownBackendError, match='did you mean "token_f1"'):
        load_scorer("token_fl")


def test_a_scorer_says_what_it_needs():
    with pytest.raises(UsageError, match=r"semantic_similarity.*needs embedder"):
        load_scorer("semantic_similarity")


def test_a_value_outside_the_range_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        Score(value=1.2, reason="")


OPTIONS = {"length": {"max": 1}, "latency": {"max_ms": 1}, "cost": {"max_usd": 1}}
GIVEN = {"embedder": HashingEmbedder(), "chat": ScriptedChat({}), "judge": "openai/gpt-5-mini"}


def test_every_scorer_in_the_table_has_its_name():
    for name in SCORERS:
        scorer = load_scorer(name, options=OPTIONS.get(name), **GIVEN)
        assert scorer.name == name
        assert scorer.version


@pytest.mark.slow
def test_ours_agree_with_ragas_and_rouge():
    """ExactMatch by definition; ROUGE-1 F is token F1 where no stemming or article interferes."""
    pairs = [
        ("blue tent", "blue tent"),
        ("blue tent now", "big blue tent"),
        ("one two three", "three two one"),
        ("nothing shared", "quite different"),
    ]
    from ragas.metrics.collections import RougeScore

    from promptops.scoring.ragas_metrics import RagasScorer, _finish

    rouge1 = RougeScore(rouge_type="rouge1")
    for answer, expected in pairs:
        theirs = _finish(rouge1.ascore(reference=expected, response=answer)).value
        assert score("token_f1", answer, expected) == pytest.approx(theirs)
        assert score("exact_match", answer, expected) == score(
            "ragas.exact_match", answer, expected
        )
    assert score("ragas.string_similarity", "abcd", "abcf") == pytest.approx(0.75)
    assert 0 < score("ragas.bleu", "the blue tent is here", "the blue tent is there") <= 1
    assert isinstance(load_scorer("ragas.chrf"), RagasScorer)
