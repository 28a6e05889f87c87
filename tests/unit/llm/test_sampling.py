"""Values of parameters that no model takes are refused before a call."""

import asyncio

import pytest

from promptops.errors import ProviderRefusedError
from promptops.llm.chat import ChatRequest, Message
from promptops.llm.litellm_chat import LiteLLMChat
from promptops.llm.sampling import SAMPLING_PARAMS, wrong_param

FINE = {
    "temperature": [0, 0.7, 2, None],
    "top_p": [0, 1],
    "min_p": [0.05],
    "top_k": [-1, 0, 40],
    "seed": [-7, 0],
    "stop": ["", "END", ["a", "b"], []],
    "logit_bias": [{}, {"50256": -100}, {"5": 0.5}],
    "max_tokens": [1],
    "max_completion_tokens": [100_000],
    "presence_penalty": [-2, 2.0],
    "frequency_penalty": [0],
    "repeat_penalty": [1.1],
    "reasoning_effort": ["none", "minimal", "low", "medium", "high", "xhigh", "max"],
    "thinking": [{"type": "adaptive"}, {"type": "enabled", "budget_tokens": 2048}],
    "verbosity": ["low"],
    "service_tier": ["auto"],
}
WRONG = {
    "temperature": ["hot", -0.1, True, float("nan"), float("inf")],
    "top_p": [1.1, "1"],
    "min_p": [-0.1],
    "top_k": [2.5, -2],
    "seed": ["7", 1.5, False],
    "stop": [5, ["a", 5], {"a": 1}],
    "logit_bias": [[5], {"word": 1}, {"5": 101}, {"5": "much"}],
    "max_tokens": [-4, 0, 1.5, "9"],
    "max_completion_tokens": [0],
    "presence_penalty": [3],
    "frequency_penalty": ["no"],
    "repeat_penalty": [-1],
    "reasoning_effort": ["ultra", 3],
    "thinking": [True, {"type": "on"}, {"budget_tokens": "many"}],
    "verbosity": ["loud"],
    "service_tier": [""],
}


def test_every_parameter_has_its_values():
    assert FINE.keys() == WRONG.keys() == SAMPLING_PARAMS
    for name in SAMPLING_PARAMS:
        for value in FINE[name]:
            assert wrong_param({name: value}) is None, (name, value)
        for value in WRONG[name]:
            wrong = wrong_param({"seed": 1, name: value})
            assert wrong is not None, (name, value)
            assert wrong.what.startswith(f"{name} is "), wrong
            assert wrong.hint.startswith("it is "), wrong


def test_a_call_with_such_a_value_is_refused(tmp_path):
    request = ChatRequest(
        model="openai/gpt-9",
        messages=(Message(role="user", content="Late?"),),
        params={"max_tokens": -4},
    )
    said = r"openai/gpt-9: max_tokens is -4 \(it is a whole number from 1 on"
    with pytest.raises(ProviderRefusedError, match=said):
        asyncio.run(LiteLLMChat(weights=tmp_path).complete(request))
