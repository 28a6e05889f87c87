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
        prices: The same for other quantities, by name.
    """

    name: str
    quantity: str
    claims: tuple[Claim, ...]
    price_of_doubling: float = 0.0
    prices: tuple[tuple[str, float], ...] = ()

    def asks(self, proposer: object) -> bool:
        """Whether a proposer is worth asking: one with ``saves = True`` only takes words away."""
        return "less" in self.claims or not getattr(proposer, "saves", False)

    def utility(
        self, *, gain: float, ratio: float, slack: float, others: Mapping[str, float] | None = None
    ) -> float:
        """Rank one candidate; more is better, the base itself has 0.

        Args:
            gain: Mean score minus the base's on the same cases.
            ratio: The candidate's quantity over the base's.
            slack: Loss that noise on so few cases may explain.
            others: The ratios of the quantities in ``prices``.
        """
        size = math.log2(max(ratio, 1e-6))
        if "better" in self.claims:
            extra = sum(
                price * math.log2(max((others or {}).get(name, 1.0), 1e-6))
                for name, price in self.prices
            )
            return gain - self.price_of_doubling * size - extra
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


WEIGHTS: Mapping[str, str] = {
    "tokens": "input_tokens",
    "output": "output_tokens",
    "cost": "cost_usd",
    "latency": "latency_ms",
}
"""What can be weighed against accuracy, and the quantity it stands for."""


def weighted(weights: Mapping[str, float]) -> Goal:
    """A goal of one's own: what a doubling of each quantity costs, in points of accuracy.

    Args:
        weights: ``accuracy`` (1 when not given) and any of `WEIGHTS`, none below zero. With
            ``accuracy=1, tokens=0.05`` a wording twice as long must score five points more. With
            ``accuracy=0`` only a saving counts, at no loss of accuracy.

    Raises:
        UsageError: An unknown name, a weight below zero, or nothing to weigh.
    """
    for name, weight in weights.items():
        if name != "accuracy" and name not in WEIGHTS:
            known = ("accuracy", *WEIGHTS)
            raise UsageError(
                f'nothing called "{name}" can be weighed',
                hint=did_you_mean(name, known) or f"known: {', '.join(known)}",
            )
        if not (math.isfinite(weight) and weight >= 0):
            raise UsageError(f"the weight of {name} is {weight:g}: it is 0 or more")
    accuracy = weights.get("accuracy", 1.0)
    quantities = sorted(
        ((weight, name) for name, weight in weights.items() if name in WEIGHTS and weight > 0),
        key=lambda pair: (-pair[0], pair[1]),
    )
    if not accuracy and not quantities:
        raise UsageError("all weights are 0", hint="give accuracy=1 and what should be less")
    text = ",".join(f"{name}={weight:g}" for name, weight in sorted(weights.items()))
    first = WEIGHTS[quantities[0][1]] if quantities else "input_tokens"
    if not accuracy:
        return Goal(name=text, quantity=first, claims=_LESS)
    return Goal(
        name=text,
        quantity=first,
        claims=("less", "better") if quantities else _BETTER,
        price_of_doubling=quantities[0][0] / accuracy if quantities else 0.0,
        prices=tuple((WEIGHTS[name], weight / accuracy) for weight, name in quantities[1:]),
    )


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


def visible_quantity(quantity: str, *evaluations: Evaluation) -> str:
    """The quantity to compare by: tokens sent, where a price is wanted and every call is free."""
    free = all(case.cost_usd == 0 for each in evaluations for case in each.cases)
    return "input_tokens" if quantity == "cost_usd" and free else quantity


def amount(quantity: str, evaluation: Evaluation) -> float:
    """Mean of a quantity over the cases of an evaluation."""
    return float(getattr(evaluation, f"{quantity}_mean"))
