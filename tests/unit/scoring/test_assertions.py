"""Assertions in promptfoo's form: what they mean, case by case."""

from contextlib import suppress

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.errors import UsageError
from promptops.golden.case import GoldenCase
from promptops.golden.loading import parse_row
from promptops.llm.chat import Completion, Usage
from promptops.llm.scripted import ScriptedChat
from promptops.prompts.model import Prompt
from promptops.scoring import load_scorer
from promptops.scoring.assertions import NOT_HERE, TYPES, read_assertion
from promptops.testing.embedders import HashingEmbedder

PROMPT = Prompt.model_validate(
    {
        "id": "p",
        "version": "1.0.0",
        "title": "P",
        "intent": "answer",
        "messages": [{"role": "user", "content": "hello"}],
    }
)
CALL = Completion(
    text="",
    usage=Usage(input_tokens=10, output_tokens=50),
    latency_ms=800.0,
    cost_usd=0.002,
    model="m",
    finish_reason="stop",
)
SCHEMA = {"type": "object", "required": ["lat"], "properties": {"lat": {"type": "number"}}}


def found(answer, assertions, value="score", **dependencies):
    case = GoldenCase(id="c", inputs={"question": "q"}, assertions=tuple(assertions))
    scorer = load_scorer(
        "assertions",
        options={"value": value},
        **{"embedder": HashingEmbedder(), **dependencies},
    )

    async def ask():
        return await scorer.score(
            answer=answer, case=case, expected=None, prompt=PROMPT, completion=CALL, context=None
        )

    return anyio.run(ask)


HOLDS = {
    "equal text": ("30 days", {"type": "equals", "value": "30 days"}),
    "a number as text": ("4", {"type": "equals", "value": 4}),
    "equal JSON in another order": (
        '{"b": 2, "a": 1.0}', {"type": "equals", "value": {"a": 1, "b": 2}},
    ),
    "a substring, within a word too": ("It takes 130 days", {"type": "contains", "value": "30 d"}),
    "a number as a substring": ("room 101", {"type": "contains", "value": 101}),
    "any case": ("PARIS", {"type": "icontains", "value": "paris"}),
    "all of a list": ("a b c", {"type": "contains-all", "value": ["a", "c"]}),
    "all of a list in any case": ("A B", {"type": "icontains-all", "value": ["a", "b"]}),
    "one of a list": ("b", {"type": "contains-any", "value": ["a", "b"]}),
    "one of a text with commas": ("b", {"type": "icontains-any", "value": "A, B"}),
    "the beginning": ("Yes, it is", {"type": "starts-with", "value": "Yes"}),
    "a pattern somewhere": ("since 1999", {"type": "regex", "value": r"\d{4}"}),
    "any JSON": ("[1]", {"type": "is-json"}),
    "JSON by a schema": ('{"lat": 1}', {"type": "is-json", "value": SCHEMA}),
    "a schema written as text": ('{"lat": 1}', {"type": "is-json", "value": "required: [lat]"}),
    "JSON in prose": ('Here: {"lat": 2}.', {"type": "contains-json", "value": SCHEMA}),
    "the second object follows the schema": (
        '{"x": 1} {"lat": 2}', {"type": "contains-json", "value": SCHEMA},
    ),
    "near in meaning to one of two": (
        "a cat", {"type": "similar", "value": ["a dog", "a cat"], "threshold": 0.9},
    ),
    "five edits or fewer": ("kitten", {"type": "levenshtein", "value": "sitting"}),
    "three of four words": ("the cat sat", {"type": "rouge-n", "value": "the cat sat down"}),
    "words within bounds": ("a b c", {"type": "word-count", "value": {"min": 2, "max": 4}}),
    "cheap": ("x", {"type": "cost", "threshold": 0.002}),
    "fast": ("x", {"type": "latency", "threshold": 800}),
    "a refusal": ("I'm sorry, but I can't help with that.", {"type": "is-refusal"}),
    "ended by itself": ("x", {"type": "finish-reason", "value": "stop"}),
    "a scorer by its name": ('{"a": 1}', {"type": "python", "value": "json_valid"}),
}  # fmt: skip

FAILS = {
    "space around is not equal": (" 30 days", {"type": "equals", "value": "30 days"}),
    "a fence is not JSON": ('```json\n{"lat": 1}\n```', {"type": "is-json"}),
    "NaN is not JSON": ("NaN", {"type": "is-json"}),
    "one of a list is missing": ("a", {"type": "contains-all", "value": ["a", "b"]}),
    "the case of a pattern counts": ("YES", {"type": "regex", "value": "yes"}),
    "JSON against its schema": ('{"lat": "x"}', {"type": "is-json", "value": SCHEMA}),
    "no object": ("none", {"type": "contains-json"}),
    "more edits than allowed": (
        "kitten", {"type": "levenshtein", "value": "sitting", "threshold": 2},
    ),
    "too dear": ("x", {"type": "cost", "threshold": 0.001}),
    "too slow": ("x", {"type": "latency", "threshold": 799}),
    "half of the words": ("the cat", {"type": "rouge-n", "value": "the cat sat down"}),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "assertion"), HOLDS.values(), ids=HOLDS)
def test_holds_and_its_negation_does_not(answer, assertion):
    assert found(answer, [assertion], "pass").value == 1
    negated = {**assertion, "type": f"not-{assertion['type']}"}
    assert found(answer, [negated], "pass").value == 0


@pytest.mark.parametrize(("answer", "assertion"), FAILS.values(), ids=FAILS)
def test_fails_and_its_negation_holds(answer, assertion):
    assert found(answer, [assertion], "pass").value == 0
    negated = {**assertion, "type": f"not-{assertion['type']}"}
    assert found(answer, [negated], "pass").value == 1


HAS_A, HAS_B = {"type": "contains", "value": "a"}, {"type": "contains", "value": "b"}
SETS = {
    "one of two": ([HAS_A, HAS_B], 0, 0.5),
    "the heavier one": ([{**HAS_A, "weight": 3}, HAS_B], 0, 0.75),
    "what weighs nothing cannot fail": ([HAS_A, {**HAS_B, "weight": 0}], 1, 1),
    "a set with a threshold": (
        [{"type": "assert-set", "threshold": 0.5, "assert": [HAS_A, HAS_B]}], 1, 0.5,
    ),
    "a set without one": ([{"type": "assert-set", "assert": [HAS_A, HAS_B]}], 0, 0.5),
    "a share counts with its value": (
        [{"type": "rouge-n", "value": "a x", "threshold": 0.4}], 1, 0.5,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("assertions", "passed", "value"), SETS.values(), ids=SETS)
def test_several_assertions(assertions, passed, value):
    assert found("a", assertions, "pass").value == passed
    assert found("a", assertions, "score").value == pytest.approx(value)


def test_the_reason_names_what_failed():
    assert found("a", [HAS_A, HAS_B]).reason == 'contains: lacks "b"'


REFUSED = {
    "code in JavaScript": ({"type": "javascript", "value": "true"}, "entry point"),
    "factuality": ({"type": "factuality", "value": "x"}, "llm-rubric"),
    "an unknown type": ({"type": "containz", "value": "x"}, 'did you mean "contains"'),
    "a transform": ({**HAS_A, "transform": "output.trim()"}, '"transform" is not supported'),
    "no value": ({"type": "contains"}, "needs a text or number"),
    "no threshold": ({"type": "latency"}, "needs a threshold"),
    "look-around": ({"type": "regex", "value": "(?!a)"}, "RE2"),
    "not a schema": ({"type": "is-json", "value": {"type": "text"}}, "not a JSON Schema"),
    "an empty set": ({"type": "assert-set", "assert": []}, "at least one"),
    "a share over 1": ({"type": "similar", "value": "x", "threshold": 80}, "between 0 and 1"),
    "fewer than no edits": ({"type": "levenshtein", "value": "x", "threshold": -1}, "from 0"),
    "no such count": (
        {"type": "word-count", "value": {"min": 3, "max": 2}},
        "greater than its max",
    ),
    "a negative weight": ({**HAS_A, "weight": -1}, "0 or more"),
}


@pytest.mark.parametrize(("assertion", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_supported_is_refused(assertion, message):
    with pytest.raises(ValueError, match=message):
        found("a", [assertion])


def test_no_type_is_both_known_and_not_supported():
    assert not TYPES.keys() & NOT_HERE.keys()


@given(st.text(max_size=40), st.text(min_size=1, max_size=10))
def test_a_text_contains_what_was_put_into_it(answer, piece):
    assert found(answer + piece + answer, [{"type": "contains", "value": piece}]).value == 1
    assert found(piece + answer, [{"type": "starts-with", "value": piece}]).value == 1


@given(st.dictionaries(st.sampled_from(["type", "value", "threshold"]), st.text(max_size=12)))
def test_reading_ends_in_an_assertion_or_a_message(spec):
    with suppress(ValueError):
        assert read_assertion(spec).type in TYPES


def test_a_rubric_needs_a_judge():
    with pytest.raises(UsageError, match=r"needs a judge.*llm\.judge"):
        found("a", [{"type": "llm-rubric", "value": "is polite"}])


def test_a_rubric_is_judged():
    chat = ScriptedChat({"": '{"reason": "polite enough", "verdict": 4}'})
    asked = {"chat": chat, "judge": "openai/gpt-5-mini"}
    assert found("a", [{"type": "llm-rubric", "value": "is polite"}], "pass", **asked).value == 1
    assert "is polite" in chat.requests[0].messages[0].content


def test_a_golden_row_may_have_assertions_alone():
    row = {"id": "c", "inputs": {"q": "x"}, "assert": [HAS_A]}
    case = parse_row(row)
    assert case.assertions == (HAS_A,)
    assert case.to_json() == row
    with pytest.raises(ValueError, match='"assert"'):
        parse_row({"id": "c"})
    with pytest.raises(ValueError, match="has a type"):
        parse_row({"id": "c", "assert": [{"value": 1}]})
