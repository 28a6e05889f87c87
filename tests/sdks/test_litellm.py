"""LiteLLM turns its body into each provider's own, and everything that was said is in it."""

import json

import pytest

from promptops.errors import RequestError
from promptops.llm.litellm_chat import load_litellm

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Item .* is using the `ReadOnly` qualifier"),
]

MODELS = {
    "openai/gpt-5.5": "/v1",
    "openai/gpt-4.1": "/v1",
    "anthropic/claude-opus-5": "",
    "anthropic/claude-haiku-4-5": "",
    "gemini/gemini-3.5-flash": "/v1beta/models/gemini-3.5-flash",
    "mistral/mistral-large-latest": "/v1",
    "deepseek/deepseek-chat": "/v1",
    "dashscope/qwen3.8-max": "/v1",
    "deepinfra/meta-llama/Llama-4-Scout-17B-16E-Instruct": "/v1",
    "deepinfra/google/gemma-4-31B-it": "/v1",
}
# What LiteLLM itself does not pass on to a provider, whatever the model takes.
UNKNOWN = {"deepinfra": "seed"}


def leaves(value):
    """Every text and number in a body."""
    parts = value.values() if isinstance(value, dict) else value
    if not isinstance(value, dict | list):
        yield value
        return
    for part in parts:
        yield from leaves(part)


@pytest.mark.parametrize("model", MODELS)
def test_everything_that_is_said_arrives(model, recorder, body, kinds):
    litellm = load_litellm()
    for kind, fields in kinds.items():
        try:
            made = body(kind, model, "litellm")
        except RequestError:
            continue
        arguments = {
            "api_base": recorder.url + MODELS[model],
            "api_key": "test",
            "num_retries": 0,
            # Without it, tools need the extra litellm[mcp].
            "_skip_mcp_handler": True,
        }
        lost = UNKNOWN.get(model.partition("/")[0])
        if lost in made.body:
            with pytest.raises(litellm.UnsupportedParamsError, match=lost):
                litellm.completion(**made.body, **arguments)
            del made.body[lost]
        before = len(recorder.requests)
        found = litellm.completion(**made.body, **arguments)
        assert found.choices[0].message.content == "yes", kind
        ((_, wire),) = recorder.requests[before:]
        text = json.dumps(wire, ensure_ascii=False)
        for message in fields["messages"]:
            assert json.dumps(message["content"], ensure_ascii=False)[1:-1] in text, kind
        for tool in fields.get("tools", ()):
            assert tool["name"] in text, kind
            assert tool["description"] in text, kind
        for name in {"temperature", "max_tokens"} & made.body.keys():
            assert made.body[name] in set(leaves(wire)), kind
        for name in fields.get("output", {}).get("schema", {}).get("properties", ()):
            assert f'"{name}"' in text, kind
