"""Requests in OpenAI's Chat Completions form, which LiteLLM takes for every provider."""

from collections.abc import Iterator, Mapping

from promptops.core.canonical import JSON
from promptops.llm.chat import ChatRequest, Tool

# What strict mode reads: OpenAI's guide to structured outputs, section "Supported schemas". A
# schema with any other keyword is refused there, and taken without strict mode.
_STRICT_KEYWORDS = frozenset(
    {
        *("type", "properties", "required", "additionalProperties", "items", "enum", "const"),
        *("anyOf", "$ref", "$defs", "definitions", "title", "description"),
        *("pattern", "format", "multipleOf", "minItems", "maxItems"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    }
)


def litellm_body(request: ChatRequest) -> dict[str, JSON]:
    """What LiteLLM is given for a request."""
    body: dict[str, JSON] = {
        "model": request.model,
        "messages": [{"role": each.role, "content": each.content} for each in request.messages],
        **request.params,
    }
    if request.response_schema is not None:
        body["response_format"] = response_format(request.response_schema)
    if request.tools:
        body["tools"] = [openai_tool(tool) for tool in request.tools]
    return body


def response_format(schema: Mapping[str, JSON]) -> dict[str, JSON]:
    """The ``response_format`` of a schema; strict where strict mode can read it."""
    named = {"name": "output", "schema": dict(schema), "strict": fits_strict(schema)}
    return {"type": "json_schema", "json_schema": named}


def openai_tool(tool: Tool) -> dict[str, JSON]:
    """A tool; strict where that is asked for and strict mode can read its schema."""
    function: dict[str, JSON] = {
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
    }
    if tool.strict:
        function["strict"] = fits_strict(tool.parameters)
    return {"type": "function", "function": function}


def fits_strict(schema: JSON) -> bool:
    """Whether OpenAI's strict mode takes a schema as it is.

    Its root is an object, each object is closed and requires all that it names, and no keyword is
    used that strict mode does not read.
    """
    return (
        isinstance(schema, Mapping)
        and has_object_root(schema)
        and all(_is_closed(part) for part in subschemas(schema))
    )


def has_object_root(schema: Mapping[str, JSON]) -> bool:
    """Whether the root of a schema is an object, and no choice between schemas: OpenAI's rule."""
    return schema.get("type") == "object" and not schema.keys() & {"anyOf", "oneOf"}


def _is_closed(schema: JSON) -> bool:
    if not isinstance(schema, Mapping) or not schema.keys() <= _STRICT_KEYWORDS:
        return False
    if not has_type(schema, "object") and "properties" not in schema:
        return True
    named = set(schema.get("properties", ()))
    return schema.get("additionalProperties") is False and set(schema.get("required", ())) == named


def has_type(schema: Mapping[str, JSON], name: str) -> bool:
    """Whether a schema allows values of a type by its ``type``."""
    kinds = schema.get("type")
    return kinds == name or (isinstance(kinds, list | tuple) and name in kinds)


def subschemas(schema: JSON) -> Iterator[JSON]:
    """A schema and every schema in it, as JSON Schema nests them."""
    yield schema
    if not isinstance(schema, Mapping):
        return
    for key in ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"):
        if isinstance(parts := schema.get(key), Mapping):
            for part in parts.values():
                yield from subschemas(part)
    for key in ("anyOf", "oneOf", "allOf", "prefixItems"):
        if isinstance(parts := schema.get(key), list | tuple):
            for part in parts:
                yield from subschemas(part)
    for key in ("items", "not", "if", "then", "else", "contains", "additionalProperties"):
        if isinstance(part := schema.get(key), Mapping):
            yield from subschemas(part)
