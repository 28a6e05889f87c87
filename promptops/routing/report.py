"""What a new set of estimates would change: per prompt, the target before and after, and why."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

from promptops.core.canonical import JSON
from promptops.core.statistics import Interval
from promptops.models.card import ModelCard
from promptops.routing.ask import Ask
from promptops.routing.decision import Decision, Ranked, decide, price_of_quality
from promptops.routing.estimates import Estimate, Estimates
from promptops.routing.policy import Policy

Verdict = Literal["same", "changed", "not-enough-runs", "no-route"]
_POWER = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One prompt's target before and after.

    Attributes:
        prompt_id: The prompt.
        before: Name of the target chosen before, None when there was no route.
        after: Name of the target chosen now.
        verdict: ``not-enough-runs`` when the choice stays and something unmeasured might be
            better.
        reason: Why, in one sentence.
        difference: Quality of ``after`` minus ``before`` with its interval at the policy's
            confidence, where both are measured.
        runs_needed: More runs that would settle the open question; 0 when there is none.
        decision: The decision behind ``after``.
    """

    prompt_id: str
    before: str | None
    after: str | None
    verdict: Verdict
    reason: str
    difference: Interval | None
    runs_needed: int
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingReport:
    """What changes for every prompt that a policy speaks for."""

    policy: str
    estimates: str
    choices: tuple[Choice, ...]

    @property
    def changed(self) -> tuple[Choice, ...]:
        """The prompts that would be answered by another target."""
        return tuple(choice for choice in self.choices if choice.verdict == "changed")

    def to_json(self) -> dict[str, JSON]:
        """The report as a JSON document."""
        return {
            "policy": self.policy,
            "estimates": self.estimates,
            "choices": [
                {
                    "prompt": choice.prompt_id,
                    "before": choice.before,
                    "after": choice.after,
                    "verdict": choice.verdict,
                    "reason": choice.reason,
                    "difference": choice.difference.to_json() if choice.difference else None,
                    "runs_needed": choice.runs_needed,
                    "order": [
                        {"target": item.target.name, "score": item.score, "reason": item.reason}
                        for item in choice.decision.order
                    ],
                    "rejected": [
                        {
                            "target": item.target.name,
                            "constraint": item.constraint,
                            "reason": item.reason,
                        }
                        for item in choice.decision.rejected
                    ],
                }
                for choice in self.choices
            ],
        }


def compare_choices(
    policy: Policy,
    cards: Mapping[str, ModelCard],
    before: Estimates | None,
    after: Estimates,
    asks: Iterable[Ask],
    *,
    previous_policy: Policy | None = None,
) -> RoutingReport:
    """Decide every ask with the old and the new estimates and tell the difference.

    Args:
        policy: The policy.
        cards: Model id -> card.
        before: The estimates in force; None before the first recalibration.
        after: The new ones.
        asks: The prompts the policy speaks for.
        previous_policy: The policy in force, when the policy changes as well.
    """
    old_policy = previous_policy or policy
    old_price, price = price_of_quality(old_policy, before), price_of_quality(policy, after)
    choices = []
    for ask in asks:
        was = decide(old_policy, cards, before, ask, price=old_price)
        now = decide(policy, cards, after, ask, price=price)
        choices.append(_choice(policy, after, ask, was, now))
    return RoutingReport(policy=policy.name, estimates=after.digest, choices=tuple(choices))


def _choice(policy: Policy, estimates: Estimates, ask: Ask, was: Decision, now: Decision) -> Choice:
    before = was.chosen.target.name if was.chosen else None
    if now.chosen is None:
        reasons = "; ".join(f"{item.target.name}: {item.reason}" for item in now.rejected)
        return _made(ask, before, now, "no-route", f"every target is ruled out: {reasons}")
    after = now.chosen.target.name
    difference = None
    if before != after:
        old = _estimate(estimates, before, ask, policy) if before else None
        difference = _difference(old, now.chosen.estimate, policy)
    unknown = [item for item in now.order if item.standing == "not-enough-runs"]
    needed = max((_missing_runs(item, policy) for item in unknown), default=0)
    if before != after:
        reason = f"{now.chosen.reason}{_instead(before, was, now)}"
        if difference is not None and difference.low <= 0 <= difference.high:
            needed = max(needed, _runs_to_be_sure(difference, now.chosen.estimate, policy))
        return _made(ask, before, now, "changed", reason, difference, needed)
    if unknown and len(now.order) > 1:
        names = ", ".join(item.target.name for item in unknown)
        reason = f"stays, not enough runs of {names}: {needed} more would tell"
        return _made(ask, before, now, "not-enough-runs", reason, None, needed)
    alone = "" if len(now.order) > 1 else "no other target may answer; "
    return _made(ask, before, now, "same", f"{alone}{now.chosen.reason}")


def _made(
    ask: Ask,
    before: str | None,
    now: Decision,
    verdict: Verdict,
    reason: str,
    difference: Interval | None = None,
    needed: int = 0,
) -> Choice:
    return Choice(
        prompt_id=ask.prompt_id,
        before=before,
        after=now.chosen.target.name if now.chosen else None,
        verdict=verdict,
        reason=reason,
        difference=difference,
        runs_needed=needed,
        decision=now,
    )


def _instead(before: str | None, was: Decision, now: Decision) -> str:
    if was.chosen is None or before is None:
        return "; there was no route before"
    for item in now.order:
        if item.target.name == before:
            return f"; {before}: {item.reason}"
    for gone in now.rejected:
        if gone.target.name == before:
            return f"; {before} is ruled out: {gone.reason}"
    return f"; {before} is no longer a target"


def _estimate(estimates: Estimates, name: str, ask: Ask, policy: Policy) -> Estimate | None:
    least = policy.estimates.min_runs
    return estimates.lookup(name, prompt_id=ask.prompt_id, topic=ask.topic, min_runs=least)


def _difference(old: Estimate | None, new: Estimate | None, policy: Policy) -> Interval | None:
    """Difference of two shrunk means, normal interval at the policy's (two-sided) confidence."""
    if old is None or new is None or old.quality is None or new.quality is None:
        return None
    if not (old.support and new.support):
        return None
    z = NormalDist().inv_cdf(0.5 + policy.objectives.quality.confidence / 2)
    # One pseudo-run of each outcome keeps the width away from zero at 0 % and 100 %.
    spread = z * math.sqrt(sum(_variance(cell.quality or 0.0, cell.support) for cell in (old, new)))
    middle = new.quality - old.quality
    return Interval(estimate=middle, low=middle - spread, high=middle + spread)


def _variance(mean: float, support: float) -> float:
    smoothed = (mean * support + 1) / (support + 2)
    return smoothed * (1 - smoothed) / (support + 2)


def _runs_to_be_sure(difference: Interval, estimate: Estimate | None, policy: Policy) -> int:
    # Below a point the answer does not matter, and the sample would be endless.
    size = max(0.01, abs(difference.estimate))
    quality = estimate.quality if estimate and estimate.quality is not None else 0.5
    return runs_to_tell(size, quality=quality, confidence=policy.objectives.quality.confidence)


def _missing_runs(item: Ranked, policy: Policy) -> int:
    known = item.estimate
    support = known.support if known is not None and known.quality is not None else 0.0
    return max(1, math.ceil(policy.estimates.min_runs - support))


def runs_to_tell(difference: float, *, quality: float, confidence: float = 0.9) -> int:
    """Runs a target needs before a difference of this size shows.

    Two-sample normal approximation, one-sided at ``confidence``, power 80 %.

    Args:
        difference: Smallest difference in mean quality worth seeing, above 0.
        quality: Mean quality of the target in use, 0 to 1.
        confidence: One-sided confidence.
    """
    normal = NormalDist()
    z = normal.inv_cdf(confidence) + normal.inv_cdf(_POWER)
    return math.ceil(2 * quality * (1 - quality) * (z / difference) ** 2)
