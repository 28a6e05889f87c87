"""How much an optimization looks at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much to look at; the defaults suit forty golden cases and a small local model.

    Args:
        most_candidates: Wordings that enter the race.
        most_merges: Merges of the best.
        first_rung: Cases of the first rung of the race; twice as many in each further one.
        last_rung: Cases of the last rung: dev cases, then training cases not learned from.
        most_train: Training cases looked at.
        most_dev: Dev cases looked at.
        most_test: Held-out cases of the final test.
        shares: Shares of the golden set for train, dev and test. Candidates are selected on
            training cases as well, those that they learned nothing from, so few dev cases are
            enough and the verdict gets the most: resampling the measured sample prompts, real
            gains were shown 42 times in a hundred with 12 dev and 16 test cases, 65 times with
            4 and 24, for the same number of calls.
        margin: Largest loss of score that counts as none.
        seed: Seed of every choice.
    """

    most_candidates: int = 8
    most_merges: int = 2
    first_rung: int = 5
    last_rung: int = 16
    most_train: int = 40
    most_dev: int = 12
    most_test: int = 40
    shares: tuple[float, float, float] = (0.3, 0.1, 0.6)
    margin: float = 0.1
    seed: int = 7
