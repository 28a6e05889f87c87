"""Intervals and tests for small paired samples.

Sources: percentile bootstrap (Efron & Tibshirani 1993, ch. 13), Wilson score interval (Wilson
1927), exact McNemar test (McNemar 1947; the binomial form), sign-flip permutation test (Fisher
1935; Phipson & Smyth 2010 for the +1), Holm's step-down correction (Holm 1979), the power of the
exact McNemar test by summation.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

_POWER_EXACT_UP_TO = 100
_EXACT_UP_TO = 1000  # beyond, whole numbers of hundreds of digits are slow and logarithms will do


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An estimate with its confidence bounds, all in the unit of the values."""

    estimate: float
    low: float
    high: float

    def __str__(self) -> str:
        """``0.62 [0.51, 0.73]``."""
        return f"{self.estimate:.2f} [{self.low:.2f}, {self.high:.2f}]"

    def to_json(self) -> dict[str, float]:
        """The three numbers by name."""
        return {"estimate": self.estimate, "low": self.low, "high": self.high}


def mean_interval(
    values: Sequence[float], *, seed: int = 0, level: float = 0.95, resamples: int = 4000
) -> Interval:
    """The mean of ``values`` (n >= 1) with a percentile bootstrap interval.

    Values that are all 0 or 1 get Wilson's interval: the bootstrap has no width at 0 % and 100 %.

    Raises:
        ValueError: For no values.
    """
    if not values:
        raise ValueError("an interval needs at least one value")
    if all(value in (0, 1) for value in values):
        return wilson(round(sum(values)), len(values), level=level)
    return _bootstrap(values, seed=seed, level=level, resamples=resamples, clusters=None)


def wilson(successes: int, n: int, *, level: float = 0.95) -> Interval:
    """A proportion with Wilson's score interval.

    Raises:
        ValueError: For n < 1 or successes outside 0..n.
    """
    if n < 1 or not 0 <= successes <= n:
        raise ValueError("a proportion needs 0 <= successes <= n and n >= 1")
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share = successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if successes == 0 else middle - half
    high = 1.0 if successes == n else middle + half
    return Interval(estimate=share, low=low, high=high)


def paired_difference(
    before: Sequence[float],
    after: Sequence[float],
    *,
    seed: int = 0,
    level: float = 0.95,
    resamples: int = 4000,
    clusters: Sequence[str] | None = None,
) -> Interval:
    """The mean of ``after[i] - before[i]`` with a paired percentile bootstrap interval.

    Args:
        before: One value a case, shape (n,).
        after: The same cases in the same order, shape (n,).
        seed: Seed of the resampling.
        level: Confidence level.
        resamples: Bootstrap resamples.
        clusters: One cluster name a case; whole clusters are resampled then, because cases of
            one document are not independent.

    Raises:
        ValueError: For no pairs, or sequences of different length.
    """
    if not before or len(before) != len(after):
        raise ValueError("pairs need two sequences of the same length, not empty")
    differences = [b - a for a, b in zip(before, after, strict=True)]
    return _bootstrap(differences, seed=seed, level=level, resamples=resamples, clusters=clusters)


def _bootstrap(
    values: Sequence[float],
    *,
    seed: int,
    level: float,
    resamples: int,
    clusters: Sequence[str] | None,
) -> Interval:
    import numpy as np

    data = np.asarray(values, dtype=np.float64)
    random = np.random.default_rng(seed)
    if clusters is None:
        draws = random.integers(0, len(data), size=(resamples, len(data)))
        means = data[draws].mean(axis=1)
    else:
        _, index = np.unique(np.asarray(clusters), return_inverse=True)
        sums = np.bincount(index, weights=data)
        sizes = np.bincount(index)
        draws = random.integers(0, len(sums), size=(resamples, len(sums)))
        means = sums[draws].sum(axis=1) / sizes[draws].sum(axis=1)
    tail = (1 - level) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return Interval(estimate=float(data.mean()), low=float(low), high=float(high))


def mcnemar_exact(only_before: int, only_after: int) -> float:
    """Two-sided exact p-value that two paired yes/no results differ.

    Args:
        only_before: Cases right before and wrong after.
        only_after: Cases wrong before and right after.
    """
    n = only_before + only_after
    if n == 0:
        return 1.0
    smaller = min(only_before, only_after)
    if n > _EXACT_UP_TO:
        logs = [
            math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
            for k in range(smaller + 1)
        ]
        return min(1.0, 2.0 * math.fsum(math.exp(each - n * math.log(2)) for each in logs))
    return min(1.0, 2 * sum(math.comb(n, k) for k in range(smaller + 1)) / (1 << n))


def sign_flip(differences: Sequence[float], *, seed: int = 0, permutations: int = 10_000) -> float:
    """Two-sided p-value that paired differences are centered at zero (sign-flip permutation).

    Exact for up to 12 non-zero differences, sampled with ``seed`` beyond.
    """
    import numpy as np

    data = np.asarray([value for value in differences if value != 0], dtype=np.float64)
    if data.size == 0:
        return 1.0
    observed = abs(data.sum())
    tolerance = 1e-12 * max(1.0, float(np.abs(data).sum()))
    if data.size <= 12:
        bits = (np.arange(2**data.size)[:, None] >> np.arange(data.size)) & 1
        sums = np.abs((bits * 2 - 1) @ data)
        return float((sums >= observed - tolerance).mean())
    random = np.random.default_rng(seed)
    signs = random.integers(0, 2, size=(permutations, data.size)) * 2 - 1
    extreme = int((np.abs(signs @ data) >= observed - tolerance).sum())
    return float((extreme + 1) / (permutations + 1))


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values, in the order given: controls the family-wise error rate."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted = [0.0] * len(p_values)
    running = 0.0
    for rank, index in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = running
    return adjusted


def smallest_visible_gain(n: int, *, alpha: float = 0.05) -> float:
    """The smallest gain of yes/no scores that n pairs can ever show, were not one case lost.

    Args:
        n: Number of paired cases, >= 1.
        alpha: One-sided error rate of the exact McNemar test.

    Returns:
        A share of the cases; above 1 when n pairs can show nothing at all.

    Raises:
        ValueError: There is no case.
    """
    if n < 1:
        raise ValueError("at least one case")
    return (math.floor(-math.log2(alpha)) + 1) / n


def detectable_gain(
    n: int, *, losses: float = 0.1, power: float = 0.8, alpha: float = 0.05
) -> float:
    """The smallest true gain of yes/no scores that n pairs show with the given power.

    Args:
        n: Number of paired cases, >= 1.
        losses: Share of all cases that get worse all the same, in [0, 1).
        power: Chance to find it.
        alpha: One-sided error rate of the exact McNemar test.

    Returns:
        Wins less losses, as a share of the cases; infinite when no gain is found so often.

    Raises:
        ValueError: There is no case.
    """
    if n < 1:
        raise ValueError("at least one case")
    low, high = 0.0, 1.0 - 2 * losses
    if _power(n, high + losses, losses, alpha) < power:
        return math.inf
    while high - low > 0.001:
        middle = (low + high) / 2
        if _power(n, middle + losses, losses, alpha) < power:
            low = middle
        else:
            high = middle
    return high


def _power(n: int, wins: float, losses: float, alpha: float) -> float:
    """The chance that n pairs, each won or lost with these chances, show a gain."""
    changed = wins + losses
    if n > _POWER_EXACT_UP_TO:
        mean, sd = wins - losses, math.sqrt(max(changed - (wins - losses) ** 2, 1e-12))
        z = NormalDist().inv_cdf(1 - alpha) * math.sqrt(changed) / sd
        return NormalDist().cdf(mean * math.sqrt(n) / sd - z)
    found = 0.0
    for pairs in range(n + 1):
        some = _binomial(n, pairs, changed)
        tail = 0.0
        # From the most wins down, as long as so many wins are too many for chance.
        chance, ways = 0.0, 1 << pairs
        for lost in range(pairs + 1):
            chance += math.comb(pairs, lost) / ways
            if chance >= alpha:
                break
            tail += _binomial(pairs, lost, losses / changed)
        found += some * tail
    return found


def _binomial(n: int, k: int, chance: float) -> float:
    return float(math.comb(n, k) * chance**k * (1 - chance) ** (n - k))


def minimum_detectable_effect(
    n: int, *, sd: float = 0.5, power: float = 0.8, alpha: float = 0.05
) -> float:
    """The smallest mean paired difference that n cases show with the given power (normal form).

    Args:
        n: Number of paired cases, >= 1.
        sd: Standard deviation of one paired difference; 0.5 suits yes/no scores of which a
            quarter change.
        power: Chance to find it.
        alpha: Two-sided error rate.
    """
    if n < 1:
        raise ValueError("at least one case")
    normal = NormalDist()
    return (normal.inv_cdf(1 - alpha / 2) + normal.inv_cdf(power)) * sd / math.sqrt(n)
