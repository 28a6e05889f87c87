"""JSON Schemas that answers are held against."""

from typing import Any

from promptops.core.canonical import JSON


def validator_of(schema: JSON) -> Any:
    """What checks values against a schema, by the draft that it names (2020-12 else).

    Raises:
        ValueError: Not a JSON Schema.
    """
    import jsonschema

    kind = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
    try:
        kind.check_schema(schema)
    except jsonschema.SchemaError as problem:
        raise ValueError(f"not a JSON Schema: {problem.message}") from problem
    return kind(schema)


def fault_of(validator: Any, value: JSON) -> str:
    """The first thing about a value that breaks the schema, empty when nothing does."""
    problem = next(iter(validator.iter_errors(value)), None)
    return "" if problem is None else f"{problem.json_path}: {problem.message}"[:160]
