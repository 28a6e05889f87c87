"""The small types that the schema is made of, and the checks they share."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, Strict, StringConstraints

from promptops.core.canonical import JSON, canonical_json
from promptops.core.references import ID_PATTERN, VERSION_PATTERN
from promptops.core.suggest import did_you_mean

INTENTS = (
    "analyze",
    "answer",
    "classify",
    "code",
    "converse",
    "extract",
    "generate",
    "judge",
    "plan",
    "rewrite",
    "search",
    "summarize",
    "translate",
)
RESERVED_NAMES = frozenset(
    {"and", "else", "elif", "false", "for", "if", "in", "is", "loop", "none", "not", "or"}
    | {"self", "true"}
)
_PYTHON_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list, tuple),
    "object": (dict, Mapping),
}
_SCHEMA_TYPES = {*_PYTHON_TYPES, "null"}


def _json(value: JSON) -> JSON:
    canonical_json(value)
    return value


def known_intent(value: str) -> str:
    """Refuse a word that is neither in `INTENTS` nor ``x-…``."""
    if value in INTENTS or re.fullmatch(r"x-[a-z0-9]+(-[a-z0-9]+)*", value):
        return value
    hint = did_you_mean(value, INTENTS)
    raise ValueError(
        f'"{value}" is not an intent{f", {hint}" if hint else ""}: '
        f"one of {', '.join(INTENTS)}, or x-something"
    )


def dataset_path(value: str) -> str:
    """Refuse a path that leaves the workspace."""
    parts = value.replace("\\", "/").split("/")
    if value.startswith(("/", "~")) or ".." in parts or re.match(r"[A-Za-z]:", value):
        raise ValueError("a dataset is a path inside the workspace")
    return value


def _variable_name(name: str) -> str:
    if name.lower() in RESERVED_NAMES:
        raise ValueError(f'"{name}" is a word of the template language, not a variable name')
    return name


_SLUG = rf"^{ID_PATTERN}$"
_NAME = r"^[A-Za-z][A-Za-z0-9_]*$"
_LINE = r"^[^\r\n]+$"
_TAG = r"^[^\s,]{1,64}$"
_TOOL_NAME = r"^[A-Za-z_][A-Za-z0-9_-]{0,63}$"
_SEMVER = rf"^{VERSION_PATTERN}$"
_LICENSE = r"^[A-Za-z0-9.+() -]{1,100}$"
_KB_VERSION = r"^[A-Za-z0-9][A-Za-z0-9_:.+-]{0,127}$"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_DIGEST = r"^sha256:[0-9a-f]{64}$"
PATTERNS_IN_WORDS = {
    _SLUG: "lower-case letters and digits joined by single dashes, such as refund-answer",
    _NAME: "a name of letters, digits and _ that starts with a letter",
    _LINE: "one line of text",
    _TOOL_NAME: "a name of letters, digits, _ and -, at most 64, that starts with a letter or _",
    _TAG: "a word of at most 64 characters, without spaces and commas",
    _SEMVER: "a version such as 1.2.0",
    _LICENSE: "an SPDX license expression such as MIT or LicenseRef-Internal",
    _KB_VERSION: "a version of a knowledge base, as `promptops kb list` shows it",
    _DATE: "a date such as 2026-11-30",
    _DIGEST: "a digest: sha256: and 64 hex digits",
}

Slug = Annotated[str, StringConstraints(pattern=_SLUG, max_length=64)]
Name = Annotated[
    str, StringConstraints(pattern=_NAME, max_length=64), AfterValidator(_variable_name)
]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_LINE)]
Tag = Annotated[str, StringConstraints(pattern=_TAG)]
ToolName = Annotated[str, StringConstraints(pattern=_TOOL_NAME)]
SemVer = Annotated[str, StringConstraints(pattern=_SEMVER, max_length=64)]
License = Annotated[str, StringConstraints(pattern=_LICENSE)]
KBVersion = Annotated[str, StringConstraints(pattern=_KB_VERSION)]
Date = Annotated[str, StringConstraints(pattern=_DATE)]
Digest = Annotated[str, StringConstraints(pattern=_DIGEST)]
Flag = Annotated[bool, Strict()]
Count = Annotated[int, Strict(), Field(ge=1)]
Number = Annotated[float, Strict()]
JsonValue = Annotated[JSON, AfterValidator(_json)]
JsonMap = Annotated[dict[str, JSON], AfterValidator(_json)]
TypeName = Literal["string", "integer", "number", "boolean", "array", "object"]


def mismatch(kind: str, enum: tuple[JSON, ...], max_length: int | None, value: JSON) -> str:
    """Why a value is not of a type, an enumeration and a length, or an empty string."""
    wrong_bool = isinstance(value, bool) and kind != "boolean"
    if wrong_bool or not isinstance(value, _PYTHON_TYPES[kind]):
        return f"is {type_name(value)}, not {kind}"
    if enum and not any(type(value) is type(member) and value == member for member in enum):
        reason = f"is not one of {', '.join(str(member) for member in enum)}"
        hint = did_you_mean(str(value)[:64], [member for member in enum if isinstance(member, str)])
        return f"{reason} ({hint})" if hint else reason
    if max_length is not None and isinstance(value, str) and len(value) > max_length:
        return f"is {len(value)} characters long, more than {max_length}"
    return ""


def type_name(value: JSON) -> str:
    """What a value is called in messages: the JSON type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    for name in ("string", "integer", "number", "array", "object"):
        if isinstance(value, _PYTHON_TYPES[name]):
            return name
    return type(value).__name__


def check_schema(schema: JSON, where: str = "") -> JSON:
    """Find the mistakes that would only show when a provider is called."""
    if isinstance(schema, bool):
        return schema
    place = f"{where}: " if where else ""
    if not isinstance(schema, Mapping):
        raise ValueError(f"{place}a schema is an object, not {type_name(schema)}")  # noqa: TRY004 - pydantic's
    types = schema.get("type", [])
    for kind in types if isinstance(types, list) else [types]:
        if not isinstance(kind, str) or kind not in _SCHEMA_TYPES:
            hint = did_you_mean(str(kind), sorted(_SCHEMA_TYPES))
            raise ValueError(f'{place}"{kind}" is not a JSON type{f", {hint}" if hint else ""}')
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
        raise ValueError(f"{place}required is a list of property names")
    if not isinstance(schema.get("enum", []), list):
        raise ValueError(f"{place}enum is a list")  # noqa: TRY004
    properties = schema.get("properties", {})
    if not isinstance(properties, Mapping):
        raise ValueError(f"{place}properties is an object")  # noqa: TRY004
    for name, part in properties.items():
        check_schema(part, f"{where}.{name}".lstrip("."))
    if "items" in schema:
        check_schema(schema["items"], f"{where}[]")
    return schema


def check_parameters(schema: JSON) -> JSON:
    """Refuse parameters of a tool that are no object: every provider asks for one."""
    check_schema(schema)
    if schema.get("type") != "object":
        raise ValueError('the parameters of a tool are a schema of "type": "object"')
    return schema
