"""Google's Gemini API."""

from promptops.core.canonical import JSON
from promptops.errors import RequestError
from promptops.llm.chat import Message, Tool
from promptops.requests.body import Ask, Body, Note
from promptops.requests.params import named
from promptops.requests.schemas import unread_by_gemini

_NAMES = {
    "max_tokens": "maxOutputTokens",
    "temperature": "temperature",
    "top_p": "topP",
    "top_k": "topK",
    "stop": "stopSequences",
    "seed": "seed",
    "presence_penalty": "presencePenalty",
    "frequency_penalty": "frequencyPenalty",
}
_LEVELS = ("minimal", "low", "medium", "high", "xhigh")
_REFERENCE = "https://ai.google.dev/api/generate-content"


def gemini_body(ask: Ask) -> Body:
    """The body of ``POST /v1beta/models/MODEL:generateContent``.

    Raises:
        RequestError: The API would refuse the prompt, or has no field for something it needs.
    """
    _check_tools(ask)
    given = {k: v for k, v in ask.params.items() if k not in ("thinking", "reasoning_effort")}
    config, notes = named(given, _NAMES, api="the Gemini API")
    if thinking := _thinking(ask, notes):
        config["thinkingConfig"] = thinking
    if ask.schema is not None or ask.json_object:
        config["responseMimeType"] = "application/json"
    if ask.schema is not None:
        config["responseJsonSchema"] = dict(ask.schema)
        if unread := unread_by_gemini(ask.schema):
            text = f"{', '.join(unread)} of the schema is not enforced: check the answer"
            source = "Gemini API reference, GenerationConfig.responseJsonSchema"
            notes.append(Note(text=text, source=source, url=_REFERENCE))
    body: dict[str, JSON] = {}
    if ask.opening:
        body["systemInstruction"] = {"parts": [_part(message) for message in ask.opening]}
    body["contents"] = [
        {"role": "model" if each.role == "assistant" else "user", "parts": [_part(each)]}
        for each in ask.turns
    ]
    if ask.tools:
        body["tools"] = [{"functionDeclarations": [_function(tool) for tool in ask.tools]}]
        notes += [
            Note(text=f'the tool "{tool.name}" is not strict: a declaration has no such field')
            for tool in ask.tools
            if tool.strict
        ]
    if ask.forced:
        only = {"mode": "ANY", "allowedFunctionNames": [ask.forced]}
        body["toolConfig"] = {"functionCallingConfig": only}
    if config:
        body["generationConfig"] = config
    path = f"/v1beta/models/{ask.model}:generateContent"
    return Body(format="gemini", path=path, body=body, notes=tuple(notes))


def _check_tools(ask: Ask) -> None:
    asks_json = ask.schema is not None or ask.json_object
    if ask.tools and asks_json and ask.name.version and ask.name.version < (3,):
        raise RequestError(
            f"{ask.name.shown} refuses tools together with a JSON answer "
            "(github.com/googleapis/python-genai/issues/867)",
            where=ask.model,
            hint="choose a model from Gemini 3 on, or ask for one of the two",
        )


def _thinking(ask: Ask, notes: list[Note]) -> dict[str, JSON]:
    """The thinking configuration; what cannot be said is added to the notes."""
    thinking, effort = ask.params.get("thinking"), ask.params.get("reasoning_effort")
    found: dict[str, JSON] = {}
    if isinstance(thinking, dict):
        budget = 0 if thinking.get("type") == "disabled" else thinking.get("budget_tokens", -1)
        found["thinkingBudget"] = budget
    if effort is None:
        return found
    if ask.name.version < (3,) or effort not in _LEVELS:
        reason = "thinking levels begin with Gemini 3" if effort in _LEVELS else "no such level"
        notes.append(Note(text=f"reasoning_effort {effort} is left out: {reason}"))
        return found
    # The API's own spelling; its clients send it so.
    return {**found, "thinkingLevel": effort.upper()}


def _part(message: Message) -> JSON:
    return {"text": message.content}


def _function(tool: Tool) -> JSON:
    return {
        "name": tool.name,
        "description": tool.description,
        "parametersJsonSchema": dict(tool.parameters),
    }
