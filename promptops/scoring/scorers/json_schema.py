"""A JSON Schema."""

from collections.abc import Mapping
from typing import Any, ClassVar

from promptops.core.canonical import JSON
from promptops.prompts.model import Prompt
from promptops.scoring.reading import read_json
from promptops.scoring.schemas import fault_of, validator_of
from promptops.scoring.scorer import Score


class JsonSchema:
    """1 when the answer is JSON that follows a schema: the option's, or the prompt's own.

    Unlike ``json_valid`` it takes any JSON value, and refuses a prompt without a schema.
    """

    name: ClassVar[str] = "json_schema"
    version: ClassVar[str] = "1"

    def __init__(self, *, schema: Mapping[str, JSON] | None = None, fenced: bool = True) -> None:
        """Keep the schema.

        Args:
            schema: A JSON Schema; None takes that of the prompt's output.
            fenced: Whether JSON in a code fence counts as JSON.

        Raises:
            ValueError: Not a JSON Schema.
        """
        self._validator = None if schema is None else validator_of(schema)
        self._fenced = fenced

    def check(self, *, prompt: Prompt, **_: object) -> None:
        """See `promptops.scoring.scorer.fault`."""
        self._validator_for(prompt)

    def score(self, *, answer: str, prompt: Prompt, **_: object) -> Score:
        """See `Scorer.score`."""
        validator = self._validator_for(prompt)
        try:
            value = read_json(answer, fenced=self._fenced)
        except ValueError:
            return Score(value=0.0, reason="not JSON")
        fault = fault_of(validator, value)
        return Score(value=float(not fault), reason=fault or "follows the schema")

    def _validator_for(self, prompt: Prompt) -> Any:
        if self._validator is not None:
            return self._validator
        if prompt.output is None:
            raise ValueError("json_schema needs a schema: as an option, or the prompt's output")
        return validator_of(prompt.output.schema_)
