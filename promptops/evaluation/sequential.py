"""Racing: look at paired results as they come and stop early, at no cost in error.

Method: test by betting (Waudby-Smith & Ramdas 2023, *JRSS B* 86:1; Shafer 2021). Against the claim
"the mean difference is m or less" a gambler stakes a share of the wealth on every next difference;
were the claim true, the wealth would be a supermartingale that starts at one, so by Ville's
inequality it ever reaches 1/alpha with probability alpha at most, however often one looks and
whenever one stops. The stake is the one that lets the wealth grow fastest if mean and variance are
as estimated from what was seen before (their "approximate GRAPA"), beginning at what is hoped for.

Differences lie in [-1, 1] and come in random order, one a case; repeats of a case are averaged
first, because they are not independent.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Standing = Literal["better", "not worth it", "open"]

_BELIEF = 16
"""How many differences the first guess of mean and variance counts for."""

_FIRST_VARIANCE = 0.25

_BOLDEST = 0.8
"""Share of the largest stake that can never ruin the gambler."""


def evidence_above(differences: Sequence[float], mean: float, *, hoped: float) -> float:
    """The largest wealth so far of a bet against "the true mean is ``mean`` or less".

    Args:
        differences: Paired differences, each in [-1, 1], in the order in which they came.
        mean: The claim that is bet against, in (-1, 1).
        hoped: What the mean may be instead: the bet is fastest there, and valid whatever it is.

    Returns:
        An e-value at any stopping time: its inverse is a p-value, however often one looks.

    Raises:
        ValueError: A difference or the mean is out of range.
    """
    import numpy as np

    data = np.asarray(differences, dtype=np.float64)
    if not (-1 < mean < 1 and (np.abs(data) <= 1).all()):
        raise ValueError("differences lie in [-1, 1], the mean of the claim between -1 and 1")
    if data.size == 0:
        return 1.0
    # What is known before each difference comes: the guess and the differences before it.
    weight = _BELIEF + np.arange(data.size)
    sums = np.concatenate(([0.0], data.cumsum()[:-1]))
    squares = np.concatenate(([0.0], (data * data).cumsum()[:-1]))
    guess = (_BELIEF * hoped + sums) / weight
    second = (_BELIEF * (_FIRST_VARIANCE + hoped * hoped) + squares) / weight
    ahead = guess - mean
    spread = np.maximum(second - guess * guess, 0.0) + ahead * ahead
    stake = np.clip(ahead / np.maximum(spread, 1e-9), 0.0, _BOLDEST / (1 + mean))
    best = float(np.log1p(stake * (data - mean)).cumsum().max())
    return math.exp(min(max(best, 0.0), 700.0))


def evidence_below(differences: Sequence[float], mean: float, *, hoped: float) -> float:
    """The largest wealth so far of a bet against "the true mean is ``mean`` or more".

    See `evidence_above`.
    """
    return evidence_above([-value for value in differences], -mean, hoped=-hoped)


@dataclass(frozen=True, slots=True, kw_only=True)
class Race:
    """How a challenger stands against the wording in use.

    Args:
        standing: ``better``, ``not worth it`` or ``open``: look at more cases.
        seen: Cases looked at.
        p_better: P-value of "it is no better", valid whenever one stops.
        p_worth: P-value of "it is better by the gain looked for, or more".
    """

    standing: Standing
    seen: int
    p_better: float
    p_worth: float


def race(
    differences: Sequence[float], *, gain: float, alpha: float = 0.05, missed: float = 0.2
) -> Race:
    """Whether a challenger is decided; call it after every case, or whenever.

    Args:
        differences: New minus old score by case, each in [-1, 1], in random order.
        gain: The smallest true gain worth finding, in (0, 1). The smaller, the longer the race.
        alpha: Largest chance that a challenger no better than the old one is ever called better.
        missed: Largest chance that a challenger better by ``gain`` is ever dropped.

    Raises:
        ValueError: A difference or the gain is out of range.
    """
    if not 0 < gain < 1:
        raise ValueError(f"a gain lies between 0 and 1, not at {gain}")
    p_better = 1 / evidence_above(differences, 0.0, hoped=gain)
    p_worth = 1 / evidence_below(differences, gain, hoped=0.0)
    standing: Standing = "open"
    if p_better <= alpha:
        standing = "better"
    elif p_worth <= missed:
        standing = "not worth it"
    return Race(standing=standing, seen=len(differences), p_better=p_better, p_worth=p_worth)
