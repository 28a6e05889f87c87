"""The filters of the template language, each bounded before it builds its result."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from promptops.core.canonical import JSON, canonical_json
from promptops.errors import RenderError
from promptops.prompts.fields import type_name
from promptops.prompts.nodes import Constant

MAX_OUTPUT_BYTES: Final = 256 * 1024
"""The most that one prompt may render to, bytes of UTF-8; intermediate texts keep it too."""


def too_large() -> RenderError:
    """The refusal of a text beyond `MAX_OUTPUT_BYTES`."""
    return RenderError(f"the rendered text is larger than {MAX_OUTPUT_BYTES // 1024} KiB")


def to_text(value: JSON) -> str:
    """How a value is written into a prompt: text as it is, nothing for null, JSON for the rest.

    Raises:
        RenderError: JSON does not have the value (infinity, integers beyond 2**53 - 1).
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    try:
        return canonical_json(value).decode("utf-8")
    except ValueError as problem:
        raise RenderError(f"a value cannot be written: {problem}") from problem
    except RecursionError as problem:
        raise RenderError("a value is nested too deeply") from problem


def apply_filter(name: str, value: JSON, arguments: Sequence[Constant]) -> JSON:
    """The filtered value; ``default`` is not here, because it takes what is missing.

    Raises:
        RenderError: The value is of the wrong type, or the result would be too large.
    """
    return _FILTERS[name](value, *arguments)


def _upper(value: JSON) -> JSON:
    return _text("upper", value).upper()


def _lower(value: JSON) -> JSON:
    return _text("lower", value).lower()


def _trim(value: JSON) -> JSON:
    return _text("trim", value).strip()


def _length(value: JSON) -> JSON:
    if value is None:
        return 0
    if isinstance(value, str | Mapping | Sequence):
        return len(value)
    raise RenderError(f"length needs a text, an array or an object, not {type_name(value)}")


def _join(value: JSON, separator: str = "") -> JSON:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise RenderError(f"join needs an array, not {type_name(value)}")
    parts = [to_text(item) for item in value]
    if sum(map(len, parts)) + len(separator) * len(parts) > MAX_OUTPUT_BYTES:
        raise too_large()
    return separator.join(parts)


def _replace(value: JSON, old: str, new: str) -> JSON:
    text = _text("replace", value)
    if len(text) + text.count(old) * (len(new) - len(old)) > MAX_OUTPUT_BYTES:
        raise too_large()
    return text.replace(old, new)


def _text(name: str, value: JSON) -> str:
    if isinstance(value, Mapping) or (isinstance(value, Sequence) and not isinstance(value, str)):
        raise RenderError(f"{name} needs a text, not {type_name(value)}")
    text = to_text(value)
    # Changing case makes a text at most three times as long.
    if len(text) > MAX_OUTPUT_BYTES:
        raise too_large()
    return text


_FILTERS: Final[Mapping[str, Callable[..., JSON]]] = {
    "join": _join,
    "length": _length,
    "lower": _lower,
    "replace": _replace,
    "trim": _trim,
    "upper": _upper,
}
