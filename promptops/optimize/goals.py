"""What an optimization is for: how candidates are ranked, and what must be shown in the end."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from promptops.core.suggest import did_you_mean
from promptops.errors import UsageError
from promptops.evaluation.result import Evaluation

Claim = Literal["better", "less"]
"""``better``: the score is higher. ``less``: the score is not lower by more than the margin, and
the goal's quantity is lower."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A goal by name.

    Args:
        name: ``accuracy``, ``shorter``, ``cheaper``, ``faster`` or ``balanced``.
        quantity: What should fall: ``input_tokens``, ``cost_usd`` or ``latency_ms``.
        claims: The claims that reach the goal, the preferred one first.
        price_of_doubling: Score points that a doubling of the quantity must earn.
    """

    name: str
    quantity: str
    claims: tuple[Claim, ...]
    price_of_doubling: float = 0.0

    def utility(self, *, gain: float, ratio: float, slack: float) -> float:
        """Rank one candidate; more is better, the base itself has 0.

        Args:
            gain: Mean score minus the base's on the same cases.
            ratio: The candidate's quantity over the base's.
            slack: Loss that noise on so few cases may explain.
        """
        size = math.log2(max(ratio, 1e-6))
        if "better" in self.claims:
            return gain - self.price_of_doubling * size
        # A loss beyond noise outweighs any saving.
        return -size + 10.0 * min(0.0, gain + slack)

    def claim(self, *, gain: float, ratio: float, slack: float, least_gain: float) -> Claim | None:
        """The claim that a candidate's dev result lets hope for, or None for none."""
        for claim in self.claims:
            if claim == "better" and gain >= least_gain:
                return claim
            if claim == "less" and ratio <= LEAST_SAVING and gain >= -slack:
                return claim
        return None


LEAST_SAVING = 0.95
"""A saving below 5 % is not worth a new version."""

_BETTER: tuple[Claim, ...] = ("better",)
_LESS: tuple[Claim, ...] = ("less",)

GOALS: Mapping[str, Goal] = {
    goal.name: goal
    for goal in (
        Goal(name="accuracy", quantity="input_tokens", claims=_BETTER, price_of_doubling=0.005),
        Goal(name="shorter", quantity="input_tokens", claims=_LESS),
        Goal(name="cheaper", quantity="cost_usd", claims=_LESS),
        Goal(name="faster", quantity="latency_ms", claims=_LESS),
        Goal(
            name="balanced",
            quantity="input_tokens",
            # Less first: what is shorter need not be better as well, and a gain shows anyway.
            claims=("less", "better"),
            price_of_doubling=0.02,
        ),
    )
}


def find_goal(name: str) -> Goal:
    """The goal called ``name``.

    Raises:
        UsageError: There is none.
    """
    if name in GOALS:
        return GOALS[name]
    known = ", ".join(GOALS)
    raise UsageError(
        f'no goal is called "{name}"', hint=did_you_mean(name, GOALS) or f"known: {known}"
    )


def quantity_ratio(quantity: str, new: Evaluation, base: Evaluation) -> float:
    """How much of a quantity the new wording takes for each unit of the base's.

    Free models have no price: the number of tokens stands for it then.
    """
    before, after = amount(quantity, base), amount(quantity, new)
    if quantity == "cost_usd" and before == 0 == after:
        before = base.input_tokens_mean + base.output_tokens_mean
        after = new.input_tokens_mean + new.output_tokens_mean
    return after / before if before > 0 else 1.0


def amount(quantity: str, evaluation: Evaluation) -> float:
    """Mean of a quantity over the cases of an evaluation."""
    return float(getattr(evaluation, f"{quantity}_mean"))
