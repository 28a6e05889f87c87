"""What a model or its API would refuse is not built."""

import pytest
from request_parts import ANSWER, CLOSED, FIND, SYSTEM, USER, asked

from promptops.errors import RequestError

CLAUDE = {"max_tokens": 1}


def thinking(budget, **params):
    """Parameters with a budget of thinking."""
    return {"thinking": {"type": "enabled", "budget_tokens": budget}, **params}


# sentence: (format, prompt, what is claimed, words of the error)
REFUSED = {
    "a parameter that nobody knows": (
        *("openai", asked(USER, params={"temprature": 1}), []),
        r'"temprature" is no sampling parameter \(did you mean "temperature"',
    ),
    "a parameter that redirects the call": (
        *("litellm", asked(USER, params={"api_base": "https://x.example"}), []),
        '"api_base" is no sampling parameter',
    ),
    "too many stop sequences": (
        *("openai", asked(USER, params={"stop": ["a", "b"]})),
        *([("stop_sequences", "1", "hard")], r"stop is \['a', 'b'\]: It is 1"),
    ),
    "two limits that disagree": (
        *("openai", asked(USER, params={"max_tokens": 1, "max_completion_tokens": 2}), []),
        "max_completion_tokens is 2 and max_tokens is 1",
    ),
    "a bound that the API has no field for": (
        *("gemini", asked(USER, params={"logit_bias": {"5": -100}}), []),
        "the Gemini API has no field for logit_bias",
    ),
    "a bound that the model does not take": (
        *("anthropic", asked(USER, params={**CLAUDE, "logit_bias": {"5": -100}})),
        *([("unsupported", "logit_bias", "hard")], "logit_bias is {'5': -100}: It is logit_bias"),
    ),
    "a stop that the model does not take": (
        *("litellm", asked(USER, params={"stop": "END"})),
        *([("unsupported", "stop", "hard")], "stop is END: It is stop"),
    ),
    "reasoning that cannot be switched off": (
        *("openai", asked(USER, params={"reasoning_effort": "none"})),
        *([("reasoning", "always", "hard")], "reasoning_effort is none: It is always"),
    ),
    "a temperature in words": (
        *("openai", asked(USER, params={"temperature": "hot"}), []),
        r"openai/gpt-9: temperature is 'hot' \(it is a number from 0 on",
    ),
    "an answer of less than nothing": (
        *("mistral", asked(USER, params={"max_tokens": -4}), []),
        r"max_tokens is -4 \(it is a whole number from 1 on",
    ),
    "an effort that nobody has": (
        *("gemini", asked(USER, params={"reasoning_effort": "ultra"}), []),
        r"reasoning_effort is 'ultra' \(it is one of none, minimal, low",
    ),
    "JSON mode as a parameter": (
        *("openai", asked(USER, params={"response_format": {"type": "json_object"}}), []),
        r"is no sampling parameter \(give the prompt `output: \{schema",
    ),
    "the choice of a tool as a parameter": (
        *("openai", asked(USER, params={"tool_choice": "required"}), []),
        r"is no sampling parameter \(give the prompt `tools:`",
    ),
    "a budget of thinking that fills the answer": (
        *("anthropic", asked(USER, params=thinking(2000, max_tokens=2000)), []),
        "budget_tokens is 2000, which is not below max_tokens, 2000 .*extended-thinking",
    ),
    "a budget of thinking above the longest answer": (
        *("anthropic", asked(USER, params=thinking(9000)), []),
        "budget_tokens is 9000, which is not below max_tokens, 8000",
    ),
    "a budget of thinking that is too small": (
        *("anthropic", asked(USER, params=thinking(9, max_tokens=2000)), []),
        "budget_tokens is 9: 1024 are the least",
    ),
    "a beginning of the answer while Claude thinks": (
        *("anthropic", asked(USER, ANSWER, params=thinking(1024, max_tokens=2000)), []),
        "takes no beginning while it thinks",
    ),
    "an answer as a call while Claude thinks": (
        "anthropic",
        asked(USER, params=thinking(1024, max_tokens=2000), output={"schema": CLOSED}),
        *([("json", "tool", "hard")], "cannot be forced while Claude thinks"),
    ),
    "a conversation that the assistant begins": (
        *("anthropic", asked(ANSWER, USER, params=CLAUDE), []),
        "the first turn is the assistant's.*put a user message in front of it",
    ),
    "an assistant's turn where a user's must be first": (
        *("openai", asked(ANSWER, USER)),
        *([("turn_order", "alternating", "hard")], "the first turn is the assistant's.*alternate"),
    ),
    "a system message that must come first": (
        *("openai", asked(USER, ANSWER, SYSTEM, USER)),
        [("system_position", "first", "hard")],
        "stands after the first turn: It is first. .*the step hoist-system",
    ),
    "a system message for a model without the role": (
        *("openai", asked(SYSTEM, USER)),
        *([("system_role", "none", "hard")], "It is none.*the step merge-system"),
    ),
    "a system message alone for Mistral": (
        *("mistral", asked(SYSTEM), []),
        "a system message only, and Mistral asks for a turn",
    ),
    "a system message alone for Gemini": (
        *("gemini", asked(SYSTEM), []),
        "a system message only, and Gemini asks for a turn",
    ),
    "a list as the root of a schema": (
        *("openai", asked(USER, output={"schema": {"type": "array"}}), []),
        "the root of output.schema is no object.*platform.openai.com",
    ),
    "a choice as the root of a schema": (
        *("litellm", asked(USER, output={"schema": {**CLOSED, "anyOf": [CLOSED]}}), []),
        "the root of output.schema is no object, or a choice",
    ),
    "a refused beginning of the answer": (
        *("anthropic", asked(USER, ANSWER, params=CLAUDE)),
        [("prefill", "rejected", "hard")],
        "ends with the beginning of an answer: It is rejected.*promptops rewrite",
    ),
    "a beginning that ends with a space": (
        *("anthropic", asked(USER, {**ANSWER, "content": "It is "}, params=CLAUDE), []),
        "ends with white space",
    ),
    "a system message between turns": (
        *("gemini", asked(USER, ANSWER, SYSTEM, USER), []),
        "a system message stands after the first turn, where gemini has no place",
    ),
    "a system message that the model refuses": (
        *("gemini", asked(SYSTEM, USER)),
        *([("system_role", "none", "hard")], "the prompt has a system message: It is none"),
    ),
    "turns that must alternate": (
        *("openai", asked(USER, USER)),
        *([("turn_order", "alternating", "hard")], "two user messages follow each other"),
    ),
    "a system message alone": (*("anthropic", asked(SYSTEM), []), "asks for a turn"),
    "an empty message": (
        "anthropic",
        asked(
            {"role": "user", "content": "{{ note }}"},
            variables={"note": {"required": False}},
            params=CLAUDE,
        ),
        *([], "a user message is empty with these values"),
    ),
    "an effort without a name": (
        *("anthropic", asked(USER, params={**CLAUDE, "reasoning_effort": "minimal"}), []),
        "Anthropic has no effort 'minimal'",
    ),
    "a schema that must not be closed": (
        "anthropic",
        asked(USER, params=CLAUDE, output={"schema": {"type": "object"}}),
        *([], "an object of any properties"),
    ),
    "a schema that means more than Claude reads": (
        "anthropic",
        asked(USER, params=CLAUDE, output={"schema": {"not": {"type": "null"}}}),
        *([], 'the schema uses "not"'),
    ),
    "JSON mode without the word": (
        *("openai", asked(USER, output={"schema": CLOSED})),
        [("json", "instruction", "hard"), ("json_mode", "word", "hard")],
        "the word JSON is in no message",
    ),
    "a schema as a tool beside tools": (
        *("openai", asked(USER, output={"schema": CLOSED}, tools=[FIND])),
        *([("json", "tool", "hard")], "the prompt has tools"),
    ),
    "tools for a model without": (
        *("openai", asked(USER, tools=[FIND]), [("tools", "none", "hard")]),
        "It is none",
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_what_would_be_refused_is_not_built(case, build):
    format_, prompt, said, words = case
    with pytest.raises(RequestError, match=words) as problem:
        build(prompt, format_, *said)
    assert "\n" not in str(problem.value)


def test_claude_without_any_limit_is_an_error(build):
    with pytest.raises(RequestError, match="asks for max_tokens, and the prompt sets none"):
        build(asked(USER), "anthropic", max_output=None)


def test_gemini_before_3_takes_no_tools_with_a_schema(build):
    prompt = asked(USER, output={"schema": CLOSED}, tools=[FIND])
    with pytest.raises(RequestError, match="refuses tools together with a JSON answer"):
        build(prompt, "gemini", model="gemini/gemini-2.5-flash")
