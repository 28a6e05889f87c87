"""A call goes out with the parameters that its model takes."""

import asyncio

import pytest

from promptops.errors import RequestError
from promptops.llm.chat import ChatRequest, Message
from promptops.llm.scripted import ScriptedChat
from promptops.models.catalog import Catalog
from promptops.models.dialects import dialects
from promptops.requests.fitted_chat import FittedChat

CALLS = {
    "a temperature is left out where sampling is fixed": (
        "anthropic/claude-opus-5",
        {"temperature": 0, "max_tokens": 9},
        {"max_tokens": 9},
    ),
    "of two that exclude each other one goes": (
        "anthropic/claude-opus-4-1",
        {"temperature": 0.5, "top_p": 0.9},
        {"temperature": 0.5},
    ),
    "what is merely advised against goes through": (
        "embedded/smollm2-135m",
        {"temperature": 0, "seed": 1},
        {"temperature": 0, "seed": 1},
    ),
    "a model that nobody knows gets what was written": (
        "proxy/our-own",
        {"temperature": 7},
        {"temperature": 7},
    ),
}


@pytest.fixture
def script():
    return ScriptedChat({"": "yes"})


@pytest.fixture
def ask(script):
    told = []
    chat = FittedChat(script, Catalog.load(), dialects(), notice=told.append)

    def send(model, params):
        messages = (Message(role="user", content="Is it so?"),)
        asyncio.run(chat.complete(ChatRequest(model=model, messages=messages, params=params)))
        return told

    return send


@pytest.mark.parametrize(("model", "params", "sent"), CALLS.values(), ids=CALLS)
def test_what_is_sent(ask, script, model, params, sent):
    told = ask(model, params)
    assert script.requests[-1].params == sent
    assert len(told) == len(params) - len(sent)


def test_what_is_left_out_is_told_once_with_the_reason(ask):
    ask("anthropic/claude-opus-5", {"temperature": 0})
    told = ask("anthropic/claude-opus-5", {"temperature": 0})
    assert len(told) == 1
    assert told[0].startswith("anthropic/claude-opus-5: temperature is left out. ")


def test_what_only_a_person_can_mend_is_refused_before_the_call(ask, script):
    stops = list("abcdef")
    with pytest.raises(RequestError, match="stop is"):
        ask("gemini/gemini-2.5-pro", {"stop": stops})
    assert not script.requests
