"""What the race says of each wording beside the one in use, case by case.

The cases helped to choose, so nothing here is a proof; the intervals say how little a few cases
tell all the same.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import fmean

from promptops.core.canonical import JSON
from promptops.core.statistics import Interval
from promptops.evaluation.comparison import change
from promptops.evaluation.noninferiority import smallest_margin
from promptops.evaluation.result import Evaluation
from promptops.optimize.result import OptimizeResult, Tried
from promptops.optimize.words import believable

_TAIL = 0.025  # of a 95 % interval
_STEP = 1.05
_ALWAYS = ("input_tokens", "output_tokens", "cost_usd")


@dataclass(frozen=True, slots=True, kw_only=True)
class Raced:
    """One wording on cases that are not held out, and on the same cases the one in use.

    Args:
        digest: The wording.
        proposer: Who proposed it.
        reason: What was changed.
        parents: What it was made of.
        cases: Cases that both ran on.
        score: Its mean score on them.
        gain: That less the base's, with a 95 % interval: the gains that an exact test does not
            rule out.
        saved: Change of its input tokens as a share of the base's, with a 95 % interval.
        input_tokens: Mean tokens sent.
        output_tokens: Mean tokens received.
        cost_usd: Mean price of a call, in USD.
        latency_ms: Mean wall time of a call, in milliseconds.
        on_front: Whether no other wording, the one in use included, is at least as good in score,
            tokens in and out and price (and latency, where that is the goal) and better in one; a
            difference below 5 % of tokens, price or latency is none.
    """

    digest: str
    proposer: str
    reason: str
    parents: tuple[str, ...]
    cases: int
    score: float
    gain: Interval
    saved: Interval
    input_tokens: float
    output_tokens: float
    cost_usd: float
    latency_ms: float
    on_front: bool = False

    def to_json(self) -> dict[str, JSON]:
        """Plain values by name."""
        return {**asdict(self), "parents": list(self.parents)}


def raced_of(result: OptimizeResult, measured: Mapping[str, Evaluation]) -> tuple[Raced, ...]:
    """The wordings that ran, in the order in which the optimizer ranked them.

    Args:
        result: The result.
        measured: Results on cases that are not held out, by the wording's digest; a wording that
            is missing, or shares no case with the one in use, is left out.
    """
    base = measured.get(result.subject)
    if base is None:
        return ()
    rows: list[Raced] = []
    places: list[tuple[float, ...]] = []
    about_time = result.goal == "faster" or "latency" in result.goal
    quantities = (*_ALWAYS, *(("latency_ms",) if about_time else ()))
    for each in result.tried:
        new = measured.get(each.digest)
        old_values = base.values(result.metric)
        shared = [] if new is None else [c for c in new.values(result.metric) if c in old_values]
        if new is None or not shared:
            continue
        old, new = base.subset(shared), new.subset(shared)
        row = _row(each, old, new, result.metric)
        rows.append(row)
        taken = tuple(-_steps(old, new, name) for name in quantities)
        places.append((believable(row.gain.estimate, row.cases), *taken))
    in_use = (0.0, *(0.0 for _ in quantities))
    return tuple(
        row
        if any(_beats(rival, place) for rival in (*places, in_use))
        else replace(row, on_front=True)
        for row, place in zip(rows, places, strict=True)
    )


def _row(tried: Tried, old: Evaluation, new: Evaluation, metric: str) -> Raced:
    before, after = old.values(metric), new.values(metric)
    differences = [after[case] - before[case] for case in after]
    count = len(differences)
    gain = fmean(differences)
    tokens, used = change(old, new, "input_tokens"), old.input_tokens_mean or 1.0
    return Raced(
        digest=tried.digest,
        proposer=tried.proposer,
        reason=tried.reason,
        parents=tried.parents,
        cases=count,
        score=fmean(after.values()),
        gain=Interval(
            estimate=gain,
            low=min(gain, -_largest_loss(differences)),
            high=max(gain, _largest_loss([-each for each in differences])),
        ),
        saved=Interval(
            estimate=tokens.estimate / used, low=tokens.low / used, high=tokens.high / used
        ),
        input_tokens=new.input_tokens_mean,
        output_tokens=new.output_tokens_mean,
        cost_usd=new.cost_usd_mean,
        latency_ms=new.latency_ms_mean,
    )


def _largest_loss(differences: Sequence[float]) -> float:
    """The largest mean loss that is not ruled out; parts of a point won do not count as won."""
    wins = sum(each >= 1 for each in differences)
    losses = sum(each < 0 for each in differences)
    return smallest_margin(wins, losses, len(differences), alpha=_TAIL)


def _steps(old: Evaluation, new: Evaluation, quantity: str) -> float:
    """How much more of a quantity, in steps of 5 %: less than that is no difference."""
    before, after = (float(getattr(each, f"{quantity}_mean")) for each in (old, new))
    return round(math.log(after / before) / math.log(_STEP)) if before and after else 0.0


def _beats(one: Sequence[float], other: Sequence[float]) -> bool:
    return all(a >= b for a, b in zip(one, other, strict=True)) and tuple(one) != tuple(other)
