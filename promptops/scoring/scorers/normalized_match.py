"""Match after normalization."""

from typing import ClassVar

from promptops.core.canonical import JSON
from promptops.scoring.reading import answer_text, expected_text, is_abstention, normalize
from promptops.scoring.scorer import Score


class NormalizedMatch:
    """1 when answer and expected text agree after case, punctuation and articles are dropped.

    Where nothing is expected (None), any wording of "there is no answer" counts.
    """

    name: ClassVar[str] = "normalized_match"
    version: ClassVar[str] = "1"

    def score(self, *, answer: str, expected: JSON, **_: object) -> Score:
        """See `Scorer.score`."""
        got = answer_text(answer, expected)
        if expected is None:
            return _abstained(is_abstention(got))
        equal = normalize(got) == normalize(expected_text(expected))
        return Score(value=float(equal), reason="equal" if equal else f'said "{got[:60]}"')


def _abstained(yes: bool) -> Score:
    return Score(value=float(yes), reason="abstained" if yes else "should have abstained")
