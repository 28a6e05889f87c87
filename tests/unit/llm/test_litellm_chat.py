"""The path to hosted models, against a server on the loopback."""

import subprocess
import sys
from dataclasses import replace

import anyio
import pytest

from promptops.errors import (
    MissingKeyError,
    ProviderError,
    ProviderRefusedError,
    ProviderTimeoutError,
    UnknownModelError,
)
from promptops.llm.chat import Tool, ToolCall, Usage
from promptops.llm.litellm_chat import LiteLLMChat
from promptops.llm.openai_form import fits_strict
from promptops.testing.contracts import ask
from promptops.testing.openai_server import Failure, OpenAIServer

# pytest puts its own warning filters in place of those that the adapter sets.
pytestmark = pytest.mark.filterwarnings("ignore:Item .* is using the `ReadOnly` qualifier")

MODEL = "openai/gpt-4.1-mini"
CLOSED = {
    "type": "object",
    "properties": {"label": {"enum": ["a", "b"]}},
    "required": ["label"],
    "additionalProperties": False,
}


@pytest.fixture
def server(monkeypatch):
    with OpenAIServer(lambda _body: "four words as answer") as running:
        monkeypatch.setenv("OPENAI_API_KEY", "test-key")
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        monkeypatch.setenv("OPENAI_API_BASE", running.url)
        yield running


@pytest.fixture
def chat(tmp_path):
    return LiteLLMChat(weights=tmp_path, retries=2, backoff_s=0.001)


def complete(chat, model=MODEL, **fields):
    return anyio.run(chat.complete, ask(model=model, **fields))


def test_a_call_is_priced_by_litellms_table(server, chat):
    completion = complete(chat)
    assert completion.usage == Usage(input_tokens=9, output_tokens=4)
    assert completion.cost_usd == pytest.approx((9 * 0.4 + 4 * 1.6) / 1e6)


def test_a_model_without_a_listed_price_is_priced_by_its_card(server, tmp_path):
    chat = LiteLLMChat(weights=tmp_path, price=lambda model, usage: 0.01 * usage.output_tokens)
    assert complete(chat, "openai/our-own").cost_usd == pytest.approx(0.04)


def test_a_model_that_nobody_prices_says_so_once(server, chat, caplog):
    assert [complete(chat, "openai/our-own").cost_usd for _ in range(2)] == [0, 0]
    said = [each.message for each in caplog.records if "no price" in each.message]
    assert len(said) == 1
    assert said[0].startswith("no price is known for openai/our-own: its calls count as 0 USD")


def test_a_closed_schema_is_sent_as_strict(server, chat):
    complete(chat, response_schema=CLOSED)
    complete(chat, response_schema={"type": "object", "properties": {"label": {"type": "string"}}})
    sent = [each["response_format"]["json_schema"] for each in server.requests]
    assert [each["strict"] for each in sent] == [True, False]
    assert sent[0]["schema"] == CLOSED


class CallingServer(OpenAIServer):
    """Answers with a call of a tool, as OpenAI does: no text."""

    def chat(self, body):
        call = {"name": "find_order", "arguments": '{"number": 7}'}
        message = {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call-1", "type": "function", "function": call}],
        }
        choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
        return {**super().chat(body), "choices": [choice]}


FIND = Tool(
    name="find_order",
    description="Find an order.",
    parameters={**CLOSED, "properties": {"number": {"type": "integer"}}, "required": ["number"]},
    strict=True,
)


def test_tools_are_sent_and_the_calls_come_back(monkeypatch, chat):
    with CallingServer(lambda _body: "") as running:
        monkeypatch.setenv("OPENAI_API_KEY", "test-key")
        monkeypatch.setenv("OPENAI_API_BASE", running.url)
        completion = complete(chat, tools=(FIND, replace(FIND, name="other", strict=False)))
    assert completion.text == ""
    assert completion.tool_calls == (ToolCall(name="find_order", arguments='{"number": 7}'),)
    assert completion.finish_reason == "tool_calls"
    (sent,) = running.requests
    function = {"name": "find_order", "description": "Find an order.", "strict": True}
    assert [each["function"] for each in sent["tools"]] == [
        {**function, "parameters": FIND.parameters},
        {"name": "other", "description": "Find an order.", "parameters": FIND.parameters},
    ]
    assert not {"_skip_mcp_handler", "num_retries"} & set(sent)


def test_the_embedded_model_refuses_tools(chat):
    with pytest.raises(ProviderRefusedError, match="the embedded model calls no tools"):
        complete(chat, "embedded/smollm2-135m", tools=(FIND,))


# sentence: (schema, whether OpenAI's strict mode takes it)
STRICT = {
    "a closed object": (CLOSED, True),
    "an open object": ({**CLOSED, "additionalProperties": True}, False),
    "a property that may be left out": ({**CLOSED, "required": []}, False),
    "a property that is called like a keyword": (
        {**CLOSED, "properties": {"maxLength": {"type": "string"}}, "required": ["maxLength"]},
        True,
    ),
    "an open object in a list": (
        {**CLOSED, "properties": {"label": {"type": "array", "items": {"type": "object"}}}},
        False,
    ),
    "an open object that may be null": (
        {**CLOSED, "properties": {"label": {"type": ["object", "null"]}}},
        False,
    ),
    "a keyword that strict mode does not read": (
        {**CLOSED, "properties": {"label": {"type": "string", "maxLength": 3}}},
        False,
    ),
    "a list at the root": ({"type": "array", "items": CLOSED}, False),
}


@pytest.mark.parametrize(("schema", "fits"), STRICT.values(), ids=STRICT)
def test_strict_is_asked_for_where_the_schema_allows_it(schema, fits):
    assert fits_strict(schema) is fits


PASSING = {
    "a rate limit": Failure(status=429, headers={"retry-after": "0"}),
    "an overload": Failure(status=503),
    "a crash": Failure(status=500),
    "a bad gateway": Failure(status=502),
}


@pytest.mark.parametrize("failure", PASSING.values(), ids=PASSING)
def test_a_passing_failure_is_tried_again(server, chat, failure):
    server.failures.extend([failure, failure])
    assert complete(chat).text == "four words as answer"
    assert len(server.requests) == 3


def test_a_failure_that_stays_is_reported_after_the_tries(server, chat):
    server.failures.extend([Failure(status=503, message="over capacity")] * 3)
    with pytest.raises(ProviderError, match=r"openai/gpt-4\.1-mini: .*over capacity"):
        complete(chat)
    assert len(server.requests) == 3


LASTING = {
    "a malformed request": (Failure(status=400), ProviderRefusedError),
    "a key that is not accepted": (Failure(status=401), ProviderRefusedError),
    "a model the account lacks": (Failure(status=404), UnknownModelError),
    "a prompt over the context": (
        Failure(status=400, message="maximum context length", code="context_length_exceeded"),
        ProviderRefusedError,
    ),
    "a quota that is used up": (
        Failure(status=429, message="You exceeded your current quota", code="insufficient_quota"),
        ProviderRefusedError,
    ),
}


@pytest.mark.parametrize(("failure", "error"), LASTING.values(), ids=LASTING)
def test_a_lasting_failure_is_not_tried_again(server, chat, failure, error):
    server.failures.append(failure)
    with pytest.raises(error):
        complete(chat)
    assert len(server.requests) == 1


def test_a_provider_that_does_not_answer_runs_into_the_timeout(server, tmp_path):
    chat = LiteLLMChat(weights=tmp_path, timeout_s=0.2, retries=0)
    server.failures.append(Failure(status=500, delay_s=0.6))
    with pytest.raises(ProviderTimeoutError, match=r"raise llm\.timeout_s"):
        complete(chat)


def test_a_stream_that_fails_at_once_is_tried_again(server, chat):
    server.failures.append(Failure(status=503))

    async def collect():
        return [piece async for piece in chat.stream(ask(model=MODEL))]

    assert "".join(anyio.run(collect)) == "four words as answer"


@pytest.mark.parametrize("value", [None, ""], ids=["unset", "empty"])
def test_a_missing_key_is_named_before_any_call(server, chat, monkeypatch, value):
    if value is None:
        monkeypatch.delenv("OPENAI_API_KEY")
    else:
        monkeypatch.setenv("OPENAI_API_KEY", value)
    with pytest.raises(MissingKeyError, match="OPENAI_API_KEY"):
        complete(chat)
    assert not server.requests


UNKNOWN = {
    "no provider at all": ("gpt-4.1-minni", 'did you mean "gpt-4.1-mini"'),
    "an invented provider": ("nobody/model", "write provider/model"),
    "an embedded model we do not have": ("embedded/smollm2-135n", 'did you mean "smollm2-135m"'),
}


@pytest.mark.parametrize(("model", "hint"), UNKNOWN.values(), ids=UNKNOWN)
def test_an_unknown_model_is_named(chat, model, hint):
    with pytest.raises(UnknownModelError, match=hint):
        complete(chat, model)


@pytest.mark.parametrize("name", ["api_base", "api_key", "mock_response", "fallbacks", "client"])
def test_a_prompt_cannot_say_where_a_call_goes(server, chat, name):
    with pytest.raises(ProviderRefusedError, match=f'"{name}" is no sampling parameter'):
        complete(chat, params={name: "http://elsewhere.example"})
    assert not server.requests


def test_importing_the_adapter_loads_no_library():
    code = (
        "import sys, promptops.llm.litellm_chat; print({'litellm', 'xllamacpp'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
