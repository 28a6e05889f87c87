"""Is the loss smaller than a margin? An exact test for paired scores.

Method: exact unconditional test for the difference of two paired proportions. Outcomes (wins and
losses among n pairs) are ordered by the z statistic of Agresti and Min (2005, *Statistics in
Medicine* 24:729), which adds half a pair to each of the four cells; the p-value is the largest
chance, over every possible rate of wins, of an outcome at least as favorable when the true loss is
the margin. The usual normal forms promise too much here: sixteen pairs without a single loss do
not show that fewer than one in ten is lost (0.9**16 = 18 %).
"""

import math
from functools import lru_cache
from statistics import NormalDist

_EXACT_UP_TO = 150  # pairs; beyond, the normal form is close and the table gets large
_RATES = 40  # grid over the unknown rate of wins


@lru_cache(maxsize=1024)
def p_not_worse(wins: int, losses: int, pairs: int, margin: float) -> float:
    """One-sided p-value of "the mean difference is -margin or less".

    Args:
        wins: Pairs that got better, each by one point.
        losses: Pairs that got worse, each by one point.
        pairs: All pairs.
        margin: Largest loss that counts as none, above 0 and below 1.

    Raises:
        ValueError: The counts or the margin make no sense.
    """
    if not (0 < margin < 1 and wins >= 0 and losses >= 0 and 1 <= pairs >= wins + losses):
        raise ValueError(f"{wins} wins and {losses} losses of {pairs}, margin {margin}")
    if pairs > _EXACT_UP_TO:
        normal = 1.0 - NormalDist().cdf(_statistic(wins, losses, pairs, margin))
        return max(normal, _without_wins(wins, losses, pairs, margin))
    import numpy as np

    w, ell = (each.ravel() for each in np.indices((pairs + 1, pairs + 1)))
    inside = w + ell <= pairs
    w, ell = w[inside], ell[inside]
    rest = pairs - w - ell
    size = pairs + 2
    mean = (w - ell) / size
    error = np.sqrt(((w + ell + 1) / size - mean * mean) / size)
    favorable = (mean + margin) / error >= _statistic(wins, losses, pairs, margin) - 1e-12
    w, ell, rest = w[favorable], ell[favorable], rest[favorable]
    logs = np.array([math.lgamma(k + 1) for k in range(pairs + 1)])
    ways = logs[pairs] - logs[w] - logs[ell] - logs[rest]
    largest = 0.0
    for step in range(_RATES):
        win = step / (_RATES - 1) * (1 - margin) / 2
        lose, same = win + margin, 1 - margin - 2 * win
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = [
                np.where(count > 0, count * np.log(max(rate, 1e-300)), 0.0)
                for count, rate in ((w, win), (ell, lose), (rest, same))
            ]
        largest = max(largest, float(np.exp(ways + sum(terms)).sum()))
    return min(1.0, largest)


def _without_wins(wins: int, losses: int, pairs: int, margin: float) -> float:
    """The exact chance of an outcome at least as favorable when nothing is ever won.

    One of the rates that the exact test looks at, and the one at which the normal form promises
    most: next to no losses, a small margin.
    """
    seen = _statistic(wins, losses, pairs, margin)
    lost, chance, total = 0, (1 - margin) ** pairs, 0.0
    while lost <= pairs and _statistic(0, lost, pairs, margin) >= seen - 1e-12:
        total += chance
        chance *= (pairs - lost) / (lost + 1) * margin / (1 - margin)
        lost += 1
    return min(1.0, total)


@lru_cache(maxsize=1024)
def smallest_margin(wins: int, losses: int, pairs: int, *, alpha: float) -> float:
    """The smallest loss that so many pairs rule out, and every larger one, at the rate ``alpha``.

    The p-value does not fall evenly as the margin grows, because each margin orders the outcomes
    in its own way: going down from the largest, the first loss that is not ruled out is the bound.
    """
    step = 0.02
    high = 1.0
    while high > step and p_not_worse(wins, losses, pairs, round(high - step, 2)) < alpha:
        high = round(high - step, 2)
    low = max(0.0, high - step)
    for _ in range(6):
        middle = (low + high) / 2
        if p_not_worse(wins, losses, pairs, middle) < alpha:
            high = middle
        else:
            low = middle
    return high


def _statistic(wins: int, losses: int, pairs: int, margin: float) -> float:
    size = pairs + 2
    mean = (wins - losses) / size
    error = math.sqrt(((wins + losses + 1) / size - mean * mean) / size)
    return (mean + margin) / error
