"""Edit distance."""

from typing import ClassVar

from promptops.core.canonical import JSON
from promptops.scoring.reading import answer_text, expected_text
from promptops.scoring.scorer import Score


class Levenshtein:
    """1 - edit distance / length of the longer text, over characters.

    Source: Levenshtein 1966, normalized by the longer text; computed by rapidfuzz.
    """

    name: ClassVar[str] = "levenshtein"
    version: ClassVar[str] = "1"

    def __init__(self, *, ignore_case: bool = False) -> None:
        """Say whether case counts."""
        self._fold = ignore_case

    def score(self, *, answer: str, expected: JSON, **_: object) -> Score:
        """See `Scorer.score`."""
        from rapidfuzz.distance import Levenshtein as Distance

        got, wanted = answer_text(answer, expected), expected_text(expected)
        if self._fold:
            got, wanted = got.casefold(), wanted.casefold()
        return Score(
            value=Distance.normalized_similarity(got, wanted),
            reason=f"{Distance.distance(got, wanted)} edits",
        )
