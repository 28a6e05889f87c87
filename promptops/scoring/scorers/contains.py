"""Containment."""

from typing import ClassVar

from promptops.core.canonical import JSON
from promptops.scoring.reading import answer_text, as_text, expected_text, is_abstention, normalize
from promptops.scoring.scorer import Score


class Contains:
    """The share of expected texts that occur in the answer, as whole normalized words.

    The expected value is one text or a list of texts. Where nothing is expected (None), the
    answer must say that it has none.
    """

    name: ClassVar[str] = "contains"
    version: ClassVar[str] = "1"

    def score(self, *, answer: str, expected: JSON, **_: object) -> Score:
        """See `Scorer.score`."""
        got = answer_text(answer, expected)
        if expected is None:
            yes = is_abstention(got)
            return Score(value=float(yes), reason="abstained" if yes else "should have abstained")
        only = next(iter(expected.values())) if _has_one_field(expected) else expected
        wanted = [as_text(each) for each in only] if isinstance(only, list | tuple) else None
        if wanted is None:
            wanted = [expected_text(expected)]
        text = f" {normalize(got)} "
        missing = [each for each in wanted if f" {normalize(each)} " not in text]
        value = 1.0 - len(missing) / len(wanted) if wanted else 1.0
        reason = f'lacks "{missing[0][:60]}"' if missing else "contains all of it"
        return Score(value=value, reason=reason)


def _has_one_field(expected: JSON) -> bool:
    return isinstance(expected, dict) and len(expected) == 1
