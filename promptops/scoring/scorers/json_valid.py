"""Validity against the output schema."""

from typing import ClassVar

from promptops.prompts.model import Prompt
from promptops.scoring.reading import read_object
from promptops.scoring.scorer import Score


class JsonValid:
    """1 when the answer is a JSON object that follows the prompt's output schema."""

    name: ClassVar[str] = "json_valid"
    version: ClassVar[str] = "1"

    def score(self, *, answer: str, prompt: Prompt, **_: object) -> Score:
        """See `Scorer.score`."""
        value = read_object(answer)
        if value is None:
            return Score(value=0.0, reason="not a JSON object")
        if prompt.output is None or prompt.output.schema_ is None:
            return Score(value=1.0, reason="a JSON object; the prompt has no schema")
        from jsonschema import Draft202012Validator

        problem = next(iter(Draft202012Validator(prompt.output.schema_).iter_errors(value)), None)
        if problem is None:
            return Score(value=1.0, reason="follows the schema")
        return Score(value=0.0, reason=problem.message[:120])
