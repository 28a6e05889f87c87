"""Field-wise comparison of JSON objects."""

from collections.abc import Mapping
from typing import ClassVar

from promptops.core.canonical import JSON
from promptops.scoring.reading import as_text, normalize, read_object
from promptops.scoring.scorer import Score


class JsonFields:
    """The share of expected fields that the answer's JSON object has right.

    Texts are compared normalized, numbers within one part in a million (``"12.50"`` equals
    12.5), lists in any order. Fields that nobody expects are ignored.
    """

    name: ClassVar[str] = "json_fields"
    version: ClassVar[str] = "1"

    def score(self, *, answer: str, expected: JSON, **_: object) -> Score:
        """See `Scorer.score`."""
        if not isinstance(expected, Mapping) or not expected:
            raise TypeError("json_fields needs an expected object with at least one field")
        value = read_object(answer)
        if value is None:
            return Score(value=0.0, reason="not a JSON object")
        wrong = [name for name in expected if not same(value.get(name), expected[name])]
        share = 1.0 - len(wrong) / len(expected)
        return Score(value=share, reason=f"wrong: {', '.join(wrong)}" if wrong else "all right")


def same(got: JSON, wanted: JSON) -> bool:
    """Whether two JSON values say the same; see `JsonFields`."""
    if wanted is None or got is None:
        return got in (None, "") and wanted in (None, "")
    if isinstance(wanted, bool) or isinstance(got, bool):
        return got is wanted
    if isinstance(wanted, int | float):
        number = _number(got)
        return number is not None and abs(number - wanted) <= 1e-6 * max(1.0, abs(wanted))
    if isinstance(wanted, list | tuple):
        return (
            isinstance(got, list)
            and len(got) == len(wanted)
            and all(any(same(each, other) for other in got) for each in wanted)
        )
    if isinstance(wanted, Mapping):
        return isinstance(got, Mapping) and all(same(got.get(k), wanted[k]) for k in wanted)
    return normalize(as_text(got)) == normalize(as_text(wanted))


def _number(value: JSON) -> float | None:
    try:
        return float(str(value).strip().lstrip("$€£").replace(",", ""))
    except ValueError:
        return None
