"""Numeric match."""

from typing import ClassVar

from promptops.core.canonical import JSON
from promptops.scoring.reading import answer_text, expected_text, first_number
from promptops.scoring.scorer import Score

_TOLERANCE = 1e-6  # relative; absorbs the rounding of printed floats, nothing more


class Numeric:
    """1 when the first number of the answer is the expected number."""

    name: ClassVar[str] = "numeric"
    version: ClassVar[str] = "1"

    def score(self, *, answer: str, expected: JSON, **_: object) -> Score:
        """See `Scorer.score`."""
        wanted = first_number(expected_text(expected))
        if wanted is None:
            raise ValueError(f"numeric needs an expected number, not {expected!r}")
        got = first_number(answer_text(answer, expected))
        if got is None:
            return Score(value=0.0, reason="no number in the answer")
        right = abs(got - wanted) <= _TOLERANCE * max(1.0, abs(wanted))
        return Score(value=float(right), reason="equal" if right else f"said {got:g}")
