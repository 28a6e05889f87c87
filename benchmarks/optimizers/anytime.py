"""Calls to most of the gain: what each run would have returned, had it been stopped earlier.

A run notes its incumbent, the wording that it would return, with the calls it had taken when that
changed. Each incumbent runs on the held-out cases, so the curve of an optimizer is the held-out
gain that it really has after so many calls of a run that was planned for the whole budget.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from optimizers.comparing import PROMOTED, ordered
from optimizers.running import BASE, OURS, UNJUDGED

MOST = 0.95
_COLUMNS = (20, 30, 40, 50, 60, 70, 80, 90)
_ENOUGH = 0.75
_RESAMPLES = 2000
_SEED = 7
_NEVER = np.inf

Row = Mapping[str, Any]
Array = np.ndarray[Any, Any]
Curves = dict[str, dict[str, dict[int, Array]]]
"""Optimizer -> task -> seed -> held-out gain over the unoptimized prompt, calls x cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anytime:
    """The mean curves of optimizers over the tasks and seeds that all of them have.

    Args:
        tasks: How many tasks that is.
        runs: How many runs of each optimizer.
        best: The peer with the largest gain at the end.
        curves: Optimizer -> mean gain by calls, from 0 to the budget; the first row is measured,
            the others are bootstrap resamples. Tasks are drawn, then seeds within a task, then
            cases; the same draws for all optimizers.
    """

    tasks: int
    runs: int
    best: str
    curves: Mapping[str, Array]


def anytime_of(rows: Iterable[Row], budget: int) -> Anytime | None:
    """The curves of the runs with one budget; None before ours and a peer share a run.

    Optimizers that never found another wording have no curve, nor have those with far fewer runs.
    """
    found = _curves(rows, budget)
    runs = {name: {(t, seed) for t in own for seed in own[t]} for name, own in found.items()}
    most = max(map(len, runs.values()), default=0)
    found = {name: own for name, own in found.items() if len(runs[name]) >= _ENOUGH * most}
    shared = sorted(set.intersection(*(runs[name] for name in found))) if found else []
    peers = [name for name in found if name not in (OURS, UNJUDGED, PROMOTED)]
    if not shared or not peers or len(peers) == len(found):
        return None
    seeds: dict[str, list[int]] = defaultdict(list)
    for task, seed in shared:
        seeds[task].append(seed)
    stacks = {
        name: [np.stack([own[task][seed] for seed in seeds[task]]) for task in seeds]
        for name, own in found.items()
    }
    random = np.random.default_rng(_SEED)
    draws = [_draw([each.shape for each in stacks[peers[0]]], random) for _ in range(_RESAMPLES)]
    curves = {
        name: np.array([_mean(own), *(_mean(own, draw) for draw in draws)])
        for name, own in stacks.items()
    }
    best = max(peers, key=lambda name: float(curves[name][0, -1]))
    return Anytime(tasks=len(seeds), runs=len(shared), best=best, curves=curves)


def scored(row: Row) -> bool:
    """Whether each wording that a run had on its way was scored."""
    return all("scores" in step for step in row.get("trajectory", ()))


def _curves(rows: Iterable[Row], budget: int) -> Curves:
    """The curves of optimizers that found anything, where their incumbents were scored."""
    kept = [row for row in rows if row["calls"] == budget or row["optimizer"] == BASE]
    base = {row["task"]: row["best"]["scores"] for row in kept if row["optimizer"] == BASE}
    found: Curves = defaultdict(lambda: defaultdict(dict))
    for row in kept:
        task, seed, steps = row["task"], row["seed"], row.get("trajectory", ())
        if task not in base or not steps or not scored(row):
            continue
        changes = [(step["calls"], step["scores"]) for step in steps]
        found[row["optimizer"]][task][seed] = _curve(changes, base[task], budget)
        if "promoted" in row:
            verdict = [(row["used"]["calls"], row["promoted"]["scores"])]
            found[PROMOTED][task][seed] = _curve(verdict, base[task], budget)
    return {
        name: own
        for name, own in found.items()
        if any(curve.any() for runs in own.values() for curve in runs.values())
    }


def _curve(
    changes: Iterable[tuple[int, Sequence[float]]], base: Sequence[float], budget: int
) -> Array:
    curve = np.zeros((budget + 1, len(base)))
    for calls, scores in changes:
        curve[calls:] = np.subtract(scores, base)
    return curve


Draw = list[tuple[int, Array, Array]]
"""Of each task drawn: its place, the seeds and the cases."""


def _draw(shapes: Sequence[tuple[int, ...]], random: np.random.Generator) -> Draw:
    places = random.integers(len(shapes), size=len(shapes))
    return [
        (
            int(place),
            random.integers(shapes[place][0], size=shapes[place][0]),
            random.integers(shapes[place][2], size=shapes[place][2]),
        )
        for place in places
    ]


def _mean(stacks: Sequence[Array], draw: Draw | None = None) -> Array:
    """Mean over seeds and cases, then over tasks; ``stacks`` are seeds x calls x cases."""
    if draw is None:
        return np.asarray(np.mean([each.mean(axis=(0, 2)) for each in stacks], axis=0))
    chosen = [
        stacks[place][seeds].mean(axis=0)[:, cases].mean(axis=1) for place, seeds, cases in draw
    ]
    return np.asarray(np.mean(chosen, axis=0))


def reaching(curves: Array, gains: Array) -> Array:
    """From which number of calls on each curve is never below its gain; infinite for never.

    Args:
        curves: Curves x calls, from 0.
        gains: What is to be reached, a number for each curve.
    """
    below = curves < gains[:, None] - 1e-12
    length = curves.shape[1]
    first = np.where(below.any(axis=1), length - below[:, ::-1].argmax(axis=1), 0)
    return np.where(first < length, first, _NEVER)


def curve_table(anytime: Anytime) -> list[list[str]]:
    """Mean held-out gain in points after so many calls."""
    last = next(iter(anytime.curves.values())).shape[1] - 1
    columns = [calls for calls in (*_COLUMNS, last) if calls <= last]
    lines = [["gain after calls", *map(str, columns)]]
    for name in ordered(anytime.curves):
        curve = anytime.curves[name][0]
        lines.append([name, *(f"{100 * curve[calls]:+.1f}" for calls in columns)])
    return lines


def calls_table(anytime: Anytime) -> list[list[str]]:
    """Calls to most of the own gain and of the best peer's, and their share of the best peer's."""
    best, percent = anytime.best, f"{100 * MOST:.0f} %"
    share = f"share of {best}'s calls"
    head = ["optimizer", f"calls to {percent} of its gain", share]
    lines = [[*head, f"calls to {percent} of {best}'s gain", share]]
    target = MOST * anytime.curves[best][:, -1]
    needed = np.where(target > 0, reaching(anytime.curves[best], target), _NEVER)
    for name in ordered(anytime.curves):
        curves = anytime.curves[name]
        cells = [name]
        for gains in (MOST * curves[:, -1], target):
            calls = np.where(gains > 0, reaching(curves, gains), _NEVER)
            with np.errstate(invalid="ignore"):  # never over never is no share
                shares = np.nan_to_num(calls / needed, nan=_NEVER, posinf=_NEVER)
            cells += [_interval(calls, "{:.0f}"), _interval(shares, "{:.2f}")]
        lines.append(cells)
    return lines


def _interval(values: Array, form: str) -> str:
    """The first value, with the 95 % interval that the others give."""
    if values[0] == _NEVER:
        return "not reached"
    low, high = np.quantile(values[1:], (0.025, 0.975), method="inverted_cdf")
    ends = [form.format(end) if end < _NEVER else "never" for end in (low, high)]
    return f"{form.format(values[0])} [{', '.join(ends)}]"
