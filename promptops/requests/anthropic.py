"""Anthropic's Messages API."""

from collections.abc import Mapping

from promptops.core.canonical import JSON
from promptops.errors import RequestError
from promptops.llm.chat import Tool
from promptops.requests.body import Ask, Body, Note
from promptops.requests.params import named
from promptops.requests.schemas import fits_claude_strict, for_claude
from promptops.requests.thinking import while_thinking

_NAMES = {
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "stop": "stop_sequences",
    "thinking": "thinking",
    "service_tier": "service_tier",
}
_EFFORTS = ("low", "medium", "high", "xhigh", "max")
_TIERS = ("auto", "standard_only")
# Anthropic's clients take more tokens to be more than ten minutes, and ask for a stream then.
_AT_ONCE = 21_333
_GUIDE = "Anthropic guide to structured outputs, JSON schema limitations"
_GUIDE_URL = "https://platform.claude.com/docs/en/build-with-claude/structured-outputs"


def anthropic_body(ask: Ask) -> Body:
    """The body of ``POST /v1/messages``.

    Raises:
        RequestError: The API would refuse the prompt, or has no field for something it needs.
    """
    _check_texts(ask)
    limit, notes = _limit(ask)
    taken, refused = while_thinking(ask, limit)
    given = {
        name: value
        for name, value in taken.items()
        if name not in ("max_tokens", "reasoning_effort")
    }
    if given.get("service_tier", "auto") not in _TIERS:
        raise RequestError(
            f"Anthropic has no service tier {given['service_tier']!r}",
            where=ask.model,
            hint=f"known: {', '.join(_TIERS)}",
        )
    params, left_out = named(given, _NAMES, api="Anthropic's Messages API")
    body: dict[str, JSON] = {"model": ask.model, "max_tokens": limit}
    if ask.opening:
        body["system"] = _system([message.content for message in ask.opening])
    body["messages"] = [{"role": each.role, "content": each.content} for each in ask.turns]
    body |= params
    config, more = _output_config(ask)
    if config:
        body["output_config"] = config
    if ask.tools:
        body["tools"] = [_tool(tool) for tool in ask.tools]
        more += [
            Note(
                text=f'the tool "{tool.name}" is not strict: strict mode takes closed objects, '
                "and no keyword beyond those that Claude is held to",
                source=_GUIDE,
                url=_GUIDE_URL,
            )
            for tool in ask.tools
            if tool.strict and not fits_claude_strict(tool.parameters)
        ]
    if ask.forced:
        body["tool_choice"] = {"type": "tool", "name": ask.forced}
    found = (*notes, *refused, *left_out, *more)
    return Body(format="anthropic", path="/v1/messages", body=body, notes=found)


def _check_texts(ask: Ask) -> None:
    """Refuse the texts that the API refuses."""
    for message in ask.messages:
        if not message.content.strip():
            raise RequestError(
                f"a {message.role} message is empty with these values, which Anthropic refuses",
                where=ask.model,
            )
    last = ask.turns[-1]
    if last.role == "assistant" and last.content != last.content.rstrip():
        raise RequestError(
            "the beginning of the answer ends with white space, which Anthropic refuses",
            where=ask.model,
            hint="take the white space from the end of the last message",
        )


def _limit(ask: Ask) -> tuple[int, list[Note]]:
    """``max_tokens``, which the API asks for."""
    if "max_tokens" in ask.params:
        limit = ask.params["max_tokens"]
        told = "Anthropic's clients answer so many tokens as a stream only"
        return limit, [Note(text=f"max_tokens is {limit}: {told}")] if limit > _AT_ONCE else []
    if ask.max_output is None:
        raise RequestError(
            "Anthropic asks for max_tokens, and the prompt sets none",
            where=ask.model,
            hint="set max_tokens in the prompt's params, or give the model a card with max_output",
        )
    limit = min(ask.max_output, _AT_ONCE)
    return limit, [
        Note(text=f"max_tokens is {limit}: the API asks for it and the prompt sets none")
    ]


def _system(texts: list[str]) -> JSON:
    """One text as it is, several as blocks: joined they would be another text."""
    return texts[0] if len(texts) == 1 else [{"type": "text", "text": text} for text in texts]


def _output_config(ask: Ask) -> tuple[dict[str, JSON], list[Note]]:
    config: dict[str, JSON] = {}
    notes = []
    effort = ask.params.get("reasoning_effort")
    if effort is not None:
        if effort not in _EFFORTS:
            raise RequestError(
                f"Anthropic has no effort {effort!r}",
                where=ask.model,
                hint=f"known: {', '.join(_EFFORTS)}",
            )
        config["effort"] = effort
    if ask.schema is not None:
        taken = for_claude(ask.schema, ask.model)
        config["format"] = {"type": "json_schema", "schema": taken.schema}
        if taken.closed:
            text = "additionalProperties is false in every object: the API asks for it"
            notes.append(Note(text=text, source=_GUIDE, url=_GUIDE_URL))
        if taken.dropped:
            text = f"{', '.join(taken.dropped)} of the schema is not enforced: check the answer"
            notes.append(Note(text=text, source=_GUIDE, url=_GUIDE_URL))
    if ask.json_object:
        notes.append(Note(text="Anthropic has no JSON mode without a schema: it is said in words"))
    return config, notes


def _tool(tool: Tool) -> Mapping[str, JSON]:
    strict = tool.strict and fits_claude_strict(tool.parameters)
    return {
        "name": tool.name,
        "description": tool.description,
        "input_schema": dict(tool.parameters),
        **({"strict": True} if strict else {}),
    }
