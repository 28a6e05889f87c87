"""JSON schemas as APIs take them, without another meaning.

An API that reads a part of JSON Schema gets what it reads; what it does not enforce is told.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from promptops.core.canonical import JSON
from promptops.errors import RequestError
from promptops.llm.openai_form import has_type, subschemas

# Anthropic's guide to structured outputs, section "JSON Schema limitations".
_CLAUDE_READS = frozenset(
    {
        *("type", "properties", "required", "additionalProperties", "items", "enum", "const"),
        *("anyOf", "allOf", "$ref", "$defs", "definitions", "title", "description", "default"),
        *("format", "pattern", "minItems"),
    }
)
_CLAUDE_FORMATS = frozenset(
    {"date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"}
)
# Google's reference of GenerationConfig.responseJsonSchema.
_GEMINI_READS = frozenset(
    {
        *("$id", "$defs", "$ref", "$anchor", "type", "format", "title", "description", "enum"),
        *("items", "prefixItems", "minItems", "maxItems", "minimum", "maximum", "anyOf", "oneOf"),
        *("properties", "additionalProperties", "required", "propertyOrdering"),
    }
)
# Limits on single values, and what only explains: an answer can be checked for them afterwards.
_CHECKED_AFTERWARDS = frozenset(
    {
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        *("minLength", "maxLength", "pattern", "format"),
        *("minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
        *("title", "examples", "default", "deprecated", "readOnly", "writeOnly"),
        *("$schema", "$id", "$comment"),
    }
)


class Taken(NamedTuple):
    """A schema that an API takes.

    Attributes:
        schema: What is sent.
        dropped: Keywords of the prompt's schema that are not in it.
        closed: Whether objects were closed to properties that the schema does not name.
    """

    schema: dict[str, JSON]
    dropped: tuple[str, ...]
    closed: bool


def for_claude(schema: Mapping[str, JSON], where: str) -> Taken:
    """A schema as Claude's structured outputs take it.

    Objects are closed, as the API asks: every answer that it then gives still fits the prompt's
    own schema. Limits that the API does not read are dropped: an answer has to be checked.

    Raises:
        RequestError: The schema has a part without which it would mean another answer.
    """
    dropped: dict[str, None] = {}
    closed: list[bool] = []

    def take(part: JSON, path: str) -> JSON:
        if not isinstance(part, Mapping):
            raise _unsendable(f"the schema {path or 'itself'} is {part!r}", where)
        taken: dict[str, JSON] = {}
        for key, value in part.items():
            if _claude_reads(key, value):
                taken[key] = _within(key, value, path, take)
            elif key in _CHECKED_AFTERWARDS:
                dropped[key] = None
            else:
                raise _unsendable(f'the schema uses "{key}"{_at(path)}', where)
        if has_type(part, "object") or "properties" in part:
            if part.get("additionalProperties", True) is not False:
                if not part.get("properties") or isinstance(part.get("additionalProperties"), dict):
                    raise _unsendable(f"an object of any properties{_at(path)}", where)
                closed.append(True)
            taken["additionalProperties"] = False
        return taken

    return Taken(take(schema, ""), tuple(dropped), bool(closed))


def fits_claude_strict(schema: Mapping[str, JSON]) -> bool:
    """Whether Claude's strict tools take a schema as it is."""
    try:
        taken = for_claude(schema, "")
    except RequestError:
        return False
    return not (taken.dropped or taken.closed)


def unread_by_gemini(schema: Mapping[str, JSON]) -> tuple[str, ...]:
    """The keywords of a schema that Gemini's API does not read."""
    used = {key for part in subschemas(schema) if isinstance(part, Mapping) for key in part}
    return tuple(sorted(used - _GEMINI_READS))


def _claude_reads(key: str, value: JSON) -> bool:
    if key == "format":
        return value in _CLAUDE_FORMATS
    return key in _CLAUDE_READS and not (key == "minItems" and value not in (0, 1))


def _within(key: str, value: JSON, path: str, take: Callable[[JSON, str], JSON]) -> JSON:
    if key in ("properties", "$defs", "definitions"):
        return {name: take(part, f"{path}/{key}/{name}") for name, part in value.items()}
    if key in ("anyOf", "allOf"):
        return [take(part, f"{path}/{key}/{index}") for index, part in enumerate(value)]
    return take(value, f"{path}/items") if key == "items" else value


def _at(path: str) -> str:
    return f" at {path}" if path else ""


def _unsendable(what: str, where: str) -> RequestError:
    return RequestError(
        f"{what}, which Claude's structured outputs do not take",
        where=where,
        hint="name every property and leave the rest to a check of the answer",
    )
