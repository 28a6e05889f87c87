"""Picoschema, Dotprompt's short way to write a JSON Schema, written out.

Source: the spec cases of google/dotprompt (picoschema.yaml); read 2026-08-19.
"""

import re
from collections.abc import Mapping

from promptops.core.canonical import JSON

_SCALARS = frozenset({"string", "boolean", "number", "integer", "null"})
_JSON_TYPES = _SCALARS | {"object", "array"}
_KEY = re.compile(
    r"(\(\*\)|[\w.$-]{1,100})(\?)?(?:\((array|object|enum)(?:,\s{0,20}(.{0,2000}))?\))?"
)


def json_schema(value: JSON) -> dict[str, JSON]:
    """The JSON Schema that a Picoschema means; one that is JSON Schema already stays.

    Raises:
        ValueError: A type or key that the notation does not have.
    """
    if isinstance(value, str):
        return _scalar(value)
    if not isinstance(value, Mapping):
        raise ValueError(f"{value!r} is no schema")  # noqa: TRY004 - one reason for the importer
    if value.get("type") in _JSON_TYPES:
        return dict(value)
    if isinstance(value.get("properties"), Mapping):
        return {"type": "object", **value}
    schema: dict[str, JSON] = {"type": "object", "properties": {}, "additionalProperties": False}
    required = []
    for key, inner in value.items():
        match = _KEY.fullmatch(str(key))
        if match is None:
            raise ValueError(f'"{key}" is no key of a schema')
        name, optional, kind, description = match.groups()
        if name == "(*)":
            schema["additionalProperties"] = json_schema(inner)
            continue
        part = _field(kind, inner)
        if description:
            part["description"] = description.strip()
        schema["properties"][name] = _nullable(part) if optional else part
        if not optional:
            required.append(name)
    if required:
        schema["required"] = required
    return schema


def _field(kind: str | None, inner: JSON) -> dict[str, JSON]:
    if kind == "array":
        return {"type": "array", "items": json_schema(inner)}
    if kind == "enum":
        if not isinstance(inner, list):
            raise ValueError("an enum is a list of values")
        return {"enum": list(inner)}
    return json_schema(inner)


def _scalar(text: str) -> dict[str, JSON]:
    kind, _, description = text.partition(",")
    kind = kind.strip()
    if kind not in _SCALARS and kind != "any":
        raise ValueError(f'"{kind}" is no type of a schema')
    schema: dict[str, JSON] = {} if kind == "any" else {"type": kind}
    if description.strip():
        schema["description"] = description.strip()
    return schema


def _nullable(schema: dict[str, JSON]) -> dict[str, JSON]:
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], None]}
    return {**schema, "type": [schema["type"], "null"]} if "type" in schema else schema
