"""Scorers with options: what they say, how metrics name them, and what is refused."""

from dataclasses import replace

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.errors import UnknownBackendError, UsageError
from promptops.golden.case import GoldenCase
from promptops.llm.chat import Completion, Usage
from promptops.prompts.model import MetricBar, Prompt
from promptops.scoring import load_scorer, load_scorers, settled

PROMPT = Prompt.model_validate(
    {
        "id": "p",
        "version": "1.0.0",
        "title": "P",
        "intent": "answer",
        "variables": {"question": {}, "context": {}},
        "messages": [{"role": "user", "content": "{{ context }} {{ question }}"}],
        "output": {"schema": {"type": "object", "required": ["a"], "properties": {"a": {}}}},
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
POLICY = (
    "Unopened items can be returned within 30 days for a full refund.\n\n"
    "Opened software cannot be returned.\n\nShipping takes 3 to 5 working days."
)
REFUSED = "I'm sorry, but I can't help with that."


def score(name, answer, expected=None, context=None, inputs=None, **options):
    case = GoldenCase(id="c", inputs=inputs or {"question": "q"}, expected=expected)
    scorer = load_scorer(name, options=options)
    found = scorer.score(
        answer=answer,
        case=case,
        expected=expected,
        prompt=PROMPT,
        completion=CALL,
        context=context,
    )

    async def wait():
        return await settled(found)

    return anyio.run(wait)


CASES = {
    "a pattern anywhere": ("regex", "see ticket AB-12", None, {"pattern": r"[A-Z]{2}-\d+"}, 1),
    "a pattern that must fit the whole answer": (
        "regex", "see AB-12", None, {"pattern": r"[A-Z]{2}-\d+", "match": "full"}, 0,
    ),
    "a pattern in any case": ("regex", "YES", None, {"pattern": "yes", "flags": "i"}, 1),
    "a pattern per line": ("regex", "a\nb", None, {"pattern": "^b$", "flags": "m"}, 1),
    "the case's own pattern": ("regex", "in 30 days", r"\d+ days", {}, 1),
    "a pattern in the only JSON field": ("regex", '{"a": "no"}', None, {"pattern": "^no$"}, 1),
    "a refusal where none should be": ("refusal", REFUSED, None, {"expect": False}, 0),
    "a refusal with a curly apostrophe": (
        "refusal", REFUSED.replace("'", "’"), None, {"expect": True}, 1,
    ),
    "an answer with a caveat is no refusal": (
        "refusal", "The capital is Paris. I cannot say how large it is.", None,
        {"expect": False}, 1,
    ),
    "an abstention is no refusal": (
        "refusal", "The policy does not mention it.", None, {"expect": True}, 0,
    ),
    "the case says whether to refuse": ("refusal", REFUSED, True, {}, 1),
    "within the length": ("length", "one two three", None, {"max": 3}, 1),
    "a quarter too long": ("length", "a b c d e", None, {"max": 4}, 0.8),
    "too short": ("length", "a", None, {"min": 4}, 0.25),
    "characters": ("length", "abcd", None, {"max": 2, "unit": "chars"}, 0.5),
    "tokens as the call counted them": ("length", "x", None, {"max": 25, "unit": "tokens"}, 0.5),
    "fast enough": ("latency", "x", None, {"max_ms": 800}, 1),
    "half as fast as asked": ("latency", "x", None, {"max_ms": 400}, 0.5),
    "cheap enough": ("cost", "x", None, {"max_usd": 0.002}, 1),
    "four times too dear": ("cost", "x", None, {"max_usd": 0.0005}, 0.25),
    "a number within an absolute tolerance": ("numeric", "about 9.6", 10, {"abs": 0.5}, 1),
    "a number within a relative tolerance": ("numeric", "95", 100, {"rel": 0.05}, 1),
    "a number outside of both": ("numeric", "94", 100, {"rel": 0.05, "abs": 1}, 0),
    "the prompt's own schema": ("json_schema", '{"a": 1}', None, {}, 1),
    "a schema for a list": ("json_schema", "[1, 2]", None, {"schema": {"type": "array"}}, 1),
    "JSON against the schema": ("json_schema", "{}", None, {}, 0),
    "a fence that may not be": (
        "json_schema", '```json\n{"a": 1}\n```', None, {"fenced": False}, 0,
    ),
    "a field that weighs more": (
        "json_fields", '{"id": "x", "note": "?"}', {"id": "x", "note": "y"},
        {"weights": {"id": 3}}, 0.75,
    ),
    "a field that does not count": (
        "json_fields", '{"id": "x"}', {"id": "x", "note": "y"}, {"weights": {"note": 0}}, 1,
    ),
    "a number that need not be exact": (
        "json_fields", '{"amount": 98}', {"amount": 100}, {"tolerance": {"amount": 0.05}}, 1,
    ),
    "one edit in six letters": ("levenshtein", "kitten", "mitten", {}, 5 / 6),
    "case that does not count": ("levenshtein", "ABC", "abc", {"ignore_case": True}, 1),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "answer", "expected", "options", "value"), CASES.values(), ids=CASES
)
def test_options_say_how_to_score(name, answer, expected, options, value):
    assert score(name, answer, expected, **options).value == pytest.approx(value)


SUPPORT = {
    "said in the context": ("Unopened items can be returned within 30 days.", 1),
    "another number": ("Unopened items can be returned within 60 days.", 0),
    "an invention": ("Customers receive a voucher for their birthday.", 0),
    "one sentence of two": (
        "Opened software cannot be returned. Gift cards never expire for members.", 0.5,
    ),
    "the right passage is cited": ("Shipping takes 3 to 5 working days [3].", 1),
    "another passage is cited": ("Shipping takes 3 to 5 working days [1].", 0),
    "a passage that is not there": ("Shipping takes 3 to 5 working days [7].", 0),
    "two passages together": (
        "Unopened items, not opened software, can be returned within 30 days [1, 2].", 1,
    ),
    "an abstention where nothing is expected": ("Not stated in the policy.", 1),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "value"), SUPPORT.values(), ids=SUPPORT)
def test_citation_support(answer, value):
    assert score("citation_support", answer, context=POLICY).value == pytest.approx(value)


def test_a_source_is_cited_by_its_name():
    context = "returns.md: Unopened items can be returned.\n\nshipping.md: It takes a week."
    for name, value in {"returns.md": 1, "shipping.md": 0, "terms.md": 0}.items():
        answer = f"Unopened items can be returned [{name}]."
        assert score("citation_support", answer, inputs={"context": context}).value == value


def test_support_needs_a_context():
    with pytest.raises(ValueError, match="there is no context"):
        score("citation_support", "It takes a week.")


@given(st.text(max_size=80), st.text(min_size=1, max_size=80).filter(str.strip))
def test_every_answer_gets_a_score(answer, context):
    for name, options in {
        "citation_support": {},
        "refusal": {"expect": False},
        "regex": {"pattern": "a+"},
        "length": {"min": 1, "max": 3},
    }.items():
        assert 0 <= score(name, answer, context=context, **options).value <= 1


WRONG = {
    "an unknown option": ("length", {"most": 3}, 'no option "most"'),
    "no bound": ("length", {}, "needs min, max or both"),
    "bounds the wrong way round": ("length", {"min": 4, "max": 3}, "min <= max"),
    "an unknown unit": ("length", {"max": 3, "unit": "pages"}, "words, chars or tokens"),
    "a missing option": ("latency", {}, 'needs the option "max_ms"'),
    "a text for a number": ("length", {"max": "a"}, "is a whole number, not 'a'"),
    "an unknown kind of ROUGE": ("ragas.rouge", {"rouge_type": "rouge9"}, "rouge1 or rougeL"),
    "a pattern with look-around": ("regex", {"pattern": "(?=a)"}, "RE2"),
    "an unknown flag": ("regex", {"pattern": "a", "flags": "x"}, 'unknown flag "x"'),
    "not a JSON Schema": ("json_schema", {"schema": {"type": "text"}}, "not a JSON Schema"),
    "a negative tolerance": ("numeric", {"abs": -1}, "0 or more"),
}


@pytest.mark.parametrize(("name", "options", "message"), WRONG.values(), ids=WRONG)
def test_wrong_options_are_refused_before_the_run(name, options, message):
    with pytest.raises(UsageError, match=message):
        load_scorer(name, options=options)


def test_a_metric_names_its_scorer_and_options():
    bars = {
        "short": MetricBar.model_validate({"scorer": "length", "with": {"max": 2}}),
        "brief": MetricBar.model_validate({"scorer": "length", "with": {"max": 3}, "min": 0.9}),
        "exact_match": MetricBar(),
    }
    short, brief, exact = load_scorers(bars)
    assert [each.name for each in (short, brief, exact)] == ["short", "brief", "exact_match"]
    assert len({short.version, brief.version}) == 2  # the options are part of the evidence
    assert exact.version == load_scorer("exact_match").version
    given = {"case": GoldenCase(id="c", inputs={}), "expected": None, "prompt": PROMPT}
    assert short.score(answer="a b c", **given).value == pytest.approx(2 / 3)


def test_a_metric_of_an_unknown_scorer_is_refused():
    with pytest.raises(UnknownBackendError, match="did you mean"):
        load_scorers({"short": MetricBar(scorer="lenght")})


def test_a_judge_that_is_not_set_is_named():
    with pytest.raises(UsageError, match=r"needs judge.*llm\.judge"):
        load_scorer("llm_judge", chat=object(), judge="")


def test_latency_of_a_cached_answer_is_that_of_its_call():
    cached = replace(CALL, cached=True)
    scorer = load_scorer("latency", options={"max_ms": 400})
    assert scorer.score(answer="x", completion=cached).value == 0.5
