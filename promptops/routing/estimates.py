"""What logged runs say about each target: quality with its lower bound, cost, latency.

Estimates exist on three levels, global -> topic -> prompt; `Estimates.lookup` answers from the most
specific level that rests on enough runs. They travel as one JSON document with a digest.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Literal, Self

from promptops.core.canonical import JSON, digest
from promptops.errors import PolicyError
from promptops.routing.policy import CostUnit

Level = Literal["global", "topic", "prompt"]
FORMAT = "promptops.estimates/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One target on one level.

    Attributes:
        level: How far the statement reaches.
        key: The topic or the prompt id; empty on the global level.
        target: ``model`` or ``model#variant``.
        runs: Logged runs on this level, failed ones included.
        support: Runs the quality rests on: recent ones count 1, older ones less, and the level
            above counts for at most its prior mass.
        quality: Shrunk mean, 0 to 1; None when no run was ever scored.
        quality_lcb: One-sided lower bound of the quality.
        cost_usd: Mean dollars a run.
        tokens: Mean input plus output tokens a run.
        latency_p50_ms: Median latency.
        latency_p95_ms: 95th percentile of the latency.
        error_rate: Share of runs that failed, 0 to 1.
    """

    level: Level
    key: str
    target: str
    runs: int
    support: float
    quality: float | None
    quality_lcb: float | None
    cost_usd: float | None
    tokens: float | None
    latency_p50_ms: float | None
    latency_p95_ms: float | None
    error_rate: float

    def cost(self, unit: CostUnit) -> float | None:
        """The mean cost of a run in ``unit``."""
        return self.cost_usd if unit == "usd_per_request" else self.tokens


@dataclass(frozen=True, kw_only=True)
class Estimates:
    """Every estimate of one recalibration.

    Attributes:
        as_of: ISO time to which runs were aged; empty when there were none.
        confidence: One-sided confidence of the lower bounds.
        half_life_days: Age at which a run counted half.
        rows: Logged runs read.
        outdated_rows: Of these, runs of another edition of their prompt: they count for the topic
            and globally, not for the prompt.
        cells: Sorted by level, key, target.
    """

    as_of: str
    confidence: float
    half_life_days: float
    rows: int
    outdated_rows: int
    cells: tuple[Estimate, ...] = field(default=())

    @cached_property
    def _index(self) -> dict[tuple[str, str, str], Estimate]:
        return {(cell.level, cell.key, cell.target): cell for cell in self.cells}

    @cached_property
    def digest(self) -> str:
        """Content digest of the estimates, cited by decisions."""
        return digest(self.to_json())

    def lookup(
        self, target: str, *, prompt_id: str, topic: str, min_runs: float = 0
    ) -> Estimate | None:
        """What is known about a target for a prompt.

        Returns:
            The most specific estimate that rests on ``min_runs`` or more; when none does, the most
            specific one there is; None when the target was never run.
        """
        keys = (("prompt", prompt_id), ("topic", topic), ("global", ""))
        found = [cell for key in keys if (cell := self._index.get((*key, target))) is not None]
        enough = (cell for cell in found if cell.quality is not None and cell.support >= min_runs)
        return next(enough, found[0] if found else None)

    def to_json(self) -> dict[str, JSON]:
        """A JSON document that `from_json` reads back to an equal value."""
        return {
            "format": FORMAT,
            "as_of": self.as_of,
            "confidence": self.confidence,
            "half_life_days": self.half_life_days,
            "rows": self.rows,
            "outdated_rows": self.outdated_rows,
            "cells": [asdict(cell) for cell in self.cells],
        }

    @classmethod
    def from_json(cls, document: JSON, *, where: str = "") -> Self:
        """Read what `to_json` wrote.

        Raises:
            PolicyError: The document is something else.
        """
        if not isinstance(document, Mapping) or document.get("format") != FORMAT:
            raise PolicyError(
                "these are not routing estimates",
                where=where,
                hint="run `promptops route recalibrate` to make them",
            )
        fields: dict[str, Any] = {key: value for key, value in document.items() if key != "format"}
        try:
            fields["cells"] = tuple(Estimate(**cell) for cell in fields.pop("cells"))
            return cls(**fields)
        except (TypeError, KeyError) as problem:
            raise PolicyError(
                f"these routing estimates are damaged: {problem}", where=where
            ) from problem


def upper_hull(points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """The (cost, quality) points worth paying for: from the cheapest up, slopes falling.

    Method: upper concave hull by the monotone chain (Andrew 1979), cut where quality stops rising.
    """
    hull: list[tuple[float, float]] = []
    for cost, quality in sorted(points, key=lambda point: (point[0], -point[1])):
        if hull and quality <= hull[-1][1]:
            continue
        while len(hull) > 1 and _turns_up(hull[-2], hull[-1], (cost, quality)):
            hull.pop()
        hull.append((cost, quality))
    return hull


def _turns_up(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    """Whether the slope rises at ``b``, so that ``b`` lies on or below the line from a to c."""
    return (b[1] - a[1]) * (c[0] - b[0]) <= (c[1] - b[1]) * (b[0] - a[0])
