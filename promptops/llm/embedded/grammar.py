"""Turning a JSON schema into the grammar that the embedded engine samples under.

llama.cpp's own schema grammar lets a model put as many line breaks and blanks between tokens as
it likes, and a small model likes many: about 20 tokens for an answer of 11. The grammar here allows
one layout only, the one ``json.dumps`` writes and examples in prompts use (``{"a": 1, "b": 2}``).
"""

import json
from collections.abc import Mapping
from functools import lru_cache
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
