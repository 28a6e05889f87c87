"""The report of one nightly run: plain values that every view is drawn from."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from promptops.core.canonical import JSON
from promptops.core.clock import iso
from promptops.core.statistics import Interval

SCHEMA = "promptops/night-report/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step of the flow; ``status`` is ``done``, ``unchanged``, ``failed`` or ``skipped``."""

    name: str
    status: str
    seconds: float
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptRow:
    """What the night knows of one prompt.

    ``metric`` names the score; ``score`` is over all its golden cases. ``before`` and ``after`` are
    the held-out scores of the optimization and ``difference`` their paired difference; they are
    None when there was none. Tokens are means of input plus output tokens a call. ``verdict`` is
    ``improved``, ``cheaper``, ``no-safe-improvement``, ``budget-exhausted``, ``not-optimized``,
    ``not-evaluated`` or ``failed``.
    """

    id: str
    area: str
    title: str
    version: str
    digest: str
    target: str = ""
    metric: str = ""
    cases: int = 0
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    score: Interval | None = None
    before: Interval | None = None
    after: Interval | None = None
    difference: Interval | None = None
    tokens_before: float | None = None
    tokens_after: float | None = None
    latency_ms: float | None = None
    verdict: str = "not-evaluated"
    reason: str = ""
    proposal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """One lint finding worth showing."""

    code: str
    severity: str
    message: str
    path: str
    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateRow:
    """Two prompts that say the same; ``kind`` is exact, near or semantic; similarity is 0..1."""

    first: str
    second: str
    kind: str
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRow:
    """One prompt on the 2-D map of clusters."""

    id: str
    cluster: str
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RegressionRow:
    """One retrieving prompt against its knowledge base."""

    prompt: str
    kb: str
    old: str
    new: str
    verdict: str
    cases: int
    fixed: int
    broken: int
    reran: int
    difference: Interval | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingRow:
    """What recalibration says of one prompt: the target chosen before and now, with the reason."""

    policy: str
    prompt: str
    before: str
    after: str
    reason: str
    runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalRow:
    """A new version that waits for a decision."""

    id: str
    prompt: str
    kind: str
    title: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionRow:
    """What an optimization advises beside its proposal, in words; it is no proof."""

    prompt: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackRow:
    """The candidate pack; ``size`` in bytes."""

    id: str
    version: str
    digest: str
    path: str
    prompts: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRow:
    """What failed, where, and what it stopped."""

    step: str
    subject: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What the night cost. ``cached`` counts answers that were already known."""

    calls: int = 0
    cached: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NightReport:
    """Everything one night did; `to_json` is the contract of ``--format json``."""

    workspace: str
    started_at: datetime
    finished_at: datetime
    code_version: str
    model: str
    spent: Spent
    dry_run: bool = False
    steps: tuple[StepRow, ...] = ()
    prompts: tuple[PromptRow, ...] = ()
    findings: tuple[FindingRow, ...] = ()
    duplicates: tuple[DuplicateRow, ...] = ()
    points: tuple[PointRow, ...] = ()
    regressions: tuple[RegressionRow, ...] = ()
    routing: tuple[RoutingRow, ...] = ()
    proposals: tuple[ProposalRow, ...] = ()
    suggestions: tuple[SuggestionRow, ...] = ()
    pack: PackRow | None = None
    errors: tuple[ErrorRow, ...] = ()
    links: dict[str, str] = field(default_factory=dict)
    report_path: Path | None = None

    @property
    def seconds(self) -> float:
        """Wall-clock seconds of the flow's own work."""
        return (self.finished_at - self.started_at).total_seconds()

    def to_json(self) -> dict[str, JSON]:
        """The report as JSON values, with the totals first."""
        return {
            "schema": SCHEMA,
            "workspace": self.workspace,
            "started_at": iso(self.started_at),
            "finished_at": iso(self.finished_at),
            "code_version": self.code_version,
            "model": self.model,
            "dry_run": self.dry_run,
            "llm_calls": self.spent.calls,
            "cached_answers": self.spent.cached,
            "tokens": self.spent.input_tokens + self.spent.output_tokens,
            "input_tokens": self.spent.input_tokens,
            "output_tokens": self.spent.output_tokens,
            "usd": self.spent.usd,
            "seconds": round(self.seconds, 3),
            "steps": rows_json(self.steps),
            "prompts": rows_json(self.prompts),
            "findings": rows_json(self.findings),
            "duplicates": rows_json(self.duplicates),
            "points": rows_json(self.points),
            "regressions": rows_json(self.regressions),
            "routing": rows_json(self.routing),
            "proposals": rows_json(self.proposals),
            "suggestions": rows_json(self.suggestions),
            "pack": rows_json((self.pack,))[0] if self.pack else None,
            "errors": rows_json(self.errors),
            "links": dict(self.links),
            "report": str(self.report_path) if self.report_path else "",
        }


def rows_json(rows: tuple[JSON, ...]) -> list[dict[str, JSON]]:
    """Rows as JSON objects, fields in the order they are declared."""
    return [
        {
            name: value.to_json() if isinstance(value := getattr(row, name), Interval) else value
            for name in type(row).__dataclass_fields__
        }
        for row in rows
    ]
