"""Field-wise comparison of JSON objects."""

from collections.abc import Mapping
from typing import ClassVar

from promptops.core.canonical import JSON
from promptops.scoring.reading import as_text, normalize, read_object
from promptops.scoring.scorer import Score

_TOLERANCE = 1e-6


class JsonFields:
    """The share of expected fields that the answer's JSON object has right, by their weights.

    Texts are compared normalized, numbers within one part in a million (``"12.50"`` equals
    12.5), lists in any order. Fields that nobody expects are ignored.
    """

    name: ClassVar[str] = "json_fields"
    version: ClassVar[str] = "1"

    def __init__(
        self,
        *,
        weights: Mapping[str, float] | None = None,
        tolerance: Mapping[str, float] | None = None,
    ) -> None:
        """Say which fields count more, and which numbers need not be exact.

        Args:
            weights: Weight by field, 1 where none is given; 0 leaves a field out.
            tolerance: Tolerance by field, for numbers: a share of the expected number, or of 1
                where that is smaller.

        Raises:
            ValueError: A negative weight or tolerance.
        """
        self._weights, self._tolerance = dict(weights or {}), dict(tolerance or {})
        if any(each < 0 for each in (*self._weights.values(), *self._tolerance.values())):
            raise ValueError("weights and tolerances are 0 or more")

    def check(self, *, expected: JSON, **_: object) -> None:
        """See `promptops.scoring.scorer.fault`."""
        if not isinstance(expected, Mapping) or not expected:
            raise ValueError("json_fields needs an expected object with at least one field")

    def score(self, *, answer: str, expected: JSON, **_: object) -> Score:
        """See `Scorer.score`."""
        self.check(expected=expected)
        value = read_object(answer)
        if value is None:
            return Score(value=0.0, reason="not a JSON object")
        weight = {name: self._weights.get(name, 1.0) for name in expected}
        total = sum(weight.values())
        if total == 0:
            raise ValueError("no expected field has a weight")
        wrong = [
            name
            for name in expected
            if weight[name]
            and not same(value.get(name), expected[name], self._tolerance.get(name, _TOLERANCE))
        ]
        share = max(0.0, 1.0 - sum(weight[name] for name in wrong) / total)
        return Score(value=share, reason=f"wrong: {', '.join(wrong)}" if wrong else "all right")


def same(got: JSON, wanted: JSON, tolerance: float = _TOLERANCE) -> bool:
    """Whether two JSON values say the same; see `JsonFields`."""
    if wanted is None or got is None:
        return got in (None, "") and wanted in (None, "")
    if isinstance(wanted, bool) or isinstance(got, bool):
        return got is wanted
    if isinstance(wanted, int | float):
        number = _number(got)
        return number is not None and abs(number - wanted) <= tolerance * max(1.0, abs(wanted))
    if isinstance(wanted, list | tuple):
        return (
            isinstance(got, list)
            and len(got) == len(wanted)
            and all(any(same(each, other, tolerance) for other in got) for each in wanted)
        )
    if isinstance(wanted, Mapping):
        return isinstance(got, Mapping) and all(
            same(got.get(name), wanted[name], tolerance) for name in wanted
        )
    return normalize(as_text(got)) == normalize(as_text(wanted))


def _number(value: JSON) -> float | None:
    try:
        return float(str(value).strip().lstrip("$€£").replace(",", ""))
    except ValueError:
        return None
