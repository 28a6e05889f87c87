"""One verdict for a regression run. Pure.

Rules, in order:

1. a critical case that broke is a regression, whatever the averages say;
2. a golden set on which no comparable case got worse passes, as a test suite does; the smallest
   loss it could have missed is told with it;
3. otherwise the paired difference over comparable cases, bootstrapped by cluster (Efron &
   Tibshirani 1993), with an exact McNemar test for right/wrong scores and a sign-flip test
   otherwise, Holm-corrected over the metrics, against a non-inferiority margin;
4. always with the number of cases, what was fixed and broken, the interval, and the smallest
   difference this many cases could have shown.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from promptops.core.canonical import JSON
from promptops.core.statistics import (
    Interval,
    holm,
    mcnemar_exact,
    minimum_detectable_effect,
    paired_difference,
    sign_flip,
)
from promptops.regression.cases import JudgedCase

RunVerdict = Literal["BASELINE", "IMPROVED", "PASS", "INCONCLUSIVE", "REGRESSED"]
MIN_CLUSTERS = 5
_TOLD = ("fixed", "broken", "stale-answer", "abstain-miss", "gold-stale")
_SEVERITY: dict[RunVerdict, int] = {"IMPROVED": 0, "PASS": 1, "INCONCLUSIVE": 2, "REGRESSED": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One metric of one comparable case in both arms, 0 to 1."""

    cluster: str
    before: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricVerdict:
    """One metric over all comparable cases.

    Attributes:
        metric: Its name.
        verdict: What the interval says against the margin.
        n: Comparable cases.
        clusters: Independent groups among them.
        difference: Mean of after minus before, clustered 95 % bootstrap; None without cases.
        p_value: Two-sided, Holm-corrected over the metrics.
        mde: Smallest difference that n cases show with 80 % power.
    """

    metric: str
    verdict: RunVerdict
    n: int
    clusters: int
    difference: Interval | None
    p_value: float
    mde: float | None

    def to_json(self) -> dict[str, JSON]:
        """A JSON object."""
        return {
            "metric": self.metric,
            "verdict": self.verdict,
            "n": self.n,
            "clusters": self.clusters,
            "difference": self.difference.to_json() if self.difference else None,
            "p_value": self.p_value,
            "mde": self.mde,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The verdict of a run.

    Attributes:
        verdict: The worst of the metrics' verdicts, or REGRESSED for a broken critical case.
        reason: Why, in one sentence.
        metrics: Each metric's verdict.
        counts: Case verdict -> number of cases.
        critical_broken: Critical cases that got worse.
    """

    verdict: RunVerdict
    reason: str
    metrics: tuple[MetricVerdict, ...]
    counts: Mapping[str, int]
    critical_broken: tuple[str, ...]

    def to_json(self) -> dict[str, JSON]:
        """A JSON object."""
        return {
            "verdict": self.verdict,
            "reason": self.reason,
            "metrics": [metric.to_json() for metric in self.metrics],
            "counts": dict(self.counts),
            "critical_broken": list(self.critical_broken),
        }


def conclude(
    cases: Sequence[JudgedCase],
    pairs: Mapping[str, Sequence[Pair]],
    *,
    margin: float = 0.02,
    alpha: float = 0.05,
    seed: int = 0,
) -> Verdict:
    """Conclude from the judged cases and each metric's paired scores.

    Args:
        cases: Every case, compared with the base arm (or not, without one).
        pairs: Metric -> its scores on the comparable cases.
        margin: Largest loss, in score points, that counts as none.
        alpha: Family-wise error rate over the metrics, two-sided.
        seed: Seed of bootstrap and permutations, recorded by the caller.
    """
    counts: dict[str, int] = dict(sorted(Counter[str](case.verdict for case in cases).items()))
    if all(case.before is None for case in cases):
        reason = f"{len(cases)} cases measured for the first time: nothing to compare with"
        return Verdict(
            verdict="BASELINE", reason=reason, metrics=(), counts=counts, critical_broken=()
        )
    critical = tuple(case.case_id for case in cases if case.critical and case.harmful)
    names = sorted(pairs)
    corrected = holm([_p_value(pairs[name], seed) for name in names])
    metrics = tuple(
        _metric(name, pairs[name], p, margin=margin, alpha=alpha, seed=seed)
        for name, p in zip(names, corrected, strict=True)
    )
    worst = max(metrics, key=lambda item: _SEVERITY[item.verdict], default=None)
    verdict: RunVerdict = worst.verdict if worst else "INCONCLUSIVE"
    if verdict == "PASS" and any(item.verdict == "IMPROVED" for item in metrics):
        verdict = "IMPROVED"
    reason = _reason(worst, counts, margin)
    if critical:
        verdict, reason = "REGRESSED", f"critical cases got worse: {', '.join(critical)}"
    return Verdict(
        verdict=verdict, reason=reason, metrics=metrics, counts=counts, critical_broken=critical
    )


def _p_value(pairs: Sequence[Pair], seed: int) -> float:
    if not pairs:
        return 1.0
    if all(value in (0, 1) for pair in pairs for value in (pair.before, pair.after)):
        lost = sum(pair.before > pair.after for pair in pairs)
        won = sum(pair.before < pair.after for pair in pairs)
        return mcnemar_exact(lost, won)
    return sign_flip([pair.after - pair.before for pair in pairs], seed=seed)


def _metric(
    name: str, pairs: Sequence[Pair], p: float, *, margin: float, alpha: float, seed: int
) -> MetricVerdict:
    if not pairs:
        return MetricVerdict(
            metric=name,
            verdict="INCONCLUSIVE",
            n=0,
            clusters=0,
            difference=None,
            p_value=1.0,
            mde=None,
        )
    interval = paired_difference(
        [pair.before for pair in pairs],
        [pair.after for pair in pairs],
        seed=seed,
        level=1 - alpha,
        clusters=[pair.cluster for pair in pairs],
    )
    independent = len({pair.cluster for pair in pairs})
    return MetricVerdict(
        metric=name,
        verdict=_against_margin(interval, p, independent, margin=margin, alpha=alpha),
        n=len(pairs),
        clusters=independent,
        difference=interval,
        p_value=p,
        mde=minimum_detectable_effect(len(pairs), alpha=alpha),
    )


def _against_margin(
    interval: Interval, p: float, clusters: int, *, margin: float, alpha: float
) -> RunVerdict:
    # A bootstrap over a handful of clusters has no width to speak of.
    if clusters < MIN_CLUSTERS:
        return "INCONCLUSIVE"
    if interval.low > 0 and p < alpha:
        return "IMPROVED"
    # A set without a loss has low = 0 here, which is rule 2.
    if interval.low >= -margin:
        return "PASS"
    if interval.high < 0 and p < alpha:
        return "REGRESSED"
    return "INCONCLUSIVE"


def _reason(worst: MetricVerdict | None, counts: Mapping[str, int], margin: float) -> str:
    if worst is None or worst.difference is None:
        return "no case is comparable between the two versions"
    told = [f"{counts[name]} {name}" for name in _TOLD if counts.get(name)]
    interval = worst.difference
    text = (
        f"{worst.metric} {interval.estimate:+.3f} [{interval.low:+.3f}, {interval.high:+.3f}] "
        f"on {worst.n} comparable cases, {', '.join(told) or 'none changed for the worse'}"
    )
    if worst.verdict == "INCONCLUSIVE":
        if worst.clusters < MIN_CLUSTERS:
            return f"{text}: too few independent cases"
        return f"{text}: a loss beyond {margin:g} cannot be ruled out"
    return text
