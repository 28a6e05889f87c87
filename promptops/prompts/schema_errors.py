"""A document checked against its schema, with pydantic's complaints in our words and places."""

import json
import re
from collections.abc import Iterable, Sequence
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from promptops.core.canonical import JSON
from promptops.core.suggest import did_you_mean
from promptops.errors import PromptSyntaxError
from promptops.prompts.fields import PATTERNS_IN_WORDS, type_name
from promptops.prompts.positions import Position
from promptops.prompts.strict_yaml import Document, pointer_to

Model = TypeVar("Model", bound=BaseModel)
_TYPE_ERRORS = {
    "string_type": "text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_BOUNDS = {
    "too_short": "must have at least {min_length} entries, has {actual_length}",
    "too_long": "must have at most {max_length} entries, has {actual_length}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
}
_SHOWN = 80


def validate(
    document: Document,
    model: type[Model],
    *,
    required: Sequence[str] = (),
    never: Sequence[str] = (),
) -> Model:
    """The typed value of a document.

    Args:
        document: What was read.
        model: Its schema.
        required: Keys that must be there although the schema has a default for them.
        never: Names of fields that are not keys of the file.

    Raises:
        PromptSyntaxError: The first thing in file order that breaks the schema.
    """
    value = document.value
    if not isinstance(value, dict):
        raise document.error(f"expected a mapping, found {_found(value)}", Position(1, 1))
    for key in never:
        if key in value:
            raise document.error(f'unknown key "{key}"', document.key_position(f"/{key}"))
    errors: list[dict[str, Any]]
    errors = [{"type": "missing", "loc": (key,)} for key in required if key not in value]
    try:
        found = model.model_validate(value)
    except ValidationError as problem:
        errors += [dict(error) for error in problem.errors(include_url=False)]
    else:
        if not errors:
            return found
    raise _first_error(errors, document, model)


def _first_error(
    errors: Sequence[dict[str, Any]], document: Document, model: type[BaseModel]
) -> PromptSyntaxError:
    errors = _causes(errors)
    # A mistyped key is also a missing one: say the typo first.
    typos = [error for error in errors if error["type"] == "extra_forbidden"]
    described = [_describe(error, document, model) for error in typos or errors]
    position, message, hint = min(described, key=lambda item: item[0])
    if len(errors) > 1:
        message += f" (and {len(errors) - 1} more)"
    return document.error(" ".join(message.split()), position, hint=hint)


def _causes(errors: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The errors without those that others explain, and missing keys of one mapping as one."""
    found: list[dict[str, Any]] = []
    missing: dict[tuple[Any, ...], dict[str, Any]] = {}
    for error in errors:
        place = tuple(error["loc"])
        # A list whose only element is wrong is also complained of as empty.
        if any(len(other["loc"]) > len(place) and _is_below(other, place) for other in errors):
            continue
        if error["type"] != "missing":
            found.append(error)
        elif place[:-1] in missing:
            missing[place[:-1]]["keys"].append(place[-1])
        else:
            missing[place[:-1]] = {**error, "keys": [place[-1]]}
    return [*missing.values(), *found]


def _is_below(error: dict[str, Any], place: tuple[Any, ...]) -> bool:
    return tuple(error["loc"][: len(place)]) == place


def _describe(
    error: dict[str, Any], document: Document, model: type[BaseModel]
) -> tuple[Position, str, str]:
    kind, location = str(error["type"]), [part for part in error["loc"] if part != "[key]"]
    pointer = pointer_to(*location)
    if kind == "missing":
        parent = pointer_to(*location[:-1])
        position = document.key_position(parent) if parent else Position(1, 1)
        keys = [f'"{key}"' for key in error["keys"]]
        if len(keys) == 1:
            return position, f"the key {keys[0]} is missing", ""
        return position, f"the keys {', '.join(keys[:-1])} and {keys[-1]} are missing", ""
    if kind == "extra_forbidden":
        key = str(location[-1])
        hint = did_you_mean(key, _known_keys(model, location[:-1]))
        return document.key_position(pointer), f"unknown key {_shown(key)}", hint
    position = document.position(pointer) if location else Position(1, 1)
    if error["loc"] and error["loc"][-1] == "[key]":
        position = document.key_position(pointer)
    place = f"{'.'.join(str(part) for part in location)}: " if location else ""
    message, hint = _in_words(kind, error)
    return position, place + message, hint


def _found(value: JSON) -> str:
    """What a value is called where YAML is written."""
    name = type_name(value)
    return {"array": "a list", "object": "a mapping", "string": "text"}.get(name, name)


def _in_words(kind: str, error: dict[str, Any]) -> tuple[str, str]:
    """What is wrong with a value, and a hint."""
    found, context = error.get("input"), error.get("ctx", {})
    if kind in _TYPE_ERRORS:
        advice = "quote it" if kind == "string_type" and isinstance(found, int | float) else ""
        return f"expected {_TYPE_ERRORS[kind]}, found {_found(found)}", advice
    if kind == "literal_error":
        expected = str(context.get("expected", "")).replace("'", "")
        words = expected.replace(" or ", ", ").split(", ")
        return (
            f"{_shown(found)} is not one of {', '.join(words)}",
            did_you_mean(str(found), words),
        )
    if kind == "string_pattern_mismatch":
        pattern = str(context.get("pattern", ""))
        form = PATTERNS_IN_WORDS.get(pattern, f"of the form {pattern}")
        return f"{_shown(found)} is not {form}", ""
    if kind in _BOUNDS:
        if kind.endswith("too_short") and context["min_length"] == 1:
            return "must not be empty", ""
        return _BOUNDS[kind].format(**context), ""
    message = str(error["msg"]).removeprefix("Value error, ")
    message = re.sub(r"^Input should be (a valid )?", "must be ", message)
    return message[0].lower() + message[1:], ""


def _shown(value: JSON) -> str:
    """A value as one short line of JSON."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _known_keys(model: type[BaseModel], location: Sequence[str | int]) -> list[str]:
    """The keys that the mapping at a place of the schema may have."""
    options: list[Any] = [model]
    for part in location:
        options = [inner for option in options for inner in _step(option, str(part))]
    models = [option for option in options if _is_model(option)]
    return [field.alias or name for model in models for name, field in model.model_fields.items()]


def _step(option: Any, part: str) -> Iterable[Any]:
    """What the value under one key or index of a type may be."""
    if _is_model(option):
        fields = {field.alias or name: field for name, field in option.model_fields.items()}
        return _options(fields[part].annotation) if part in fields else []
    if get_origin(option) in (tuple, list, dict):
        members = [argument for argument in get_args(option) if argument is not ...]
        return _options(members[-1])
    return []


def _options(annotation: Any) -> list[Any]:
    """The plain types of an annotation: ``Annotated`` and unions taken apart."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _options(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return [option for argument in get_args(annotation) for option in _options(argument)]
    return [annotation]


def _is_model(option: Any) -> bool:
    return isinstance(option, type) and issubclass(option, BaseModel)
