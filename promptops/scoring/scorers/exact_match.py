"""Exact match."""

from typing import ClassVar

from promptops.core.canonical import JSON, canonical_json
from promptops.scoring.reading import answer_text, expected_text, read_object
from promptops.scoring.scorer import Score


class ExactMatch:
    """1 when the answer equals the expected value, surrounding space aside.

    JSON answers are compared as values, so key order and spacing do not count.
    """

    name: ClassVar[str] = "exact_match"
    version: ClassVar[str] = "1"

    def score(self, *, answer: str, expected: JSON, **_: object) -> Score:
        """See `Scorer.score`."""
        if isinstance(expected, dict) and (value := read_object(answer)) is not None:
            equal = canonical_json(value) == canonical_json(expected)
        else:
            equal = answer_text(answer, expected) == expected_text(expected).strip()
        return Score(value=float(equal), reason="equal" if equal else "differs")
