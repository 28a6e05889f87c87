"""Estimates from logged runs.

Method: hierarchical shrinkage prompt -> topic -> global (empirical Bayes with fixed prior mass;
Efron & Morris 1977), exponential decay by age, one-sided Wilson lower bound (Wilson 1927) on the
shrunk mean. Two choices keep it honest: a level's prior leaves out the rows of the cell it informs
(nothing is counted twice), and a prior is worth at most the runs behind it (an unknown topic adds
no certainty).
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import NormalDist
from typing import Any

from promptops.core.clock import iso
from promptops.errors import RunLogError
from promptops.routing.estimates import Estimate, Estimates, Level
from promptops.routing.policy import Policy

_DAY_SECONDS = 86_400.0
_NO_MEAN = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    at: datetime
    prompt_id: str
    topic: str
    target: str
    current: bool
    quality: float | None
    cost_usd: float
    tokens: float
    latency_ms: float
    failed: bool


@dataclass(slots=True)
class _Cell:
    """Sums of one (level, key, target); weights are in runs."""

    runs: int = 0
    weight: float = 0.0
    failed: float = 0.0
    scored: float = 0.0
    quality: float = 0.0
    cost: float = 0.0
    tokens: float = 0.0
    served: float = 0.0
    latencies: list[tuple[float, float]] = field(default_factory=list)

    def add(self, run: _Run, weight: float) -> None:
        self.runs += 1
        self.weight += weight
        if run.failed:
            self.failed += weight
            return
        self.served += weight
        self.cost += weight * run.cost_usd
        self.tokens += weight * run.tokens
        self.latencies.append((run.latency_ms, weight))
        if run.quality is not None:
            self.scored += weight
            self.quality += weight * run.quality


@dataclass(frozen=True, slots=True)
class _Belief:
    """A quality and how many runs it is worth."""

    mean: float
    support: float


def recalibrate(
    rows: Iterable[Mapping[str, Any]] | Any,
    policy: Policy,
    *,
    half_life: float | None = None,
    as_of: datetime | None = None,
    current_digests: Mapping[str, Collection[str]] | None = None,
) -> Estimates:
    """Turn logged runs into estimates.

    Args:
        rows: Logged runs as mappings (or a data frame) with at least at, prompt_id, target,
            quality, cost_usd, input_tokens, output_tokens, latency_ms, error; topic optional.
        policy: Gives the confidence, the prior masses and the default half-life.
        half_life: Days after which a run counts half; the policy's when None.
        as_of: The moment runs are aged to; the newest run when None, so that the same log always
            gives the same bytes.
        current_digests: Prompt id -> digests of its present edition; runs under another digest say
            nothing about the prompt as it is now. None takes every run.

    Returns:
        One estimate per (level, key, target) that has runs.

    Raises:
        RunLogError: A row without a needed column, or with a value of the wrong kind.
    """
    runs = [
        _read(row, number, current_digests) for number, row in enumerate(_records(rows), start=1)
    ]
    # Sums of floats depend on their order; the order of a log means nothing.
    runs.sort(key=_order)
    half_life_days = half_life or policy.estimates.half_life_days
    confidence = policy.objectives.quality.confidence
    moment = as_of or max((run.at for run in runs), default=None)
    cells: dict[tuple[Level, str, str], _Cell] = defaultdict(_Cell)
    topics: dict[tuple[str, str], dict[str, _Cell]] = defaultdict(lambda: defaultdict(_Cell))
    for run in runs:
        assert moment is not None
        age_days = max(0.0, (moment - run.at).total_seconds() / _DAY_SECONDS)
        weight = 0.5 ** (age_days / half_life_days)
        cells["global", "", run.target].add(run, weight)
        cells["topic", run.topic, run.target].add(run, weight)
        if run.current:
            cells["prompt", run.prompt_id, run.target].add(run, weight)
            topics[run.prompt_id, run.target][run.topic].add(run, weight)
    estimates = [
        _estimate(key, cell, _belief(key, cells, topics, policy), confidence)
        for key, cell in sorted(cells.items(), key=lambda item: item[0])
    ]
    return Estimates(
        as_of=iso(moment) if moment else "",
        confidence=confidence,
        half_life_days=half_life_days,
        rows=len(runs),
        outdated_rows=sum(not run.current for run in runs),
        cells=tuple(estimates),
    )


def lower_bound(mean: float, support: float, confidence: float) -> float | None:
    """One-sided Wilson lower bound of a mean of values in 0..1 worth ``support`` runs.

    Values between 0 and 1 vary less than yes/no values of the same mean, so for them the bound is
    on the safe side. None without support.
    """
    if support <= 0:
        return None
    z = NormalDist().inv_cdf(confidence)
    middle = mean + z * z / (2 * support)
    spread = z * math.sqrt(max(0.0, mean * (1 - mean)) / support + z * z / (4 * support * support))
    return max(0.0, (middle - spread) / (1 + z * z / support))


def _belief(
    key: tuple[Level, str, str],
    cells: Mapping[tuple[Level, str, str], _Cell],
    topics: Mapping[tuple[str, str], Mapping[str, _Cell]],
    policy: Policy,
) -> _Belief:
    level, name, target = key
    cell = cells[key]
    mass = policy.estimates.prior_mass
    everything = cells["global", "", target]
    own = _plain(cell.quality, cell.scored)
    if level == "global":
        return own
    if level == "topic":
        return _shrink(own, _without(everything, cell), mass.topic)
    # A prompt belongs to the topic of most of its runs; its prior is that topic without itself.
    parts = topics[name, target]
    topic = max(sorted(parts), key=lambda part: parts[part].weight)
    whole = cells["topic", topic, target]
    others = _shrink(_without(whole, parts[topic]), _without(everything, whole), mass.topic)
    return _shrink(own, others, mass.prompt)


def _plain(total: float, count: float) -> _Belief:
    return _Belief(total / count, count) if count > 0 else _Belief(_NO_MEAN, 0.0)


def _without(whole: _Cell, part: _Cell) -> _Belief:
    count = whole.scored - part.scored
    # Differences of sums of weights leave crumbs where nothing is left.
    return _plain(whole.quality - part.quality, count if count > 1e-9 else 0.0)


def _shrink(own: _Belief, prior: _Belief, mass: float) -> _Belief:
    worth = min(mass, prior.support)
    support = own.support + worth
    if support <= 0:
        return _Belief(_NO_MEAN, 0.0)
    mean = (own.mean * own.support + prior.mean * worth) / support
    return _Belief(min(1.0, max(0.0, mean)), support)


def _estimate(
    key: tuple[Level, str, str], cell: _Cell, belief: _Belief, confidence: float
) -> Estimate:
    level, name, target = key
    served = cell.served
    known = belief.support > 0
    return Estimate(
        level=level,
        key=name,
        target=target,
        runs=cell.runs,
        support=round(belief.support, 6),
        quality=round(belief.mean, 9) if known else None,
        quality_lcb=_rounded(lower_bound(belief.mean, belief.support, confidence), 9),
        cost_usd=round(cell.cost / served, 12) if served else None,
        tokens=round(cell.tokens / served, 6) if served else None,
        latency_p50_ms=_rounded(_quantile(cell.latencies, 0.5), 3),
        latency_p95_ms=_rounded(_quantile(cell.latencies, 0.95), 3),
        error_rate=round(cell.failed / cell.weight, 9) if cell.weight else 0.0,
    )


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _quantile(values: list[tuple[float, float]], share: float) -> float | None:
    """Weighted quantile: the smallest value that ``share`` of the weight does not exceed."""
    if not values:
        return None
    total = sum(weight for _, weight in values)
    running = 0.0
    ordered = sorted(values)
    for value, weight in ordered:
        running += weight
        if running >= share * total - 1e-12:
            return value
    return ordered[-1][0]


def _records(rows: Any) -> Iterable[Mapping[str, Any]]:
    to_dict = getattr(rows, "to_dict", None)
    if to_dict is not None and hasattr(rows, "columns"):
        records: list[Mapping[str, Any]] = to_dict("records")
        return records
    return (row if isinstance(row, Mapping) else _fields(row) for row in rows)


def _fields(row: Any) -> Mapping[str, Any]:
    """A logged run given as a dataclass."""
    return {name: getattr(row, name) for name in row.__dataclass_fields__}


def _order(run: _Run) -> tuple[datetime, str, str, str, float, float, float]:
    quality = -1.0 if run.quality is None else run.quality
    return run.at, run.prompt_id, run.target, run.topic, quality, run.latency_ms, run.tokens


def _read(
    row: Mapping[str, Any], number: int, current: Mapping[str, Collection[str]] | None
) -> _Run:
    try:
        prompt_id = str(row["prompt_id"])
        return _Run(
            at=_moment(row["at"]),
            prompt_id=prompt_id,
            topic=_text(row.get("topic")),
            target=str(row["target"]),
            current=current is None or row.get("prompt_digest") in current.get(prompt_id, ()),
            quality=_share(row["quality"]),
            cost_usd=_number(row["cost_usd"]) or 0.0,
            tokens=(_number(row["input_tokens"]) or 0.0) + (_number(row["output_tokens"]) or 0.0),
            latency_ms=_number(row["latency_ms"]) or 0.0,
            failed=bool(_text(row["error"])),
        )
    except KeyError as problem:
        raise RunLogError(f"a logged run lacks {problem}", where=f"row {number}") from problem
    except (TypeError, ValueError) as problem:
        raise RunLogError(str(problem), where=f"row {number}") from problem


def _number(value: Any) -> float | None:
    """A number, or None for None and NaN (how a data frame writes a missing value)."""
    if value is None:
        return None
    number = float(value)
    return None if math.isnan(number) else number


def _share(value: Any) -> float | None:
    number = _number(value)
    if number is not None and not 0 <= number <= 1:
        raise ValueError(f"quality {number} is outside 0..1")
    return number


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime):
        raise TypeError(f"{value!r} is not a time")
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
