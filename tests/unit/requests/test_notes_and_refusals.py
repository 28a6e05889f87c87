"""What a body changes or cannot enforce is told; what a model would refuse is not built."""

import pytest

from promptops.errors import RequestError

SYSTEM, USER = {"role": "system", "content": "Sort."}, {"role": "user", "content": "Late?"}
ANSWER = {"role": "assistant", "content": "It is"}
FIND = {
    "name": "find_order",
    "description": "Find an order.",
    "parameters": {
        "type": "object",
        "properties": {"number": {"type": "integer"}},
        "required": ["number"],
        "additionalProperties": False,
    },
}
CLOSED = {
    "type": "object",
    "properties": {"label": {"enum": ["a", "b"]}},
    "required": ["label"],
    "additionalProperties": False,
}


def asked(*messages, params=None, **fields):
    """The fields of a prompt."""
    return {"messages": messages, "model": {"params": params} if params else None, **fields}


# sentence: (format, prompt, what is claimed, what the body has, words of its notes)
TOLD = {
    "sampling that is refused is left out": (
        *("openai", asked(USER, params={"temperature": 0, "seed": 1})),
        *([("sampling", "fixed", "hard")], {"temperature": None, "seed": 1}, "It is fixed"),
    ),
    "an advised temperature is only told": (
        *("gemini", asked(USER, params={"temperature": 0.2})),
        [("temperature", "1..2", "soft")],
        {"generationConfig": {"temperature": 0.2}},
        "kept, though another is advised",
    ),
    "the longest answer has the model's name": (
        *("openai", asked(USER, params={"max_tokens": 5})),
        [("max_tokens", "max_completion_tokens", "hard")],
        {"max_completion_tokens": 5, "max_tokens": None},
        "",
    ),
    "what only a server takes is told": (
        *("openai", asked(USER, params={"top_k": 5})),
        *([], {"top_k": None}, "top_k 5 is left out"),
    ),
    "what an API has no field for is told": (
        *("anthropic", asked(USER, params={"seed": 5})),
        *([], {"seed": None}, "Anthropic's Messages API has no field for it"),
    ),
    "an answer without a limit gets one": (
        *("anthropic", asked(USER)),
        *([], {"max_tokens": 8000}, "max_tokens is 8000"),
    ),
    "two system messages stay two texts": (
        *("anthropic", asked(SYSTEM, SYSTEM, USER, params={"max_tokens": 1})),
        [],
        {"system": [{"type": "text", "text": "Sort."}] * 2},
        "",
    ),
    "a system message may stand between turns": (
        *("anthropic", asked(USER, ANSWER, SYSTEM, USER, params={"max_tokens": 1})),
        [("system_position", "anywhere", "hard")],
        {"messages": [USER, ANSWER, SYSTEM, USER], "system": None},
        "",
    ),
    "an effort is a part of the output": (
        *("anthropic", asked(USER, params={"max_tokens": 1, "reasoning_effort": "low"})),
        *([], {"output_config": {"effort": "low"}}, ""),
    ),
    "an effort is a thinking level": (
        *("gemini", asked(USER, params={"reasoning_effort": "low"})),
        *([], {"generationConfig": {"thinkingConfig": {"thinkingLevel": "LOW"}}}, ""),
    ),
    "a beginning of the answer is marked": (
        *("mistral", asked(USER, ANSWER)),
        *([], {"messages": [USER, {**ANSWER, "prefix": True}]}, ""),
    ),
    "a beginning that begins nothing is told": (
        *("openai", asked(USER, ANSWER)),
        [("prefill", "ignored", "hard")],
        {"messages": [USER, ANSWER]},
        "the last message does not begin the answer",
    ),
    "an open schema is not strict": (
        *("openai", asked(USER, output={"schema": {"type": "object"}})),
        [],
        {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "output", "schema": {"type": "object"}, "strict": False},
            }
        },
        "strict is false",
    ),
    "a schema with a length is not strict": (
        "openai",
        asked(
            USER,
            output={
                "schema": {
                    **CLOSED,
                    "properties": {"label": {"type": "string", "maxLength": 3}},
                }
            },
        ),
        *([], {}, "strict is false"),
    ),
    "JSON mode is what there is": (
        "openai",
        asked({"role": "user", "content": "Say it in JSON."}, output={"schema": CLOSED}),
        [("json", "instruction", "hard"), ("json_mode", "word", "hard")],
        {"response_format": {"type": "json_object"}},
        "JSON mode without the schema",
    ),
    "a schema is a tool that must be called": (
        *("anthropic", asked(USER, params={"max_tokens": 1}, output={"schema": CLOSED})),
        [("json", "tool", "hard")],
        {
            "tools": [
                {"name": "answer", "description": "Give the answer.", "input_schema": CLOSED}
            ],
            "tool_choice": {"type": "tool", "name": "answer"},
            "output_config": None,
        },
        'the answer is a call of "answer"',
    ),
    "objects are closed for Claude, and limits told": (
        "anthropic",
        asked(
            USER,
            params={"max_tokens": 1},
            output={
                "schema": {
                    "type": "object",
                    "properties": {"n": {"type": "integer", "minimum": 0}},
                }
            },
        ),
        [],
        {
            "output_config": {
                "format": {
                    "type": "json_schema",
                    "schema": {
                        "type": "object",
                        "properties": {"n": {"type": "integer"}},
                        "additionalProperties": False,
                    },
                }
            }
        },
        "minimum of the schema is not enforced",
    ),
    "what Gemini does not enforce is told": (
        "gemini",
        asked(USER, output={"schema": {"type": "string", "pattern": "a+"}}),
        *([], {}, "pattern of the schema is not enforced"),
    ),
    "a tool that cannot be strict is not": (
        "openai",
        asked(
            USER,
            tools=[
                {**FIND, "parameters": {"type": "object", "properties": {"n": {}}}, "strict": True}
            ],
        ),
        *([], {}, 'the tool "find_order" is not strict'),
    ),
}


@pytest.mark.parametrize("case", TOLD.values(), ids=TOLD)
def test_what_is_changed_is_told(case, build):
    format_, prompt, said, has, words = case
    made = build(prompt, format_, *said)
    assert {key: made.body.get(key) for key in has} == has
    notes = [str(note) for note in made.notes]
    assert any(words in note for note in notes) if words else notes == []


CLAUDE = {"max_tokens": 1}
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


def test_a_server_of_open_models_gets_its_parameters(build):
    made = build(
        asked(USER, params={"top_k": 5, "min_p": 0.1}), "openai", model="deepinfra/qwen/qwen9"
    )
    assert made.body == {"model": "qwen/qwen9", "messages": [USER], "top_k": 5, "min_p": 0.1}
    assert "not by OpenAI" in str(made.notes[0])
