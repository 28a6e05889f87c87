"""The decision: which targets to try, in which order, and why. Pure.

Targets that break a constraint are never in the order, not even as a fallback. The others get

    utility = quality_lcb - price * cost - weight * max(0, p95 / target - 1) + preference

where ``price`` (quality points per unit of cost) comes from the slider and the measured frontier
(`price_of_quality`). A target without enough runs keeps its declared place: what was not measured
is neither promoted nor demoted. A target whose lower bound is under the floor comes last.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from promptops.models.card import ModelCard
from promptops.routing.ask import Ask
from promptops.routing.constraints import refusal
from promptops.routing.estimates import Estimate, Estimates, upper_hull
from promptops.routing.policy import Policy, TargetSpec

Standing = Literal["measured", "not-enough-runs", "below-floor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A target worth trying.

    Attributes:
        target: The target.
        standing: Whether its place rests on measurements.
        score: The utility (minus the cost where the slider is 0); None without enough runs.
        estimate: What it rests on; None when the target was never run.
        reason: Why it stands where it does.
    """

    target: TargetSpec
    standing: Standing
    score: float | None
    estimate: Estimate | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A target that may not be tried.

    Attributes:
        target: The target.
        constraint: Id of the constraint it breaks.
        reason: How it breaks it.
    """

    target: TargetSpec
    constraint: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The targets of one ask, best first.

    Attributes:
        policy: ``name@version`` of the policy.
        policy_digest: Its digest.
        estimates_digest: Digest of the estimates, empty when there were none.
        prompt_id: What was asked.
        order: Targets to try; empty when every one breaks a constraint.
        rejected: The others.
    """

    policy: str
    policy_digest: str
    estimates_digest: str
    prompt_id: str
    order: tuple[Ranked, ...]
    rejected: tuple[Rejected, ...]

    @property
    def chosen(self) -> Ranked | None:
        """The first target, None when there is no route."""
        return self.order[0] if self.order else None

    @property
    def evidence_limited(self) -> bool:
        """Whether the first place is taken by declaration, for want of enough runs."""
        return self.chosen is not None and self.chosen.standing == "not-enough-runs"


def decide(
    policy: Policy,
    cards: Mapping[str, ModelCard],
    estimates: Estimates | None,
    ask: Ask,
    *,
    price: float | None = None,
) -> Decision:
    """Order the targets worth trying, each with the reason it stands where it does.

    Args:
        policy: The policy that speaks for the prompt.
        cards: Model id -> card.
        estimates: What logged runs say; None before the first recalibration.
        ask: What is asked.
        price: Quality points one unit of cost is worth; computed when None (compute it once with
            `price_of_quality` when deciding for many prompts).
    """
    if price is None:
        price = price_of_quality(policy, estimates)
    ranked: list[Ranked] = []
    rejected: list[Rejected] = []
    for target in policy.targets:
        card = cards.get(target.model)

        def known(min_runs: float, name: str = target.name) -> Estimate | None:
            return _known(estimates, name, ask, min_runs)

        broken = refusal(target, card, policy.constraints, ask, known)
        if broken is not None or card is None:
            constraint, reason = broken or ("catalog", "no model card")
            rejected.append(Rejected(target=target, constraint=constraint, reason=reason))
        else:
            estimate = known(policy.estimates.min_runs)
            ranked.append(_rank(policy, target, card, estimate, price))
    return Decision(
        policy=policy.name,
        policy_digest=policy.digest,
        estimates_digest=estimates.digest if estimates else "",
        prompt_id=ask.prompt_id,
        order=_ordered(ranked, policy),
        rejected=tuple(rejected),
    )


def price_of_quality(policy: Policy, estimates: Estimates | None) -> float:
    """Quality points that one unit of cost must buy to be worth it.

    Every prompt that was run (every topic, where no prompt has enough runs) offers upgrades: steps
    along the upper hull of its targets' (cost, lower bound) points. Bought best value first,
    weighted by traffic, they add up to all the quality money can buy; the slider says which share
    of it to buy, and the price is the slope of the last step bought. At 0 the price is infinite
    (the cheapest target), at 1 the worst step is bought too.

    Returns:
        Quality points per unit of ``objectives.cost.unit``; 0 when no step is measured.
    """
    slider = policy.objectives.slider
    if slider == 0:
        return math.inf
    steps = _upgrade_steps(policy, estimates) if estimates else []
    total = sum(gain for _, gain in steps)
    bought = 0.0
    for slope, gain in sorted(steps, reverse=True):
        bought += gain
        if bought >= slider * total * (1 - 1e-9):
            # A hair under the slope, so that the step itself is worth its price.
            return slope * (1 - 1e-9)
    return 0.0


def _upgrade_steps(policy: Policy, estimates: Estimates) -> list[tuple[float, float]]:
    """(slope, gain times traffic) of every upgrade, on the finest level that has measured ones."""
    names = {target.name for target in policy.targets}
    least = policy.estimates.min_runs
    for level in ("prompt", "topic", "global"):
        cells: dict[str, list[Estimate]] = {}
        for cell in estimates.cells:
            if cell.level == level and cell.target in names and cell.support >= least:
                cells.setdefault(cell.key, []).append(cell)
        steps = [step for found in cells.values() for step in _steps(found, policy)]
        if steps:
            return steps
    return []


def _steps(cells: Sequence[Estimate], policy: Policy) -> Iterator[tuple[float, float]]:
    points = [
        (cost, cell.quality_lcb)
        for cell in cells
        if (cost := cell.cost(policy.objectives.cost.unit)) is not None
        and cell.quality_lcb is not None
    ]
    traffic = sum(cell.runs for cell in cells)
    for (cost, quality), (dearer, better) in pairwise(upper_hull(points)):
        yield (better - quality) / (dearer - cost), (better - quality) * traffic


def _known(estimates: Estimates | None, name: str, ask: Ask, min_runs: float) -> Estimate | None:
    if estimates is None:
        return None
    return estimates.lookup(name, prompt_id=ask.prompt_id, topic=ask.topic, min_runs=min_runs)


def _rank(
    policy: Policy,
    target: TargetSpec,
    card: ModelCard,
    estimate: Estimate | None,
    price: float,
) -> Ranked:
    goals, least = policy.objectives, policy.estimates.min_runs
    cost = estimate.cost(goals.cost.unit) if estimate else None
    support = estimate.support if estimate and estimate.quality is not None else 0.0
    if estimate is None or estimate.quality_lcb is None or cost is None or support < least:
        reason = f"not enough runs: {support:.0f} of {least}; keeps its declared place"
        return Ranked(
            target=target, standing="not-enough-runs", score=None, estimate=estimate, reason=reason
        )
    late = max(0.0, (estimate.latency_p95_ms or 0.0) / goals.latency.p95_ms_target - 1)
    preference = goals.provider_preference.get(card.provider, 0.0)
    if math.isinf(price):
        score = -cost  # the slider says: the cheapest, nothing else
    else:
        score = estimate.quality_lcb - cost * price - goals.latency.weight * late + preference
    below = estimate.quality_lcb < goals.quality.floor
    return Ranked(
        target=target,
        standing="below-floor" if below else "measured",
        score=score,
        estimate=estimate,
        reason=_reason(policy, estimate, cost, late, preference, below),
    )


def _reason(
    policy: Policy,
    estimate: Estimate,
    cost: float,
    late: float,
    preference: float,
    below: bool,
) -> str:
    goals = policy.objectives
    unit = "USD" if goals.cost.unit == "usd_per_request" else "tokens"
    scope = "" if estimate.level == "prompt" else f", from its {estimate.level} estimate"
    parts = [
        f"quality at least {estimate.quality_lcb:.2f}",
        f"{cost:.4g} {unit}",
        f"on {estimate.support:.0f} runs{scope}",
    ]
    if below:
        parts.insert(0, f"below the floor of {goals.quality.floor:.2f}")
    if late and goals.latency.weight:
        parts.append(f"p95 {estimate.latency_p95_ms:.0f} ms over its target")
    if preference:
        parts.append(f"provider preference {preference:+.2f}")
    return ", ".join(parts)


def _ordered(ranked: list[Ranked], policy: Policy) -> tuple[Ranked, ...]:
    """Measured targets re-ordered among their own places, the rest as declared, floor last."""
    unit = policy.objectives.cost.unit

    def best_first(item: Ranked) -> tuple[float, float]:
        assert item.score is not None
        assert item.estimate is not None
        return -item.score, item.estimate.cost(unit) or 0.0

    measured = iter(sorted((r for r in ranked if r.standing == "measured"), key=best_first))
    kept = [r for r in ranked if r.standing != "below-floor"]
    order = [next(measured) if r.standing == "measured" else r for r in kept]
    low = [r for r in ranked if r.standing == "below-floor"]
    low.sort(key=lambda item: -(item.score or 0.0))
    return (*order, *low)
