"""Tables of results: held-out scores, differences with intervals, calls to most of the gain."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from optimizers.running import BASE, OURS, UNJUDGED

PROMOTED = "ours, promoted"
_OURS = (OURS, PROMOTED, UNJUDGED)
_RESAMPLES = 4000
_SEED = 7
_MOST = 0.95

Row = Mapping[str, Any]
Table = dict[str, dict[str, dict[int, list[float]]]]
"""Optimizer -> task -> seed -> scores by held-out case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Ours minus a peer's: mean over tasks, with a 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """In points of score."""
        return f"{100 * self.value:+.1f} [{100 * self.low:+.1f}, {100 * self.high:+.1f}]"


def table_of(rows: Iterable[Row], calls: int) -> Table:
    """The scores by optimizer for one budget; ours twice, the second time as promoted."""
    found: Table = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        if row["optimizer"] == BASE or row["calls"] == calls:
            name, task, seed = row["optimizer"], row["task"], row["seed"]
            found[name][task][seed] = row["best"]["scores"]
            if "promoted" in row:
                found[PROMOTED][task][seed] = row["promoted"]["scores"]
    return found


def evenly(table: Table, labels: Mapping[str, Sequence[str]]) -> Table:
    """The mean scores by label in place of the scores by case: every label weighs the same.

    Args:
        table: Scores by case.
        labels: Task -> the label of each held-out case; other tasks are left out.
    """
    return {
        name: {
            task: {seed: _by_label(scores, labels[task]) for seed, scores in runs.items()}
            for task, runs in own.items()
            if task in labels
        }
        for name, own in table.items()
    }


def _by_label(scores: Sequence[float], labels: Sequence[str]) -> list[float]:
    found: dict[str, list[float]] = defaultdict(list)
    for score, label in zip(scores, labels, strict=True):
        found[label].append(score)
    return [float(np.mean(each)) for each in found.values()]


def mean_of(scores: Mapping[int, Sequence[float]]) -> float:
    """Mean over seeds and cases."""
    return float(np.mean([np.mean(each) for each in scores.values()]))


def difference(table: Table, ours: str, peer: str) -> Difference | None:
    """Ours minus a peer's over the tasks and seeds that both have.

    Method: hierarchical bootstrap (Davison & Hinkley 1997, 3.8): tasks, then seeds within a task,
    then cases within a task, paired throughout; percentile interval. What has no seeds of its own
    (the unoptimized prompt) stands beside each seed.
    """
    pairs: list[np.ndarray[Any, Any]] = []
    for task, own in table.get(ours, {}).items():
        other = table.get(peer, {}).get(task, {})
        if peer == BASE and other:
            other = dict.fromkeys(own, next(iter(other.values())))
        seeds = sorted(set(own) & set(other))
        if seeds:
            pairs.append(np.array([np.subtract(own[seed], other[seed]) for seed in seeds]))
    if not pairs:
        return None
    random = np.random.default_rng(_SEED)
    means = np.empty(_RESAMPLES)
    for index in range(_RESAMPLES):
        chosen = [pairs[place] for place in random.integers(len(pairs), size=len(pairs))]
        means[index] = np.mean([_resampled(each, random) for each in chosen])
    low, high = np.quantile(means, (0.025, 0.975))
    value = float(np.mean([each.mean() for each in pairs]))
    return Difference(value=value, low=float(low), high=float(high))


def _resampled(pairs: "np.ndarray[Any, Any]", random: np.random.Generator) -> float:
    seeds, cases = pairs.shape
    rows = random.integers(seeds, size=seeds)
    columns = random.integers(cases, size=cases)
    return float(pairs[np.ix_(rows, columns)].mean())


def scores_table(
    table: Table, tasks: Sequence[str], constant: Mapping[str, float]
) -> list[list[str]]:
    """Optimizers by task: mean held-out score in points, and the mean over tasks.

    Args:
        table: The scores.
        tasks: The columns.
        constant: Task -> what one answer for every case scores, where answers are labels.
    """
    lines = [["optimizer", *tasks, "mean"]]
    for name in ordered(table):
        cells = [
            f"{100 * mean_of(table[name][task]):.1f}" if table[name].get(task) else "-"
            for task in tasks
        ]
        means = [mean_of(table[name][task]) for task in tasks if table[name].get(task)]
        whole = "" if len(means) == len(tasks) else f" ({len(means)} tasks)"
        lines.append([name, *cells, f"{100 * np.mean(means):.1f}{whole}" if means else "-"])
    cells = [f"{100 * constant[task]:.1f}" if task in constant else "-" for task in tasks]
    lines.append(["always the commonest label", *cells, "-"])
    return lines


def differences_table(table: Table) -> list[list[str]]:
    """Ours minus each other: the best found, what would be promoted, the best without a verdict."""
    own = [name for name in _OURS if name in table]
    lines = [["compared with", *own]]
    for name in ordered(table):
        if name not in own:
            found = [difference(table, each, name) for each in own]
            lines.append([name, *("-" if each is None else str(each) for each in found)])
    return lines


def costs_table(rows: Sequence[Row], calls: int) -> list[list[str]]:
    """What an optimization took, on average, and how it ended.

    No times: answers that were given before are not computed again.
    """
    lines = [["optimizer", "runs", "calls", "cut off", "errors", "k tokens"]]
    by_name: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["calls"] == calls and "used" in row:
            by_name[row["optimizer"]].append(row)
    for name, runs in sorted(by_name.items()):
        used = [row["used"] for row in runs]
        tokens = np.mean([each["input_tokens"] + each["output_tokens"] for each in used])
        lines.append(
            [
                name,
                str(len(runs)),
                f"{np.mean([each['calls'] for each in used]):.0f}",
                str(sum(each["exhausted"] for each in used)),
                str(sum("error" in row for row in runs)),
                f"{tokens / 1000:.1f}",
            ]
        )
    return lines


def budgets_table(rows: Sequence[Row]) -> list[list[str]]:
    """Mean held-out gain by budget, and the least budget with 95 % of the gain of the largest.

    An optimizer that is given fewer calls is what a search that is stopped earlier would be: its
    gain at each budget is what it really delivers there.
    """
    budgets = sorted({row["calls"] for row in rows if row["optimizer"] != BASE})
    lines = [["optimizer", *map(str, budgets), f"calls to {100 * _MOST:.0f} % of the gain"]]
    names = sorted({row["optimizer"] for row in rows} - {BASE})
    base = table_of(rows, 0).get(BASE, {})
    for name in names:
        gains = {calls: _gain(table_of(rows, calls).get(name, {}), base) for calls in budgets}
        known = {calls: gain for calls, gain in gains.items() if gain is not None}
        if len(known) < 2:
            continue
        final = known[max(known)]
        enough = next((calls for calls in known if known[calls] >= _MOST * final), None)
        cells = [f"{100 * known[each]:+.1f}" if each in known else "-" for each in budgets]
        lines.append([name, *cells, "no gain" if final <= 0 or enough is None else str(enough)])
    return lines if len(lines) > 1 else []


def _gain(
    scores: Mapping[str, Mapping[int, Sequence[float]]],
    base: Mapping[str, Mapping[int, Sequence[float]]],
) -> float | None:
    shared = [task for task in scores if base.get(task)]
    if not shared:
        return None
    return float(np.mean([mean_of(scores[task]) - mean_of(base[task]) for task in shared]))


def ordered(table: Iterable[str]) -> list[str]:
    """Names of optimizers: the unoptimized prompt, ours, the others."""
    table = set(table)
    first = [name for name in (BASE, *_OURS) if name in table]
    return [*first, *sorted(name for name in table if name not in first)]


def markdown_of(lines: Sequence[Sequence[str]]) -> str:
    """A table as Markdown."""
    head, *body = lines
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rule, *body))
