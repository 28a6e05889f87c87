"""From a prompt and a model to the exact body of a request."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from request_parts import CLOSED, FIND, SYSTEM, USER, asked

from promptops.llm.chat import ChatRequest, Message, Tool
from promptops.llm.openai_form import litellm_body
from promptops.prompts.template import escape_literal
from promptops.requests.build import FORMATS

FULL = asked(
    SYSTEM,
    USER,
    params={
        "temperature": 0.5,
        "top_p": 0.9,
        "max_tokens": 9,
        "stop": "END",
        "seed": 3,
    },
    output={"schema": CLOSED},
    tools=[{**FIND, "strict": True}],
)
FORMAT = {
    "type": "json_schema",
    "json_schema": {"name": "output", "schema": CLOSED, "strict": True},
}
FUNCTION = {"type": "function", "function": {**FIND, "strict": True}}
EXACT = {
    "openai": {
        "model": "gpt-9",
        "messages": [SYSTEM, USER],
        "max_tokens": 9,
        "temperature": 0.5,
        "top_p": 0.9,
        "stop": ["END"],
        "seed": 3,
        "response_format": FORMAT,
        "tools": [FUNCTION],
    },
    "mistral": {
        "model": "mistral-large-9",
        "messages": [SYSTEM, USER],
        "max_tokens": 9,
        "temperature": 0.5,
        "top_p": 0.9,
        "stop": ["END"],
        "random_seed": 3,
        "response_format": FORMAT,
        "tools": [FUNCTION],
    },
    "litellm": {
        "model": "openai/gpt-9",
        "messages": [SYSTEM, USER],
        "temperature": 0.5,
        "top_p": 0.9,
        "stop": ["END"],
        "seed": 3,
        "max_tokens": 9,
        "response_format": FORMAT,
        "tools": [FUNCTION],
    },
    "anthropic": {
        "model": "claude-opus-9",
        "max_tokens": 9,
        "system": "Sort.",
        "messages": [USER],
        "temperature": 0.5,
        "top_p": 0.9,
        "stop_sequences": ["END"],
        "output_config": {"format": {"type": "json_schema", "schema": CLOSED}},
        "tools": [
            {
                "name": "find_order",
                "description": "Find an order.",
                "input_schema": FIND["parameters"],
                "strict": True,
            }
        ],
    },
    "gemini": {
        "systemInstruction": {"parts": [{"text": "Sort."}]},
        "contents": [{"role": "user", "parts": [{"text": "Late?"}]}],
        "tools": [
            {
                "functionDeclarations": [
                    {
                        "name": "find_order",
                        "description": "Find an order.",
                        "parametersJsonSchema": FIND["parameters"],
                    }
                ]
            }
        ],
        "generationConfig": {
            "maxOutputTokens": 9,
            "temperature": 0.5,
            "topP": 0.9,
            "stopSequences": ["END"],
            "seed": 3,
            "responseMimeType": "application/json",
            "responseJsonSchema": CLOSED,
        },
    },
}


@pytest.mark.parametrize("format_", FORMATS)
def test_a_body_is_written_key_by_key(format_, build):
    made = build(FULL, format_)
    # As text: the order of the keys is part of it.
    assert json.dumps(made.body) == json.dumps(EXACT[format_])


def test_litellm_gets_what_the_chat_sends(build):
    tool = {**FIND, "strict": True}
    request = ChatRequest(
        model="openai/gpt-9",
        messages=(Message(**SYSTEM), Message(**USER)),
        params={
            "temperature": 0.5,
            "top_p": 0.9,
            "stop": ["END"],
            "seed": 3,
            "max_tokens": 9,
        },
        response_schema=CLOSED,
        tools=(Tool(**tool),),
    )
    assert build(FULL, "litellm").body == litellm_body(request)


texts = st.text(min_size=1).filter(str.strip)


@given(contents=st.lists(texts, min_size=1, max_size=4), format_=st.sampled_from(FORMATS))
def test_every_text_is_sent_as_it_is(contents, format_, build):
    turns = [
        {"role": "assistant" if place % 2 else "user", "content": escape_literal(text)}
        for place, text in enumerate(contents)
    ]
    if turns[-1]["role"] == "assistant":
        turns.append(USER)
    body = build(asked({"role": "system", "content": "S"}, *turns), format_).body
    sent = [
        each["content"] if "content" in each else each["parts"][0]["text"]
        for each in body.get("messages", body.get("contents"))
        if each["role"] != "system"
    ]
    assert sent == [*contents, *(["Late?"] if len(turns) > len(contents) else [])]
