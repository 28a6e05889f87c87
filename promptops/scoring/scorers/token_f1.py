"""Token F1."""

from collections import Counter
from typing import ClassVar

from promptops.core.canonical import JSON
from promptops.scoring.reading import answer_text, expected_text, is_abstention, words
from promptops.scoring.scorer import Score


class TokenF1:
    """Harmonic mean of word precision and recall, as SQuAD computes it.

    Where nothing is expected (None), 1 for an answer that says it has none.
    """

    name: ClassVar[str] = "token_f1"
    version: ClassVar[str] = "1"

    def score(self, *, answer: str, expected: JSON, **_: object) -> Score:
        """See `Scorer.score`."""
        text = answer_text(answer, expected)
        if expected is None:
            yes = is_abstention(text)
            return Score(value=float(yes), reason="abstained" if yes else "should have abstained")
        got, wanted = words(text), words(expected_text(expected))
        shared = sum((Counter(got) & Counter(wanted)).values())
        if not got or not wanted:
            value = float(got == wanted)
        else:
            value = 2 * shared / (len(got) + len(wanted))
        return Score(value=value, reason=f"{shared} of {len(wanted)} words")
