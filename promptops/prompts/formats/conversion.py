"""Prompts of other tools as ours, when they say exactly the same.

What has no equal here (a conversation as an input, images, tools, partials) refuses the whole
prompt: half a prompt would be a wrong one.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from promptops.core.canonical import JSON
from promptops.errors import ImportFormatError, PromptSyntaxError
from promptops.prompts.formats.dotprompt import HISTORY, read_dotprompt
from promptops.prompts.formats.foreign import VALUE, ForeignPrompt
from promptops.prompts.formats.github_prompt import read_github_prompt
from promptops.prompts.formats.handlebars import handlebars_tags
from promptops.prompts.formats.handlebars_to_jinja import to_jinja
from promptops.prompts.formats.picoschema import json_schema
from promptops.prompts.formats.prompty import read_prompty
from promptops.prompts.nodes import TemplateFaultError
from promptops.prompts.template import compile_template, escape_literal

_PARAMS = {
    "temperature": "temperature",
    "topP": "top_p",
    "top_p": "top_p",
    "topK": "top_k",
    "top_k": "top_k",
    "seed": "seed",
    "stop": "stop",
    "stopSequences": "stop",
    "maxOutputTokens": "max_tokens",
    "maxTokens": "max_tokens",
    "max_tokens": "max_tokens",
    "frequencyPenalty": "frequency_penalty",
    "frequency_penalty": "frequency_penalty",
    "presencePenalty": "presence_penalty",
    "presence_penalty": "presence_penalty",
}
_TYPES = {"float": "number", "list": "array", "dict": "object", "bool": "boolean", "int": "integer"}
_OWN_TYPES = frozenset({"string", "integer", "number", "boolean", "array", "object"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """The parts of a prompt file that another tool's file decides; ``model`` is what it names."""

    name: str
    messages: tuple[tuple[str, str], ...]
    variables: dict[str, JSON]
    params: dict[str, JSON] = field(default_factory=dict)
    schema: dict[str, JSON] | None = None
    model: str = ""

    def fields(self) -> dict[str, JSON]:
        """Keys of a prompt file with their values; what is empty is left out."""
        found: dict[str, JSON] = {
            "messages": [{"role": role, "content": text} for role, text in self.messages]
        }
        if self.variables:
            found["variables"] = self.variables
        if self.params:
            found["model"] = {"params": self.params}
        if self.schema is not None:
            found["output"] = {"schema": self.schema}
        return found


def convert(text: str, where: str) -> Converted:
    """The prompt of a file that its name says another tool reads.

    Raises:
        ImportFormatError: It is broken, or says what our files cannot say.
    """
    suffix = foreign_suffix(where)
    reader = _READERS.get(suffix)
    if reader is None:
        raise ImportFormatError("no format that is converted", where=where)
    try:
        return reader(text, where)
    except PromptSyntaxError as problem:
        raise ImportFormatError(problem.message, where=problem.where) from problem
    except TemplateFaultError as problem:
        raise ImportFormatError(f"its template: {problem.message}", where=where) from problem
    except ValueError as problem:
        raise ImportFormatError(
            f"cannot be said in our format: {problem}", where=where
        ) from problem
    except (TypeError, AttributeError, LookupError) as problem:
        reason = "its declarations are not what the format has there"
        raise ImportFormatError(reason, where=where) from problem


def foreign_suffix(name: str) -> str:
    """The suffix of a file that `convert` knows, "" for any other."""
    lowered = PurePath(name).name.lower()
    return next((suffix for suffix in _READERS if lowered.endswith(suffix)), "")


def _prompty(text: str, where: str) -> Converted:
    foreign = read_prompty(text, where)
    meta = foreign.meta
    _refuse(meta, "tools", "tool_choice")
    model = meta.get("model")
    model = model if isinstance(model, dict) else {"id": model}
    options = model.get("options", model.get("parameters"))
    inputs = meta.get("inputs") or []
    if isinstance(inputs, Mapping):
        inputs = [
            {**item, "name": name}
            if isinstance(item, Mapping)
            else {"name": name, "default": item, "kind": _kind_of(item)}
            for name, item in inputs.items()
        ]
    declared = {str(item["name"]): _input(item) for item in inputs}
    translate = to_jinja if foreign.syntax == "handlebars" else str
    messages = _messages(foreign, lambda content, *_: translate(content))
    return Converted(
        name=foreign.name,
        messages=messages,
        variables=_variables(messages, declared),
        params=_params(options),
        schema=_outputs(meta["outputs"]) if meta.get("outputs") else None,
        model=str(model.get("id") or ""),
    )


def _dotprompt(text: str, where: str) -> Converted:
    foreign = read_dotprompt(text, where)
    meta = foreign.meta
    _refuse(meta, "tools", "toolDefs", "maxTurns")
    given = meta.get("input") or {}
    declared: dict[str, JSON] = {}
    if "schema" in given:
        schema = json_schema(given["schema"])
        required = schema.get("required", [])
        for name, part in schema.get("properties", {}).items():
            declared[name] = _from_schema(part, required=name in required)
    for name, value in (given.get("default") or {}).items():
        known = declared.get(name, {"type": _kind_of(value)})
        known.pop("required", None)
        declared[name] = {**known, "default": value}
    output = meta.get("output") or {}
    if any(tag.name == HISTORY for tag in handlebars_tags(text)):
        raise ValueError("{{history}}")
    messages = _messages(
        foreign,
        lambda content, first, last: to_jinja(content, begins_line=first, ends_line=last),
    )
    return Converted(
        name=foreign.name,
        messages=messages,
        variables=_variables(messages, declared),
        params=_params(meta.get("config")),
        schema=json_schema(output["schema"]) if "schema" in output else None,
        model=str(meta.get("model") or ""),
    )


def _github(text: str, where: str) -> Converted:
    foreign = read_github_prompt(text, where)
    meta = foreign.meta
    messages = _messages(foreign, lambda content, *_: _values_only(content))
    schema = meta.get("jsonSchema")
    if isinstance(schema, str):
        schema = json.loads(schema)
    if isinstance(schema, Mapping):
        schema = schema.get("schema", schema)
    elif meta.get("responseFormat") not in (None, "text"):
        raise ValueError(f"responseFormat {meta['responseFormat']}")
    return Converted(
        name=foreign.name,
        messages=messages,
        variables=_variables(messages, {}),
        params=_params(meta.get("modelParameters")),
        schema=dict(schema) if schema else None,
        model=str(meta.get("model") or ""),
    )


def _messages(
    foreign: ForeignPrompt, translate: Callable[[str, bool, bool], str]
) -> tuple[tuple[str, str], ...]:
    found = []
    last = len(foreign.messages) - 1
    for number, message in enumerate(foreign.messages):
        if message.role == "tool":
            raise ValueError("the answer of a tool as a message")
        first = number == 0
        found.append((message.role, translate(message.text, first, number == last)))
    if not found:
        raise ValueError("no message")
    return tuple(found)


def _values_only(text: str) -> str:
    """A text in which ``{{name}}`` is a value and nothing else is a tag."""
    parts, done = [], 0
    for match in VALUE.finditer(text):
        parts += [escape_literal(text[done : match.start()]), match.group()]
        done = match.end()
    return "".join([*parts, escape_literal(text[done:])])


def _variables(messages: tuple[tuple[str, str], ...], declared: dict[str, JSON]) -> dict[str, JSON]:
    """What is declared, and what the templates use beside it: those are texts."""
    found = dict(declared)
    for _, text in messages:
        for name in sorted(compile_template(text).names - set(found)):
            if re.search(rf"\bin\s+{name}\b|\b{name}\s*[.\[]", text):
                raise ValueError(f'"{name}" has parts but is not declared')
            found[name] = {"type": "string"}
    return found


def _input(item: Mapping[str, JSON]) -> dict[str, JSON]:
    kind = str(item.get("kind", item.get("type", "string")))
    kind = _TYPES.get(kind, kind)
    if kind not in _OWN_TYPES:
        raise ValueError(f"an input of the kind {kind}")
    found: dict[str, JSON] = {"type": kind}
    for key in ("description", "default"):
        if item.get(key) is not None:
            found[key] = item[key]
    if item.get("enumValues"):
        found["enum"] = item["enumValues"]
    if "required" in item and "default" not in found:
        found["required"] = item["required"]
    return found


def _outputs(items: JSON) -> dict[str, JSON]:
    """The JSON Schema of a list of outputs without inner structure."""
    if isinstance(items, Mapping):
        items = [{**item, "name": name} for name, item in items.items()]
    properties = {}
    for item in items:
        part = _input(item)
        if part["type"] in ("array", "object"):
            raise ValueError(f"an output of the kind {part['type']}")
        part.pop("required", None)
        properties[str(item["name"])] = part
    required = [str(item["name"]) for item in items if item.get("required")]
    schema: dict[str, JSON] = {"type": "object", "properties": properties}
    return {**schema, "required": required} if required else schema


def _from_schema(part: Mapping[str, JSON], *, required: bool) -> dict[str, JSON]:
    kinds = part.get("type", [])
    kinds = [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind != "null"]
    enum = [value for value in part.get("enum", []) if value is not None]
    kind = kinds[0] if kinds else _kind_of(enum[0]) if enum else "any"
    if kind not in _OWN_TYPES or len(kinds) > 1:
        raise ValueError(f"an input of the type {kind}")
    found: dict[str, JSON] = {"type": kind, "required": required}
    if enum:
        found["enum"] = enum
    if "description" in part:
        found["description"] = part["description"]
    inner = part.get("items", {}).get("type")
    if isinstance(inner, str):
        found["items"] = {"type": inner}
    return found


def _kind_of(value: JSON) -> str:
    kinds = {bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}
    return kinds.get(type(value), "string")


def _params(options: JSON) -> dict[str, JSON]:
    found = {}
    for name, value in (options or {}).items():
        if name not in _PARAMS:
            raise ValueError(f"the parameter {name}")
        found[_PARAMS[name]] = value
    return found


def _refuse(meta: Mapping[str, JSON], *names: str) -> None:
    for name in names:
        if meta.get(name):
            raise ValueError(name)


_READERS: dict[str, Callable[[str, str], Converted]] = {
    ".prompty": _prompty,
    ".prompt": _dotprompt,
    ".prompt.yml": _github,
}
