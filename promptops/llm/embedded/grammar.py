"""Turning a JSON schema into the grammar that the embedded engine samples under.

llama.cpp's own schema grammar lets a model put as many line breaks and blanks between tokens as
it likes, and a small model likes many: about 20 tokens for an answer of 11. The grammar here allows
one layout only, the one ``json.dumps`` writes and examples in prompts use (``{"a": 1, "b": 2}``).
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from itertools import product
from typing import Any

from promptops.core.canonical import JSON
from promptops.errors import ProviderRefusedError

_LAYOUT = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}

_NAMED = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
_VALUES = frozenset({"enum", "const", "default", "examples"})


def schema_grammar(schema: Mapping[str, JSON]) -> str:
    """Give the llguidance grammar of the JSON values that follow ``schema``, in one layout.

    Raises:
        ProviderRefusedError: This is not a JSON schema.
    """
    return _grammar(json.dumps(schema))


@lru_cache(maxsize=256)
def _grammar(text: str) -> str:
    import jsonschema

    schema = json.loads(text)
    # The engine passes over a schema that it cannot read and answers unconstrained: check first.
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError as problem:
        place = "/".join(str(part) for part in problem.absolute_path)
        raise ProviderRefusedError(
            f"the output schema is not a JSON schema: {problem.message}",
            where=f"output.schema/{place}".rstrip("/"),
        ) from problem
    laid_out = {**closed(schema), "x-guidance": _LAYOUT}
    return f"%llguidance {{}}\nstart: %json {json.dumps(laid_out)}"


_MOST_TEXTS = 256


def only_texts(schema: Mapping[str, JSON]) -> tuple[str, ...]:
    """All answers that `schema_grammar` lets through, where they are few; empty where they are not.

    Once an answer can go on in one way only, the rest of it need not be computed.
    """
    return _only_texts(json.dumps(schema))


@lru_cache(maxsize=256)
def _only_texts(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_texts(json.loads(text))))


def _texts(schema: JSON) -> list[str]:
    """The answers to a schema of fixed strings and of objects of them, none left out."""
    match schema:
        case {"enum": [*values], **more} if more in ({}, {"type": "string"}):
            found = [json.dumps(value) for value in values]
            # What JSON may spell in two ways has more answers than this.
            plain = all(
                isinstance(value, str) and value.isascii() and text == f'"{value}"'
                for value, text in zip(values, found, strict=True)
            )
            return found if plain and len(found) <= _MOST_TEXTS else []
        case {"type": "object", "properties": {**parts}, "required": [*required], **more} if set(
            required
        ) == set(parts) and more in ({}, {"additionalProperties": False}):
            texts = [
                [f"{json.dumps(name)}: {one}" for one in _texts(parts[name])] for name in parts
            ]
            count = 1
            for each in texts:
                count *= len(each)
            if not 0 < count <= _MOST_TEXTS:
                return []
            return [f"{{{', '.join(each)}}}" for each in product(*texts)]
    return []


def closed(schema: JSON) -> Any:
    """The schema with objects that hold what they declare and no more.

    As in the strict mode of hosted providers: left open, a small model goes on inventing fields.
    """
    if isinstance(schema, Mapping):
        parts = {name: _closed_part(name, part) for name, part in schema.items()}
        if "properties" in parts:
            parts.setdefault("additionalProperties", False)
        return parts
    return [closed(part) for part in schema] if isinstance(schema, list | tuple) else schema


def _closed_part(keyword: str, part: JSON) -> Any:
    if keyword in _NAMED and isinstance(part, Mapping):
        return {name: closed(inner) for name, inner in part.items()}
    return part if keyword in _VALUES else closed(part)


def check_constrained(text: str, schema: Mapping[str, JSON], finish_reason: str) -> None:
    """Make sure that the engine did hold the answer to the schema.

    Some schema features (look-around in a ``pattern``) are beyond its grammars, and it then answers
    freely without saying so.

    Raises:
        ProviderRefusedError: A finished answer does not follow the schema, or an unfinished one
            does not even begin as JSON.
    """
    import jsonschema

    if finish_reason != "stop":
        # Cut off by max_tokens: only its beginning can be judged.
        held = not text or text[0] in '{["-0123456789tfn'
    else:
        try:
            held = jsonschema.Draft202012Validator(dict(schema)).is_valid(json.loads(text))
        except ValueError:
            held = False
    if not held:
        raise ProviderRefusedError(
            "the embedded engine cannot hold an answer to this output schema",
            hint="use plain types, enum, required, lengths and simple patterns",
        )
