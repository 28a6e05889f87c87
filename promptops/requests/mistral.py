"""Mistral's chat completions."""

from promptops.core.canonical import JSON
from promptops.llm.openai_form import openai_tool, response_format
from promptops.requests.body import Ask, Body
from promptops.requests.openai import chosen_tool, conversation, strictness
from promptops.requests.params import named

_NAMES = {
    "max_tokens": "max_tokens",
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "stop": "stop",
    "seed": "random_seed",
    "presence_penalty": "presence_penalty",
    "frequency_penalty": "frequency_penalty",
    "repeat_penalty": "repetition_penalty",
    "reasoning_effort": "reasoning_effort",
}


def mistral_body(ask: Ask) -> Body:
    """The body of ``POST /v1/chat/completions`` at Mistral.

    A last message of the assistant is a prefix: Mistral refuses it without the flag.

    Raises:
        RequestError: Mistral has no field for something that the prompt needs.
    """
    params, notes = named(ask.params, _NAMES, api="Mistral's API")
    messages = conversation(ask)
    if ask.messages[-1].role == "assistant":
        messages[-1]["prefix"] = True
    body: dict[str, JSON] = {"model": ask.model, "messages": messages, **params}
    if ask.schema is not None:
        body["response_format"] = response_format(ask.schema)
    elif ask.json_object:
        body["response_format"] = {"type": "json_object"}
    if ask.tools:
        body["tools"] = [openai_tool(tool) for tool in ask.tools]
    body |= chosen_tool(ask)
    found = (*notes, *strictness(ask))
    return Body(format="mistral", path="/v1/chat/completions", body=body, notes=found)
