"""OpenAI's Chat Completions, which many servers of open models speak too."""

from promptops.core.canonical import JSON
from promptops.errors import RequestError
from promptops.llm.openai_form import (
    fits_strict,
    has_object_root,
    openai_tool,
    response_format,
)
from promptops.requests.body import Ask, Body, Note, cite
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
# The field that marks the beginning of an answer, by the provider whose API has it, and by the
# family when the id names no provider.
_FLAGS = {"dashscope": "partial", "deepseek": "prefix", "mistral": "prefix"}
_FLAGS_OF_FAMILIES = {"qwen": "partial", "deepseek": "prefix", "mistral": "prefix"}
_GUIDE = "OpenAI guide to structured outputs, supported schemas"
_GUIDE_URL = "https://platform.openai.com/docs/guides/structured-outputs"


def openai_body(ask: Ask) -> Body:
    """The body of ``POST /v1/chat/completions``.

    Raises:
        RequestError: OpenAI has no field for something that is needed, or refuses the schema.
    """
    check_root(ask)
    names = {**_NAMES, "max_tokens": _limit(ask)}
    hosted = ask.name.family == "gpt"
    if not hosted:
        names |= {name: name for name in _OF_SERVERS}
    params, notes = named(ask.params, names, api="OpenAI's Chat Completions")
    if extra := [name for name in _OF_SERVERS if name in params]:
        notes.append(
            Note(text=f"{' and '.join(extra)}: taken by vLLM, SGLang and llama.cpp, not by OpenAI")
        )
    messages, flagged = marked(conversation(ask), ask)
    notes += flagged
    body: dict[str, JSON] = {"model": ask.model, "messages": messages, **params}
    if ask.schema is not None:
        body["response_format"] = response_format(ask.schema)
    elif ask.json_object:
        body["response_format"] = {"type": "json_object"}
    if ask.tools:
        body["tools"] = [openai_tool(tool) for tool in ask.tools]
    body |= chosen_tool(ask)
    notes += strictness(ask)
    path = "/v1/chat/completions"
    if "prefix" in messages[-1] and (ask.provider or ask.name.family) == "deepseek":
        path = "/beta/chat/completions"
        notes.append(
            Note(
                text="the base of the address is https://api.deepseek.com/beta: "
                "the beginning of an answer is taken there only",
                source="DeepSeek API guide, chat prefix completion",
                url="https://api-docs.deepseek.com/guides/chat_prefix_completion",
            )
        )
    return Body(format="openai", path=path, body=body, notes=tuple(notes))


def check_root(ask: Ask) -> None:
    """Refuse a schema whose root OpenAI refuses, strict or not.

    Raises:
        RequestError: The root is no object, or a choice between schemas.
    """
    if ask.schema is None or ask.name.family != "gpt" or has_object_root(ask.schema):
        return
    raise RequestError(
        "the root of output.schema is no object, or a choice (anyOf, oneOf), which OpenAI refuses",
        where=ask.model,
        hint=f"make it a property of an object ({_GUIDE}, {_GUIDE_URL})",
    )


def conversation(ask: Ask) -> list[JSON]:
    """The messages in OpenAI's form."""
    return [{"role": each.role, "content": each.content} for each in ask.messages]


def marked(messages: list[JSON], ask: Ask) -> tuple[list[JSON], list[Note]]:
    """The messages, the beginning of the answer marked where the model asks for a mark.

    The mark is a field of the vendor's own API: other servers of the model get none, and a note.
    """
    *rest, last = messages
    claim = ask.dialect.claim("prefill")
    if last["role"] != "assistant" or claim is None or not claim.value.endswith("-flag"):
        return messages, []
    if flag := _flag(ask):
        return [*rest, {**last, flag: True}], []
    told = f"whether the answer goes on from the last message is up to {ask.provider}"
    return messages, [cite(told, claim)]


def _flag(ask: Ask) -> str:
    """The field that marks the beginning of an answer; "" where the API has none."""
    if ask.provider:
        return _FLAGS.get(ask.provider, "")
    return _FLAGS_OF_FAMILIES.get(ask.name.family, "")


def chosen_tool(ask: Ask) -> dict[str, JSON]:
    """The choice of the tool that must be called, in OpenAI's form."""
    if not ask.forced:
        return {}
    return {"tool_choice": {"type": "function", "function": {"name": ask.forced}}}


def strictness(ask: Ask) -> list[Note]:
    """What the API is not asked to enforce to the letter."""
    notes = []
    # Others that know the word strict do not say what it asks for.
    source, url = (_GUIDE, _GUIDE_URL) if ask.name.family == "gpt" else ("", "")
    if ask.schema is not None and not fits_strict(ask.schema):
        notes.append(
            Note(
                text="strict is false: strict mode wants closed objects that require all they "
                "name, and no keyword beyond its own; the answer may miss the schema",
                source=source,
                url=url,
            )
        )
    notes += [
        Note(
            text=f'the tool "{tool.name}" is not strict: strict mode wants closed objects that '
            "require all they name, and no keyword beyond its own",
            source=source,
            url=url,
        )
        for tool in ask.tools
        if tool.strict and not fits_strict(tool.parameters)
    ]
    return notes


def _limit(ask: Ask) -> str:
    """What the model calls the longest answer; the Responses API's own name is not for here."""
    name = ask.dialect.value("max_tokens", "max_tokens")
    return "max_completion_tokens" if name == "max_output_tokens" else name
