"""How well judges agree with labels: measured, kept as data, asked before a judge is used.

Sources: Cohen's kappa (Cohen 1960); Wilson's score interval (Wilson 1927) where items are
independent; percentile bootstrap over whole clusters (Efron & Tibshirani 1993, ch. 13) where they
are not; position flips as in Zheng et al. 2023, "Judging LLM-as-a-Judge".
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from promptops.core.canonical import JSON
from promptops.core.statistics import Interval, wilson
from promptops.llm.embedded.weights import is_embedded

CALIBRATION_FILE = Path(__file__).with_name("calibration.json")
"""Written by ``benchmarks/judge_calibration.py``."""

_RESAMPLES = 2000
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """How often a judge said what, by what the labels say."""

    right_yes: int
    false_yes: int
    false_no: int
    right_no: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeAgreement:
    """A judge's agreement with labels.

    Args:
        n: Labeled items.
        accuracy: Share judged as labeled, with its 95 % interval.
        kappa: Cohen's kappa with its 95 % interval; 0 is chance.
        confusion: The counts behind them.
        flips: Share of the items whose verdict changed with the order in which things were shown,
            with its 95 % interval; None where only one order was asked.
        revision: Revision of the questions that was measured.
        date: When (ISO date).
        data: What it was measured on.
    """

    n: int
    accuracy: Interval
    kappa: Interval
    confusion: Confusion
    flips: Interval | None = None
    revision: int = 0
    date: str = ""
    data: str = ""

    @property
    def above_chance(self) -> bool:
        """Whether chance is ruled out at 95 %."""
        return self.kappa.low > 0

    def to_json(self) -> dict[str, JSON]:
        """Plain values by name, three decimals."""
        counts = self.confusion
        return {
            "n": self.n,
            "accuracy": _numbers(self.accuracy),
            "kappa": _numbers(self.kappa),
            "confusion": {
                "right_yes": counts.right_yes,
                "false_yes": counts.false_yes,
                "false_no": counts.false_no,
                "right_no": counts.right_no,
            },
            "flips": None if self.flips is None else _numbers(self.flips),
            "revision": self.revision,
            "date": self.date,
            "data": self.data,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, JSON]) -> "JudgeAgreement":
        """Read what `to_json` wrote."""
        return cls(
            n=value["n"],
            accuracy=Interval(**value["accuracy"]),
            kappa=Interval(**value["kappa"]),
            confusion=Confusion(**value["confusion"]),
            flips=None if value["flips"] is None else Interval(**value["flips"]),
            revision=value["revision"],
            date=value["date"],
            data=value["data"],
        )


Calibration = Mapping[str, Mapping[str, JudgeAgreement]]
"""Agreement by model id and name of the scorer."""


def agreement(
    said: Sequence[bool],
    labels: Sequence[bool],
    *,
    flipped: Sequence[bool] | None = None,
    clusters: Sequence[str] | None = None,
    seed: int = 0,
    revision: int = 0,
    date: str = "",
    data: str = "",
) -> JudgeAgreement:
    """How well yes/no verdicts agree with labels.

    Args:
        said: The verdicts, shape (n,), n >= 1.
        labels: What is right, shape (n,).
        flipped: Whether the verdict changed with the order, shape (n,).
        clusters: One name an item; whole clusters are resampled, because items about one input
            are not independent. None: items are.
        seed: Seed of the resampling.
        revision: See `JudgeAgreement`.
        date: See `JudgeAgreement`.
        data: See `JudgeAgreement`.

    Raises:
        ValueError: No items, or sequences of different length.
    """
    for other in (labels, flipped, clusters):
        if other is not None and len(other) != len(said):
            raise ValueError("every sequence has one entry an item")
    pairs = list(zip(said, labels, strict=True))
    if not pairs:
        raise ValueError("an agreement needs at least one item")
    groups = clusters or [str(place) for place in range(len(pairs))]
    right = [yes == label for yes, label in pairs]
    return JudgeAgreement(
        n=len(pairs),
        accuracy=_share(right, clusters, seed),
        kappa=_kappa_interval(pairs, groups, seed),
        confusion=Confusion(
            right_yes=pairs.count((True, True)),
            false_yes=pairs.count((True, False)),
            false_no=pairs.count((False, True)),
            right_no=pairs.count((False, False)),
        ),
        flips=None if flipped is None else _share(flipped, clusters, seed),
        revision=revision,
        date=date,
        data=data,
    )


def cohen_kappa(said: Sequence[bool], labels: Sequence[bool]) -> float:
    """Cohen's kappa of two yes/no sequences; 0 where chance alone agrees fully."""
    n = len(said)
    agree = sum(a == b for a, b in zip(said, labels, strict=True)) / n
    yes, label = sum(said) / n, sum(labels) / n
    chance = yes * label + (1 - yes) * (1 - label)
    return 0.0 if chance >= 1 else (agree - chance) / (1 - chance)


def shortcoming(model: str, scorer: str, revision: int, calibration: Calibration) -> str:
    """Why a model should not judge for a scorer; empty when it may.

    A model that was measured must be better than chance. One that was not measured may judge
    unless it is embedded: those are small.
    """
    measured = _measured(model, scorer, revision, calibration)
    if measured is None:
        return "its agreement with labels was not measured" if is_embedded(model) else ""
    if measured.above_chance:
        return ""
    kappa = measured.kappa
    return (
        f"on {measured.n} labeled answers it agrees no better than chance (kappa"
        f" {kappa.estimate:.2f}, 95 % interval {kappa.low:.2f} to {kappa.high:.2f})"
    )


def note(model: str, scorer: str, revision: int, calibration: Calibration) -> str:
    """What is known of a judge, in a few words."""
    measured = _measured(model, scorer, revision, calibration)
    if measured is None:
        return f"{model}: agreement with labels not measured"
    return f"{model}: kappa {measured.kappa.estimate:.2f} on {measured.n} labeled answers"


@cache
def load_calibration(path: Path = CALIBRATION_FILE) -> Calibration:
    """Every measured agreement; empty when nothing was measured."""
    if not path.exists():
        return {}
    models = json.loads(path.read_text(encoding="utf-8"))
    return {
        model: {scorer: JudgeAgreement.from_json(value) for scorer, value in scorers.items()}
        for model, scorers in models.items()
    }


def _measured(
    model: str, scorer: str, revision: int, calibration: Calibration
) -> JudgeAgreement | None:
    found = calibration.get(model, {}).get(scorer)
    return found if found is not None and found.revision == revision else None


def _share(values: Sequence[bool], clusters: Sequence[str] | None, seed: int) -> Interval:
    if clusters is None:
        return wilson(sum(values), len(values))
    draws = [sum(drawn) / len(drawn) for drawn in _resampled(values, clusters, seed)]
    return _percentiles(sum(values) / len(values), draws)


def _kappa_interval(
    pairs: Sequence[tuple[bool, bool]], clusters: Sequence[str], seed: int
) -> Interval:
    def kappa(items: Sequence[tuple[bool, bool]]) -> float:
        return cohen_kappa([said for said, _ in items], [label for _, label in items])

    return _percentiles(kappa(pairs), [kappa(each) for each in _resampled(pairs, clusters, seed)])


def _resampled(values: Sequence[_T], clusters: Sequence[str], seed: int) -> list[list[_T]]:
    """Bootstrap samples of whole clusters."""
    import numpy as np

    members: dict[str, list[_T]] = {}
    for value, name in zip(values, clusters, strict=True):
        members.setdefault(name, []).append(value)
    groups = list(members.values())
    random = np.random.default_rng(seed)
    picks = random.integers(0, len(groups), size=(_RESAMPLES, len(groups)))
    return [[value for place in row for value in groups[place]] for row in picks.tolist()]


def _percentiles(estimate: float, draws: Sequence[float]) -> Interval:
    import numpy as np

    low, high = np.quantile(draws, [0.025, 0.975])
    return Interval(estimate=estimate, low=float(low), high=float(high))


def _numbers(interval: Interval) -> dict[str, float]:
    return {name: round(value, 3) + 0.0 for name, value in interval.to_json().items()}
