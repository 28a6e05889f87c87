"""A document checked against its schema, with pydantic's complaints in our words and places."""

from collections.abc import Iterable, Sequence
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

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
        raise document.error(f"expected a mapping, found {type_name(value)}", Position(1, 1))
    for key in required:
        if key not in value:
            raise document.error(f'the key "{key}" is missing', Position(1, 1))
    for key in never:
        if key in value:
            raise document.error(f'unknown key "{key}"', document.key_position(f"/{key}"))
    try:
        return model.model_validate(value)
    except ValidationError as problem:
        raise _first_error(problem, document, model) from None


def _first_error(
    problem: ValidationError, document: Document, model: type[BaseModel]
) -> PromptSyntaxError:
    errors = problem.errors(include_url=False, include_context=True)
    # A mistyped key is also a missing one: say the typo first.
    typos = [error for error in errors if error["type"] == "extra_forbidden"]
    described = [_describe(dict(error), document, model) for error in typos or errors]
    position, message, hint = min(described, key=lambda item: item[0])
    if len(errors) > 1:
        message += f" (and {len(errors) - 1} more)"
    return document.error(message, position, hint=hint)


def _describe(
    error: dict[str, Any], document: Document, model: type[BaseModel]
) -> tuple[Position, str, str]:
    kind, location = str(error["type"]), [part for part in error["loc"] if part != "[key]"]
    pointer = pointer_to(*location)
    key = str(location[-1]) if location else ""
    if kind == "missing":
        parent = pointer_to(*location[:-1])
        position = document.key_position(parent) if parent else Position(1, 1)
        return position, f'the key "{key}" is missing', ""
    if kind == "extra_forbidden":
        hint = did_you_mean(key, _known_keys(model, location[:-1]))
        return document.key_position(pointer), f'unknown key "{key}"', hint
    position = document.position(pointer) if location else Position(1, 1)
    if error["loc"] and error["loc"][-1] == "[key]":
        position = document.key_position(pointer)
    shown = f"{'.'.join(str(part) for part in location)}: " if location else ""
    found = error.get("input")
    if kind in _TYPE_ERRORS:
        advice = "quote it" if kind == "string_type" and isinstance(found, int | float) else ""
        message = f"{shown}expected {_TYPE_ERRORS[kind]}, found {type_name(found)}"
        return position, message, advice
    if kind == "literal_error":
        expected = str(error.get("ctx", {}).get("expected", "")).replace("'", "")
        words = expected.replace(" or ", ", ").split(", ")
        return (
            position,
            f"{shown}{found!r} is not one of {', '.join(words)}",
            did_you_mean(str(found), words),
        )
    if kind == "string_pattern_mismatch":
        pattern = str(error.get("ctx", {}).get("pattern", ""))
        form = PATTERNS_IN_WORDS.get(pattern, f"of the form {pattern}")
        return position, f'{shown}"{found}" is not {form}', ""
    message = str(error["msg"]).removeprefix("Value error, ")
    return position, shown + message[0].lower() + message[1:], ""


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
