"""Positions of marks in the report's plots, in percent, so that drawings fit any width."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from promptops.core.statistics import Interval
from promptops.reporting.night import PointRow, StepRow
from promptops.reporting.page import duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A mark on an axis; ``at`` in percent."""

    at: float
    label: str
    zero: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisker:
    """A dot with its interval, in percent of the axis."""

    left: float
    at: float
    right: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A linear axis from ``low`` to ``high``; what lies outside is drawn at the end."""

    low: float
    high: float

    def at(self, value: float) -> float:
        """Where a value stands, in percent."""
        share = (value - self.low) / (self.high - self.low)
        return round(100 * min(1.0, max(0.0, share)), 2)

    def whisker(self, interval: Interval) -> Whisker:
        """Where an interval stands."""
        return Whisker(
            left=self.at(interval.low), at=self.at(interval.estimate), right=self.at(interval.high)
        )

    def ticks(self, *, signed: bool = False) -> list[Tick]:
        """Three to six round values."""
        rough = (self.high - self.low) / 4
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.9)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        values = [number * step for number in range(first, last + 1)]
        form = "{:+.2g}" if signed else "{:.2g}"
        return [
            Tick(
                at=self.at(value),
                label=form.format(value) if number else "0",
                zero=signed and not number,
            )
            for number, value in zip(range(first, last + 1), values, strict=True)
        ]


UNIT = Scale(low=0.0, high=1.0)


def difference_scale(intervals: Iterable[Interval]) -> Scale:
    """A symmetric scale round zero that holds every interval."""
    reach = max((abs(edge) for one in intervals for edge in (one.low, one.high)), default=0.1)
    return Scale(low=-max(reach, 0.05), high=max(reach, 0.05))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One step on the time line."""

    name: str
    status: str
    left: float
    width: float
    time: str
    tone: str
    note: str
    title: str


_TONES = {"failed": "bad", "skipped": "soft", "unchanged": "soft"}


def timeline(steps: Sequence[StepRow]) -> list[Bar]:
    """The steps one after the other; widths are shares of the total time."""
    total = sum(step.seconds for step in steps) or 1.0
    bars, begun = [], 0.0
    for step in steps:
        time = duration(step.seconds)
        bars.append(
            Bar(
                name=step.name,
                status=step.status,
                left=round(100 * begun / total, 2),
                width=round(100 * step.seconds / total, 2),
                time=time,
                tone=_TONES.get(step.status, ""),
                note=step.note,
                title=f"{step.name}: {step.status}, {time}",
            )
        )
        begun += step.seconds
    return bars


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One prompt on the map, in percent of the plot."""

    cluster: str
    color: str
    x: float
    y: float
    radius: float
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A cluster's name on the map, at the middle of its prompts."""

    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A cluster in the legend."""

    cluster: str
    label: str
    size: int
    color: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterMap:
    """The map of prompts: dots, names of the largest clusters, legend."""

    dots: tuple[Dot, ...]
    labels: tuple[Label, ...]
    keys: tuple[Key, ...]


_COLORS = 10
_NAMED = 8
_MARGIN = 4.0
_FEW = 12
_LINE = 4.2  # height of a line of text, in percent of the map
_LETTERS = 2.5  # how far letters rise above their line
_LETTER = 0.75  # width of a letter, in percent of the map
_DOT = 1.3  # how far a dot reaches from its middle, in percent of the map's height
_TOP, _BOTTOM = 3.5, 98.5
_STEPS = 24


def cluster_map(points: Sequence[PointRow]) -> ClusterMap:
    """Place prompts; the ten largest clusters get a color each, the rest are gray.

    A cluster of one prompt is never colored: there is nothing to see together.
    """
    members: dict[str, list[PointRow]] = {}
    for point in points:
        members.setdefault(point.cluster, []).append(point)
    ranked = sorted(
        (name for name in members if name and len(members[name]) > 1),
        key=lambda name: (-len(members[name]), name),
    )
    colors = {name: f"k{number}" for number, name in enumerate(ranked[:_COLORS])}
    across, up = (_fit([getattr(point, axis) for point in points]) for axis in ("x", "y"))
    radius = 5.0 if len(points) <= 60 else 3.6 if len(points) <= 400 else 2.7
    dots = tuple(
        Dot(
            cluster=point.cluster,
            color=colors.get(point.cluster, "other"),
            x=_place(across, point.x),
            # Screen coordinates run downward.
            y=round(100 - _place(up, point.y), 2),
            radius=radius,
            title=f"{point.id} ({point.cluster})" if point.cluster else point.id,
        )
        for point in points
    )
    named = {name: [dot for dot in dots if dot.cluster == name] for name in ranked[:_NAMED]}
    keys = tuple(
        Key(cluster=name, label=name, size=len(members[name]), color=colors[name])
        for name in ranked[:_COLORS]
    )
    return ClusterMap(dots=dots, labels=_apart(named, dots), keys=keys)


def _apart(named: Mapping[str, Sequence[Dot]], dots: Sequence[Dot]) -> tuple[Label, ...]:
    """The names of clusters, none on another: moved up or down to where there is room.

    That of a small cluster stands above its dots and on no dot, if there is such a place; that of
    a large one in its middle. Widths are a guess from the number of letters.
    """
    wanted = [
        Label(
            text=name,
            x=min(max(_middle([dot.x for dot in own]), _half(name)), 100 - _half(name)),
            y=min(dot.y for dot in own) - 2 if len(own) <= _FEW else _middle([d.y for d in own]),
        )
        for name, own in named.items()
    ]
    placed: list[Label] = []
    for label in sorted(wanted, key=lambda one: (one.y, one.x, one.text)):
        steps = sorted(range(-_STEPS, _STEPS + 1), key=lambda step: (abs(step), -step))
        heights = [round(label.y + step * _LINE / 4, 2) for step in steps]
        moved = [replace(label, y=y) for y in heights if _TOP <= y <= _BOTTOM]
        free = [one for one in moved if not any(_touch(one, other) for other in placed)] or moved
        if len(named[label.text]) <= _FEW:
            free.sort(key=lambda one: sum(_covers(one, dot) for dot in dots))
        placed.append(free[0])
    return tuple(placed)


def _touch(one: Label, other: Label) -> bool:
    return abs(one.y - other.y) < _LINE and abs(one.x - other.x) < _half(one.text + other.text)


def _covers(label: Label, dot: Dot) -> bool:
    """Whether a dot is under a label, whose ``y`` is the line that its letters stand on."""
    beside = abs(dot.x - label.x) > _half(label.text) + _DOT / 2
    return not beside and -_LETTERS - _DOT < dot.y - label.y < _DOT


def _half(text: str) -> float:
    return len(text) * _LETTER / 2


def _fit(values: Sequence[float]) -> Scale:
    low, high = min(values, default=0.0), max(values, default=1.0)
    return Scale(low=low, high=high) if high > low else Scale(low=low - 1, high=low + 1)


def _place(scale: Scale, value: float) -> float:
    return round(_MARGIN + scale.at(value) * (100 - 2 * _MARGIN) / 100, 2)


def _middle(values: Sequence[float]) -> float:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else round((ordered[half - 1] + ordered[half]) / 2, 2)


def described(interval: Interval | None) -> str:
    """An interval as words for those who do not see the plot."""
    return str(interval) if interval else "not measured"
