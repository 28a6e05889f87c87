"""Parameters as a model takes them: what is left out, what is moved, and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.models.dialects import dialects
from promptops.models.names import read_model_name
from promptops.models.params import fit_params

MODELS = ["claude-opus-5", "claude-haiku-4-5", "gpt-5.5", "gpt-5.4", "o3", "gemini-3.1-pro",
          "deepseek-r1", "deepseek-v4-pro", "grok-4", "qwen3-8b"]  # fmt: skip


def fitting(model):
    name = read_model_name(model)
    return dialects()[name.family].for_model(name)


def test_each_change_names_its_claim():
    params = {"temperature": 0, "thinking": {"type": "enabled", "budget_tokens": 9}, "seed": 1}
    fit = fit_params(params, fitting("claude-opus-4-7"))
    assert fit.params == {}
    told = {each.param: (each.old, each.new, each.claim.id) for each in fit.changes}
    assert told == {
        "temperature": (0, None, "claude-opus-fixed-sampling"),
        "thinking": (params["thinking"], None, "claude-opus-no-thinking-budget"),
        "seed": (1, None, "claude-no-seed"),
    }
    assert params["temperature"] == 0, "the prompt's own are left as they are"


def test_a_stop_sequence_too_many_is_a_problem_and_stays():
    fit = fit_params({"stop": list("abcdef")}, fitting("gemini-2.5-pro"))
    assert (fit.params, fit.changes) == ({"stop": list("abcdef")}, ())
    (problem,) = fit.problems
    assert (problem.param, problem.claim.id) == ("stop", "gemini-stop-sequences")


# sentence: (parameters, model, what is left, what is changed, what is a problem)
REASONING = {
    "a model that never reasons takes no effort": (
        {"reasoning_effort": "low", "verbosity": "low", "seed": 1}, "gpt-4.1",
        {"seed": 1}, ["reasoning_effort", "verbosity"], [],
    ),
    "one that always does cannot be told not to": (
        {"reasoning_effort": "none"}, "gpt-5-mini", {"reasoning_effort": "none"}, [],
        ["reasoning_effort"],
    ),
    "one that can be told either way takes both": (
        {"reasoning_effort": "none"}, "gpt-5.4", {"reasoning_effort": "none"}, [], [],
    ),
    "a bound that is not taken is a problem": (
        {"logit_bias": {"5": 1}}, "claude-opus-5", {"logit_bias": {"5": 1}}, [], ["logit_bias"],
    ),
    "an empty stop is not one too many": ({"stop": ""}, "o3", {"stop": ""}, [], []),
}  # fmt: skip


@pytest.mark.parametrize("case", REASONING.values(), ids=REASONING)
def test_what_is_left_out_and_what_only_a_person_can_mend(case):
    params, model, left, changed, problems = case
    fit = fit_params(params, fitting(model))
    assert fit.params == left
    assert [each.param for each in fit.changes] == changed
    assert [each.param for each in fit.problems] == problems


VALUES = (
    st.none() | st.booleans() | st.integers(-3, 9) | st.floats(-2, 3) | st.text("ab-", max_size=4)
    | st.lists(st.text("ab"), max_size=18)
    | st.dictionaries(st.sampled_from(["type", "budget_tokens"]), st.sampled_from(["enabled", 9]))
)  # fmt: skip
PARAMS = st.dictionaries(
    st.sampled_from(["temperature", "top_p", "top_k", "stop", "thinking", "budget_tokens", "seed",
                     "max_tokens", "reasoning_effort", "presence_penalty", "model"]),
    VALUES, max_size=6,
)  # fmt: skip


@given(params=PARAMS, model=st.sampled_from(MODELS), soft=st.booleans())
def test_what_was_fitted_fits(params, model, soft):
    dialect = fitting(model)
    fit = fit_params(params, dialect, soft=soft)
    again = fit_params(fit.params, dialect, soft=soft)
    # What switches reasoning may itself have gone, so that more is refused the second time.
    if not any(each.param in ("thinking", "reasoning_effort") for each in fit.changes):
        assert (again.params, again.changes) == (fit.params, ())
    changed = {each.param for each in fit.changes}
    assert {k: v for k, v in fit.params.items() if k not in changed} == {
        k: v for k, v in params.items() if k not in changed
    }
    assert soft or all(each.claim.kind == "hard" for each in fit.changes)
