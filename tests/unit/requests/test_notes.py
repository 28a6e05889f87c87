"""What a body changes or cannot enforce is told."""

import pytest
from request_parts import ANSWER, CLOSED, FIND, SYSTEM, USER, asked

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
    "efforts of a model that never reasons are left out": (
        *("openai", asked(USER, params={"reasoning_effort": "low", "verbosity": "low"})),
        [("reasoning", "none", "hard")],
        {"reasoning_effort": None, "verbosity": None},
        "verbosity low is left out: It is none [A guide, https://vendor.example/guide]",
    ),
    "sampling is left out while Claude thinks": (
        "anthropic",
        asked(
            USER,
            params={
                "max_tokens": 2000,
                "temperature": 0.5,
                "top_k": 3,
                "top_p": 0.96,
                "thinking": {"type": "enabled", "budget_tokens": 1024},
            },
        ),
        [],
        {"temperature": None, "top_k": None, "top_p": 0.96, "max_tokens": 2000},
        "temperature 0.5 is left out: it is refused while Claude thinks [Anthropic guide to",
    ),
    "default sampling stays while Claude thinks": (
        "litellm",
        asked(USER, params={"temperature": 1, "thinking": {"type": "adaptive"}}),
        *([], {"temperature": 1}, ""),
    ),
    "an empty stop is none": (
        *("openai", asked(USER, params={"stop": ""})),
        *([("stop_sequences", "0", "hard")], {"stop": None}, ""),
    ),
    "an empty bias is none": (
        *("gemini", asked(USER, params={"logit_bias": {}})),
        *([("unsupported", "logit_bias", "hard")], {"generationConfig": None}, ""),
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
        "and no message says its shape: the step add-schema-instruction of `promptops rewrite",
    ),
    "a shape that is said in words is told so": (
        "openai",
        asked({"role": "user", "content": "As JSON, a label."}, output={"schema": CLOSED}),
        [("json", "instruction", "hard"), ("json_mode", "word", "hard")],
        {"response_format": {"type": "json_object"}},
        "JSON mode without the schema: the messages say its shape [A guide",
    ),
    "a schema that a server may not enforce is not said to be in words": (
        *("openai", asked(USER, output={"schema": CLOSED})),
        [("json", "instruction", "soft")],
        *({}, "the schema may not be enforced, and no message says its shape"),
    ),
    "why a tool of Claude is not strict is told": (
        "anthropic",
        asked(
            USER,
            params={"max_tokens": 1},
            tools=[
                {**FIND, "parameters": {"type": "object", "properties": {"n": {}}}, "strict": True}
            ],
        ),
        *([], {}, "is not strict: strict mode takes closed objects, and no keyword beyond"),
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


def test_a_server_of_open_models_gets_its_parameters(build):
    made = build(
        asked(USER, params={"top_k": 5, "min_p": 0.1}), "openai", model="deepinfra/qwen/qwen9"
    )
    assert made.body == {"model": "qwen/qwen9", "messages": [USER], "top_k": 5, "min_p": 0.1}
    assert "not by OpenAI" in str(made.notes[0])


# model: (format, claim, the field of the last message, where it is posted, words of its note)
CHAT = "/v1/chat/completions"
BEGUN = {
    "dashscope/qwen9": ("openai", "partial-flag", "partial", CHAT, ""),
    "qwen9": ("openai", "partial-flag", "partial", CHAT, ""),
    "openrouter/qwen/qwen9": ("openai", "partial-flag", None, CHAT, "is up to openrouter"),
    "ollama/qwen9": ("litellm", "partial-flag", None, "litellm.acompletion", "is up to ollama"),
    "deepseek/deepseek-chat": (
        *("openai", "prefix-flag", "prefix", "/beta/chat/completions"),
        "https://api.deepseek.com/beta",
    ),
    "openrouter/deepseek/deepseek-chat": (
        *("openai", "prefix-flag", None, CHAT, "is up to openrouter"),
    ),
    "mistral/mistral-large-9": ("litellm", "prefix-flag", "prefix", "litellm.acompletion", ""),
}


@pytest.mark.parametrize("model", BEGUN)
def test_a_beginning_of_the_answer_is_marked_as_its_own_api_has_it(model, build):
    format_, value, flag, path, words = BEGUN[model]
    made = build(asked(USER, ANSWER), format_, ("prefill", value, "hard"), model=model)
    assert made.body["messages"] == [USER, {**ANSWER, **({flag: True} if flag else {})}]
    assert made.path == path
    notes = [str(note) for note in made.notes]
    assert any(words in note for note in notes) if words else notes == []


def test_only_openai_is_cited_for_its_own_rule(build):
    prompt = asked(USER, output={"schema": {"type": "object"}})
    cited = {name: build(prompt, name).notes[0].source for name in ("openai", "mistral")}
    assert "OpenAI" in cited["openai"]
    assert cited["mistral"] == ""
