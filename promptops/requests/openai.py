"""OpenAI's Chat Completions, which many servers of open models speak too."""

from promptops.core.canonical import JSON
from promptops.llm.openai_form import fits_strict, openai_tool, response_format
from promptops.requests.body import Ask, Body, Note
from promptops.requests.params import named

_NAMES = {
    name: name
    for name in (
        *("max_tokens", "temperature", "top_p", "stop", "seed", "logit_bias"),
        *("presence_penalty", "frequency_penalty", "reasoning_effort", "verbosity"),
        "service_tier",
    )
}
# What vLLM, SGLang and llama.cpp take in the same body, and OpenAI itself does not.
_OF_SERVERS = ("top_k", "min_p", "repeat_penalty")


def openai_body(ask: Ask) -> Body:
    """The body of ``POST /v1/chat/completions``.

    Raises:
        RequestError: OpenAI has no field for something that the prompt needs.
    """
    names = {**_NAMES, "max_tokens": _limit(ask)}
    hosted = ask.name.family == "gpt"
    if not hosted:
        names |= {name: name for name in _OF_SERVERS}
    params, notes = named(ask.params, names, api="OpenAI's Chat Completions")
    if extra := [name for name in _OF_SERVERS if name in params]:
        notes.append(
            Note(text=f"{' and '.join(extra)}: taken by vLLM, SGLang and llama.cpp, not by OpenAI")
        )
    body: dict[str, JSON] = {
        "model": ask.model,
        "messages": marked(conversation(ask), ask),
        **params,
    }
    if ask.schema is not None:
        body["response_format"] = response_format(ask.schema)
    elif ask.json_object:
        body["response_format"] = {"type": "json_object"}
    if ask.tools:
        body["tools"] = [openai_tool(tool) for tool in ask.tools]
    body |= chosen_tool(ask)
    notes += strictness(ask)
    return Body(format="openai", path="/v1/chat/completions", body=body, notes=tuple(notes))


def conversation(ask: Ask) -> list[JSON]:
    """The messages in OpenAI's form."""
    return [{"role": each.role, "content": each.content} for each in ask.messages]


def marked(messages: list[JSON], ask: Ask) -> list[JSON]:
    """The messages, the beginning of the answer marked where the model asks for a mark."""
    *rest, last = messages
    if last["role"] != "assistant" or ask.dialect.value("prefill") != "prefix-flag":
        return messages
    return [*rest, {**last, "prefix": True}]


def chosen_tool(ask: Ask) -> dict[str, JSON]:
    """The choice of the tool that must be called, in OpenAI's form."""
    if not ask.forced:
        return {}
    return {"tool_choice": {"type": "function", "function": {"name": ask.forced}}}


def strictness(ask: Ask) -> list[Note]:
    """What the API is not asked to enforce to the letter."""
    notes = []
    if ask.schema is not None and not fits_strict(ask.schema):
        notes.append(
            Note(
                text="strict is false: strict mode wants closed objects that require all they "
                "name, and no keyword beyond its own; the answer may miss the schema",
                source="OpenAI guide to structured outputs, supported schemas",
                url="https://platform.openai.com/docs/guides/structured-outputs",
            )
        )
    notes += [
        Note(text=f'the tool "{tool.name}" is not strict: strict mode does not take its schema')
        for tool in ask.tools
        if tool.strict and not fits_strict(tool.parameters)
    ]
    return notes


def _limit(ask: Ask) -> str:
    """What the model calls the longest answer; the Responses API's own name is not for here."""
    name = ask.dialect.value("max_tokens", "max_tokens")
    return "max_completion_tokens" if name == "max_output_tokens" else name
