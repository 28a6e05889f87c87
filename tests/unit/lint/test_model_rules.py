"""Rules about models: what they need a date, a price or an option for."""

import datetime as dt
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptops.lint import RULES, LintOptions, lint_files, lint_prompts, parse_text
from promptops.lint.documentation import as_prompt_file
from promptops.lint.parsing import parse_file
from promptops.lint.project_engine import lint_project
from promptops.lint.targets import calls
from promptops.models.dialects import find_dialect
from promptops.models.names import read_model_name
from promptops.models.retirements import retirements
from promptops.prompts.loader import parse_prompt
from promptops.testing.projects import project_of

CAPITAL = "messages: [{role: user, content: Name the capital of France.}]"


def findings(piece: str, code: str, **options):
    file = parse_prompt(as_prompt_file(piece), "a.prompt.yaml")
    report = lint_files([file], options=LintOptions(select=frozenset({code}), **options))
    assert not report.skipped
    return report.findings


def target(model: str) -> str:
    return f"{CAPITAL}\nmodel: {{requires: {{model: {model}}}}}\n"


def test_claims_past_their_review_are_told_once_and_only_past_their_day():
    piece = target("openai/gpt-4.1")
    fitting = find_dialect("gpt").for_model(read_model_name("gpt-4.1"))
    last = max(claim.review for claim in fitting.claims)
    assert findings(piece, "MOD015", today=dt.date(2026, 11, 22)) == ()
    (found,) = findings(piece, "MOD015", today=last + dt.timedelta(days=1))
    assert "looked up again" in found.message
    assert findings(piece, "MOD015") == (), "without a date nothing expires"


def test_a_model_of_ones_own_is_named_in_an_option():
    piece = target("acme/answerer-2")
    assert findings(piece, "MOD015")
    assert not findings(piece, "MOD015", options={"MOD015": {"known": "gpt-9*, answerer-*"}})


def test_a_retirement_is_a_remark_before_its_day_and_a_warning_from_it_on():
    day = retirements().models["claude-sonnet-4-5"]
    piece = target("anthropic/claude-sonnet-4-5")
    told = [
        [str(found.severity) for found in findings(piece, "MOD013", today=day + dt.timedelta(d))]
        for d in (-90, -30, 0)
    ]
    assert told == [[], ["info"], ["warning"]]


DATED = {
    "REG007": CAPITAL + "\ncompliance: {waivers: [{control: pii, reason: pilot, approved_by: dpo, "
    'until: "2026-12-31"}]}',
    "REG016": CAPITAL + '\nx-review-by: "2026-12-31"',
}


@pytest.mark.parametrize("code", DATED)
def test_deadlines_hold_up_to_their_last_day(code):
    last = dt.date(2026, 12, 31)
    assert findings(DATED[code], code, today=last) == ()
    assert findings(DATED[code], code) == ()
    (found,) = findings(DATED[code], code, today=last + dt.timedelta(days=1))
    assert "2026-12-31" in found.message


POLITE = "Answer questions about the web shop politely and in two sentences. " * 80
LATE = (
    "variables: {date: {type: string, max_length: 20}}\nmessages:\n  - role: user\n"
    f"    content: |-\n      Today is {{{{ date }}}}.\n      {POLITE}\n"
)
PRICES = {
    "the declared model's price": ("{model: openai/gpt-4.1}", "in 1,000 calls of openai/gpt-4.1"),
    "the family's cheapest price": ("{family: claude}", "of anthropic/claude-haiku-4-5"),
    "no declared model": ("{}", "never cached"),
}


@pytest.mark.parametrize(("requires", "said"), PRICES.values(), ids=PRICES)
def test_a_broken_cache_prefix_has_its_price(requires, said):
    (found,) = findings(f"{LATE}model: {{requires: {requires}}}", "ECO004")
    assert found.message.endswith(said)


def test_a_model_without_a_prompt_cache_loses_nothing():
    assert not findings(
        f"{LATE}model: {{requires: {{model: dashscope/qwen3-next-80b-a3b-instruct}}}}", "ECO004"
    )


def test_a_price_is_tokens_times_list_price():
    (found,) = findings(f"{LATE}model: {{requires: {{model: openai/gpt-4.1}}}}", "ECO004")
    tokens = int(found.message.split()[1])
    assert f"${tokens * 2.0 / 1000:.2f} " in found.message


def test_a_bare_text_is_held_to_a_budget_only_when_there_is_one():
    text = parse_text("word " * 400, path="a")
    assert not lint_prompts([text], options=LintOptions(select=frozenset({"ECO003"}))).findings
    options = LintOptions(select=frozenset({"ECO003"}), options={"ECO003": {"max_tokens": 300}})
    assert len(lint_prompts([text], options=options).findings) == 1


def test_a_variant_is_sent_with_the_parameters_it_inherits():
    piece = (
        CAPITAL + "\nmodel: {requires: {family: gpt}, params: {temperature: 0, seed: 7}}\n"
        "variants: [{id: b, when: {model: openai/o3}, params: {temperature: 1}}]\n"
    )
    file = parse_prompt(as_prompt_file(piece), "a.prompt.yaml")
    own, variant = calls(parse_file(file, shown_path="a"))
    assert [(item.family, item.name) for item in own.targets] == [("gpt", "")]
    assert [(item.family, item.name) for item in variant.targets] == [("gpt", "o3")]
    assert (variant.params["temperature"], variant.params["seed"]) == (1, 7)
    assert variant.pointer("temperature") == "/variants/0/params/temperature"
    assert variant.pointer("seed") == "/model/params/seed"
    assert calls(parse_text("You are o3.", path="a")) == ()


ROUTED = {
    "a parameter that the model refuses": ("params: {temperature: 0}", "openai/o3", 1),
    "a variant without it": ("params: {temperature: 0}", "openai/o3#plain", 0),
    "a model that takes it": ("params: {temperature: 0}", "openai/gpt-4.1", 0),
    "a target that the prompt declares is MOD001's": (
        "params: {temperature: 0}, requires: {model: openai/o3}",
        "openai/o3",
        0,
    ),
}


@pytest.mark.parametrize(("model", "target", "count"), ROUTED.values(), ids=ROUTED)
def test_admitted_targets_are_held_against_the_prompt(model, target, count):
    text = (
        f"id: a\nmodel: {{{model}}}\n{CAPITAL}\n"
        "variants: [{id: plain, params: {temperature: 1}}]\n---\n"
        f"routes:\n  - {{policy: p@1, target: '{target}'}}\n"
        "  - {policy: p@1, target: openai/o4-mini, constraint: residency, reason: so}\n"
    )
    options = LintOptions(select=frozenset({"MOD016"}))
    assert len(lint_project(project_of(text), options).findings) == count


NAMES = st.sampled_from(["type", "budget_tokens", "a"])
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 9)
    | st.floats(-2, 3)
    | st.text("ab-3.", max_size=6),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
PARAMS = ("temperature", "top_p", "top_k", "stop", "stop_sequences", "thinking", "max_tokens",
          "budget_tokens", "response_format", "model")  # fmt: skip
TARGETS = ["openai/o3", "claude-opus-5", "gemini-3-pro", "deepseek-r1", "gpt-9", "odd", ""]


@given(
    st.dictionaries(st.sampled_from(PARAMS), ODD, max_size=5),
    st.dictionaries(st.sampled_from(["model", "family", "context"]), ODD, max_size=3),
    st.lists(st.sampled_from(TARGETS), max_size=3),
)
@settings(max_examples=150, deadline=None)
def test_parameters_of_any_kind_are_checked(params, requires, models):
    named = {"model": models, **requires}
    text = f"{CAPITAL}\nmodel: {json.dumps({'params': params, 'requires': named})}\n"
    codes = frozenset(code for code in RULES if code[:3] in {"MOD", "ECO", "VAR", "RAG", "REG"})
    file = parse_prompt(as_prompt_file(text), "a.prompt.yaml")
    report = lint_files([file], options=LintOptions(select=codes, today=dt.date(2028, 1, 1)))
    assert not report.skipped
