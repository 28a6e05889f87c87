"""Numeric match."""

from typing import ClassVar

from promptops.core.canonical import JSON
from promptops.scoring.reading import answer_text, expected_text, first_number
from promptops.scoring.scorer import Score

_TOLERANCE = 1e-6  # absorbs the rounding of printed floats, nothing more


class Numeric:
    """1 when the first number of the answer is the expected number, within a tolerance."""

    name: ClassVar[str] = "numeric"
    version: ClassVar[str] = "1"

    def __init__(self, *, abs: float | None = None, rel: float | None = None) -> None:  # noqa: A002 - the options' names
        """Keep the tolerances; a number within either of them is right.

        Args:
            abs: Difference that still counts as equal, in the unit of the numbers.
            rel: Difference that still counts, as a share of the expected number.

        Raises:
            ValueError: A negative tolerance.
        """
        if (abs or 0) < 0 or (rel or 0) < 0:
            raise ValueError("a tolerance is 0 or more")
        self._abs, self._rel = abs, rel

    def check(self, *, expected: JSON, **_: object) -> None:
        """See `promptops.scoring.scorer.fault`."""
        _wanted(expected)

    def score(self, *, answer: str, expected: JSON, **_: object) -> Score:
        """See `Scorer.score`."""
        wanted = _wanted(expected)
        got = first_number(answer_text(answer, expected))
        if got is None:
            return Score(value=0.0, reason="no number in the answer")
        off = abs(got - wanted)
        right = off <= max(
            _TOLERANCE * max(1.0, abs(wanted)),
            self._abs or 0.0,
            (self._rel or 0.0) * abs(wanted),
        )
        return Score(value=float(right), reason="equal" if right else f"said {got:g}")


def _wanted(expected: JSON) -> float:
    wanted = first_number(expected_text(expected))
    if wanted is None:
        raise ValueError(f"numeric needs an expected number, not {expected!r}")
    return wanted
