"""How much an optimization looks at."""

from dataclasses import dataclass

from promptops.evaluation.comparison import ALPHA
from promptops.evaluation.noninferiority import p_not_worse

_VERDICT_SHARE = 0.5
"""Largest share of the answers that goes to the verdict, both wordings together."""

_BASE_SHARE = 0.08
"""Share of the answers that the wording in use takes before anything is proposed."""

_LEAST_BASE = 8
"""Cases below which the wording in use hardly shows what it gets wrong."""

LEAST_TEST = 8
"""Held-out cases below which a verdict can hardly show anything."""


FINALISTS = 2
"""Shorter wordings that may meet the held-out cases; they share the error rate."""


def held_out_suffice(test: int, margin: float) -> bool:
    """Whether so many held-out cases alone can rule a loss of the margin out for each finalist."""
    return test > 0 and p_not_worse(0, 0, test, margin) * FINALISTS < ALPHA


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much to look at; the defaults suit forty golden cases and a small local model.

    Args:
        most_candidates: Wordings that may enter the race; the allowance decides how many do.
        most_children: Wordings made of the best ones after the race.
        last_rung: Cases of the last rung of a race that no allowance limits.
        most_base: Cases, none of them held out, that the wording in use runs on before anything
            is proposed; a small allowance runs fewer (`base_cases`).
        most_train: Training cases looked at.
        most_dev: Dev cases looked at.
        most_test: Held-out cases of the final test.
        shares: Shares of the golden set for train, dev and test. Candidates are selected on
            training cases as well, those that they learned nothing from, so few dev cases are
            enough and the verdict gets the most: resampling the measured sample prompts, real
            gains were shown 42 times in a hundred with 12 dev and 16 test cases, 65 times with
            4 and 24, for the same number of calls.
        verdict: Whether held-out cases are kept back for a verdict. Without them every case
            teaches and selects, and the best wording found is told as what it is: not proven.
        margin: Largest loss of score that counts as none.
        seed: Seed of every choice.
    """

    most_candidates: int = 48
    most_children: int = 4
    last_rung: int = 24
    most_base: int = 16
    most_train: int = 100
    most_dev: int = 12
    most_test: int = 40
    shares: tuple[float, float, float] = (0.3, 0.1, 0.6)
    verdict: bool = True
    margin: float = 0.1
    seed: int = 7

    def base_cases(self, answers: int | None) -> int:
        """Cases that the wording in use runs on first; the race adds those that it needs.

        Args:
            answers: Answers that the optimization may ask for; None is no limit.
        """
        if answers is None:
            return self.most_base
        return min(self.most_base, max(_LEAST_BASE, round(_BASE_SHARE * answers)))

    def test_cases(self, answers: int | None) -> int:
        """Held-out cases of the verdict: never so many that nothing is left to search with.

        Args:
            answers: Answers that the optimization may ask for; None is no limit.
        """
        if answers is None:
            return self.most_test
        return min(self.most_test, max(LEAST_TEST, round(_VERDICT_SHARE * answers / 2)))
