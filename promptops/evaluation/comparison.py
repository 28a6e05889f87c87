"""Two evaluations of the same cases, compared pair by pair.

Methods: the difference with a paired percentile bootstrap interval; the p-value by the exact
McNemar test for yes/no scores and by a sign-flip permutation test for others; non-inferiority by
an exact test (`promptops.evaluation.noninferiority`), in which graded scores are taken at their
worst: every loss as a whole point, and only whole points as wins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, pstdev
from typing import Literal

from promptops.core.canonical import JSON
from promptops.core.statistics import (
    Interval,
    mcnemar_exact,
    minimum_detectable_effect,
    paired_difference,
    sign_flip,
)
from promptops.evaluation.noninferiority import p_not_worse, smallest_margin
from promptops.evaluation.result import Evaluation

Outcome = Literal["improved", "not-worse", "worse", "inconclusive"]

ALPHA = 0.05
"""One-sided error rate of each claim: better, not worse by more than the margin, worse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How a new wording does against a base on the same cases.

    Args:
        metric: The metric compared.
        pairs: Number of cases that both have.
        base: Mean score of the base over the pairs.
        new: Mean score of the new wording over the pairs.
        difference: Mean of new - base with its 95 % interval.
        p_value: Two-sided p-value that there is no difference.
        p_not_worse: One-sided p-value that the loss is the margin or more.
        lower_bound: The largest loss not ruled out at 95 %, as a number below or at zero.
        margin: Largest loss that counts as no loss.
        wins: Ids of the cases that got better.
        losses: Ids of the cases that got worse.
        verdict: ``improved`` (interval above zero and exact one-sided p below 5 %), ``not-worse``
            (a loss of the margin ruled out), ``worse`` (likewise below zero) or ``inconclusive``.
        mde: The difference that so many pairs would have shown with 80 % power.
    """

    metric: str
    pairs: int
    base: float
    new: float
    difference: Interval
    p_value: float
    p_not_worse: float
    lower_bound: float
    margin: float
    wins: tuple[str, ...]
    losses: tuple[str, ...]
    verdict: Outcome
    mde: float

    @property
    def p_better(self) -> float:
        """One-sided p-value that the new wording is no better."""
        half = self.p_value / 2
        return half if self.difference.estimate > 0 else 1.0 - half

    def to_json(self) -> dict[str, JSON]:
        """Plain values by name."""
        return {
            "metric": self.metric,
            "pairs": self.pairs,
            "base": self.base,
            "new": self.new,
            "difference": self.difference.to_json(),
            "p_value": self.p_value,
            "p_not_worse": self.p_not_worse,
            "lower_bound": self.lower_bound,
            "margin": self.margin,
            "wins": list(self.wins),
            "losses": list(self.losses),
            "verdict": self.verdict,
            "mde": self.mde,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, JSON]) -> "Comparison":
        """Read what `to_json` wrote."""
        return cls(
            **{
                **value,
                "difference": Interval(**value["difference"]),
                "wins": tuple(value["wins"]),
                "losses": tuple(value["losses"]),
            }
        )


def compare(
    base: Evaluation,
    new: Evaluation,
    metric: str,
    *,
    margin: float = 0.05,
    seed: int = 0,
    clusters: Mapping[str, str] | None = None,
) -> Comparison:
    """Compare two evaluations over the cases that both have a value for.

    Args:
        base: The wording in use.
        new: The wording that might replace it.
        metric: What to compare.
        margin: Largest mean loss that counts as no loss, in score units.
        seed: Seed of resampling.
        clusters: Cluster by case id; whole clusters are resampled for the interval then.

    Raises:
        ValueError: The two have no case in common.
    """
    before, after = base.values(metric), new.values(metric)
    ids = [case_id for case_id in before if case_id in after]
    if not ids:
        raise ValueError(f"the two evaluations share no case with a value for {metric}")
    old, now = [before[case_id] for case_id in ids], [after[case_id] for case_id in ids]
    differences = [b - a for a, b in zip(old, now, strict=True)]
    wins = tuple(case_id for case_id, d in zip(ids, differences, strict=True) if d > 0)
    losses = tuple(case_id for case_id, d in zip(ids, differences, strict=True) if d < 0)
    # Whole points won, points lost in any part: never more favorable than the scores themselves.
    worst = (sum(d >= 1 for d in differences), len(losses), len(ids))
    groups = [clusters.get(case_id, case_id) for case_id in ids] if clusters else None
    result = Comparison(
        metric=metric,
        pairs=len(ids),
        base=fmean(old),
        new=fmean(now),
        difference=_difference(old, now, seed=seed, groups=groups),
        p_value=_p_value(old, now, wins=len(wins), losses=len(losses), seed=seed),
        p_not_worse=p_not_worse(*worst, margin),
        lower_bound=-smallest_margin(*worst, alpha=ALPHA),
        margin=margin,
        wins=wins,
        losses=losses,
        verdict="inconclusive",
        mde=minimum_detectable_effect(len(ids), sd=max(pstdev(differences), 0.25)),
    )
    return replace(result, verdict=_verdict(result))


def _difference(
    old: Sequence[float], now: Sequence[float], *, seed: int, groups: Sequence[str] | None
) -> Interval:
    """The mean difference; where no case differs from another, resampling shows no width at all.

    Then the bounds are those of a share of cases that were never seen to differ (Clopper and
    Pearson 1934): what so many cases cannot rule out.
    """
    found = paired_difference(old, now, seed=seed, clusters=groups)
    if found.low < found.high:
        return found
    unseen = 1 - 0.025 ** (1 / (len(set(groups)) if groups else len(old)))
    return replace(
        found,
        low=max(-1.0, found.estimate - unseen),
        high=min(1.0, found.estimate + unseen),
    )


def _p_value(
    old: Sequence[float], now: Sequence[float], *, wins: int, losses: int, seed: int
) -> float:
    if all(value in (0, 1) for value in (*old, *now)):
        return mcnemar_exact(losses, wins)
    return sign_flip([b - a for a, b in zip(old, now, strict=True)], seed=seed)


def _verdict(result: Comparison) -> Outcome:
    significant = result.p_value / 2 < ALPHA
    if result.difference.low > 0 and significant:
        return "improved"
    if result.p_not_worse < ALPHA:
        return "not-worse"
    if result.difference.high < 0 and significant:
        return "worse"
    return "inconclusive"


def change(base: Evaluation, new: Evaluation, quantity: str, *, seed: int = 0) -> Interval:
    """Mean paired change of a quantity over the cases that both answered, with its interval.

    Args:
        base: The wording in use.
        new: The wording that might replace it.
        quantity: ``input_tokens``, ``output_tokens``, ``cost_usd`` or ``latency_ms``.
        seed: Seed of resampling.

    Raises:
        ValueError: The two have no answered case in common.
    """
    before, after = _by_case(base, quantity), _by_case(new, quantity)
    keys = [key for key in before if key in after]
    return paired_difference([before[k] for k in keys], [after[k] for k in keys], seed=seed)


def _by_case(evaluation: Evaluation, quantity: str) -> dict[str, float]:
    """Means over repeats: draws of one case are not independent."""
    found: dict[str, list[float]] = {}
    for case in evaluation.cases:
        if case.answered:
            found.setdefault(case.case_id, []).append(float(getattr(case, quantity)))
    return {case_id: fmean(values) for case_id, values in found.items()}
