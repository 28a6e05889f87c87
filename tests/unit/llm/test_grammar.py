"""A schema becomes a grammar that leaves a small model no room for blanks or inventions."""

import json

import pytest

from promptops.errors import ProviderRefusedError
from promptops.llm.embedded.grammar import (
    check_constrained,
    closed,
    only_texts,
    schema_grammar,
)

LABEL = {"type": "object", "properties": {"label": {"enum": ["a", "b"]}}, "required": ["label"]}

CLOSED = {
    "an object": (
        {"properties": {"a": {"type": "string"}}},
        {"properties": {"a": {"type": "string"}}, "additionalProperties": False},
    ),
    "an object inside an array": (
        {"items": {"properties": {}}},
        {"items": {"properties": {}, "additionalProperties": False}},
    ),
    "an object that was left open on purpose": (
        {"properties": {}, "additionalProperties": {"type": "string"}},
        {"properties": {}, "additionalProperties": {"type": "string"}},
    ),
    "a property called properties": (
        {"properties": {"properties": {"type": "string"}}},
        {"properties": {"properties": {"type": "string"}}, "additionalProperties": False},
    ),
    "a value that looks like a schema": (
        {"enum": [{"properties": {}}]},
        {"enum": [{"properties": {}}]},
    ),
    "true": (True, True),
}


@pytest.mark.parametrize(("schema", "expected"), CLOSED.values(), ids=CLOSED)
def test_objects_hold_what_they_declare(schema, expected):
    assert closed(schema) == expected


def test_the_grammar_carries_the_schema_and_one_layout():
    head, _, body = schema_grammar(LABEL).partition("\n")
    laid_out = json.loads(body.removeprefix("start: %json "))
    assert head == "%llguidance {}"
    assert laid_out["properties"] == LABEL["properties"]
    assert laid_out["x-guidance"]["whitespace_flexible"] is False


YES = {"enum": ["yes", "no"]}
ONLY = {
    "labels": (YES, ('"yes"', '"no"')),
    "an object of labels": (
        {"type": "object", "required": ["b", "a"], "properties": {"a": YES, "b": {"enum": ["x"]}}},
        ('{"a": "yes", "b": "x"}', '{"a": "no", "b": "x"}'),
    ),
    "free text": ({"type": "string"}, ()),
    "a property that may be left out": ({"type": "object", "properties": {"a": YES}}, ()),
    "a label that JSON spells in two ways": ({"enum": ["yes", "no\n"]}, ()),
    "a label beyond ASCII": ({"enum": ["ja", "nö"]}, ()),
    "numbers": ({"enum": [1, 2]}, ()),
    "labels with another condition": ({"enum": ["yes", "no"], "minLength": 3}, ()),
    "too many": (
        {
            "type": "object",
            "required": [*"abcdefghi"],
            "properties": dict.fromkeys("abcdefghi", YES),
        },
        (),
    ),
}


@pytest.mark.parametrize(("schema", "texts"), ONLY.values(), ids=ONLY)
def test_the_only_answers_to_a_schema_are_listed_where_they_are_few(schema, texts):
    assert only_texts(schema) == texts


def test_what_is_no_schema_is_refused_with_its_place():
    with pytest.raises(ProviderRefusedError, match=r"output\.schema/properties/a/type"):
        schema_grammar({"properties": {"a": {"type": "strnig"}}})


UNHELD = {
    "free text": ("Sure! The label is a.", "stop"),
    "another value": ('{"label": "c"}', "stop"),
    "free text that was cut off": ("Sure! The", "length"),
}
HELD = {
    "a value of the schema": ('{"label": "a"}', "stop"),
    "the beginning of one": ('{"lab', "length"),
    "nothing yet": ("", "length"),
}


@pytest.mark.parametrize(("text", "finish"), UNHELD.values(), ids=UNHELD)
def test_an_answer_that_was_not_held_to_the_schema_is_an_error(text, finish):
    with pytest.raises(ProviderRefusedError, match="cannot hold an answer"):
        check_constrained(text, LABEL, finish)


@pytest.mark.parametrize(("text", "finish"), HELD.values(), ids=HELD)
def test_an_answer_that_was_held_passes(text, finish):
    check_constrained(text, LABEL, finish)
