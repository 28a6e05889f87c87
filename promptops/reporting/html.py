"""A night as one self-contained HTML file."""

from dataclasses import dataclass

from promptops.core.clock import iso
from promptops.core.counting import counted
from promptops.core.statistics import Interval
from promptops.reporting.next_steps import next_steps
from promptops.reporting.night import NightReport, PromptRow, RegressionRow
from promptops.reporting.page import Anchor, Tile, amount, duration, moment, page, size
from promptops.reporting.plots import (
    UNIT,
    Whisker,
    cluster_map,
    described,
    difference_scale,
    timeline,
)

_VERDICTS = {
    "improved": "good",
    "cheaper": "good",
    "failed": "bad",
    "budget-exhausted": "warn",
    "no-safe-improvement": "info",
}
_REGRESSION = {"IMPROVED": "good", "PASS": "good", "REGRESSED": "bad", "INCONCLUSIVE": "warn"}


def night_html(report: NightReport) -> str:
    """The report as HTML: one file, nothing loaded from elsewhere, every text escaped."""
    clusters = cluster_map(report.points)
    reasons = {row.proposal: row.reason for row in report.prompts if row.proposal}
    effects = [_effect(row, report) for row in report.prompts if row.before and row.after]
    effects.sort(key=lambda effect: (-effect.order, effect.id))
    differences = difference_scale(row.difference for row in report.prompts if row.difference)
    moved = sum(1 for row in report.routing if row.before != row.after)
    return page(
        "night",
        title=f"{report.workspace}: night of {iso(report.started_at)[:10]}",
        kind="nightly report",
        headline=headline(report),
        meta=[
            report.workspace,
            moment(report.started_at),
            f"took {duration(report.seconds)}",
            f"model {report.model}",
            f"code {report.code_version}",
            "dry run" if report.dry_run else "",
        ],
        contents=_contents(report, len(effects)),
        tiles=_tiles(report),
        errors=report.errors,
        next_steps=next_steps(report),
        proposals=[
            {
                "id": row.id,
                "prompt": row.prompt,
                "kind": row.kind,
                "title": row.title,
                # The reason of a row is its optimization's; a rewrite or rebinding has its own.
                "reason": reasons.get(row.id, "") if row.kind == "optimize" else "",
            }
            for row in report.proposals
        ],
        suggestions=report.suggestions,
        effects=effects,
        score_ticks=UNIT.ticks(),
        difference_ticks=differences.ticks(signed=True),
        prompts=[_prompt(row) for row in report.prompts],
        verdicts=sorted({row.verdict for row in report.prompts}),
        regressions=[_regression(row) for row in report.regressions],
        routing_moved=[row for row in report.routing if row.before != row.after],
        routing_kept=[row for row in report.routing if row.before == row.after],
        routing_say=f"The choice changes for {moved} of {counted(len(report.routing), 'prompt')}.",
        points=clusters.dots,
        labels=clusters.labels,
        legend=clusters.keys,
        duplicates=sorted(report.duplicates, key=lambda row: -row.similarity),
        findings=report.findings,
        steps=timeline(report.steps),
        pack=report.pack,
        pack_size=size(report.pack.size) if report.pack else "",
    )


def headline(report: NightReport) -> str:
    """The night in one sentence."""
    if report.dry_run:
        return f"Dry run over {counted(len(report.prompts), 'prompt')}: no model was called"
    total = len(report.prompts)
    better = sum(1 for row in report.prompts if row.verdict in ("improved", "cheaper"))
    broken = sum(1 for row in report.regressions if row.verdict == "REGRESSED")
    failed = sum(1 for row in report.prompts if row.verdict == "failed")
    if better:
        has = "has" if better == 1 else "have"
        text = f"{better} of {counted(total, 'prompt')} {has} a better version waiting"
    elif not report.spent.calls:
        text = f"Nothing new to measure: {counted(total, 'prompt')} as they were"
    else:
        text = f"{counted(total, 'prompt')} measured, no safe improvement found"
    if broken:
        verb = "answers" if broken == 1 else "answer"
        text += f"; {broken} {verb} worse on a new knowledge base"
    if failed:
        text += f"; {failed} failed"
    return text


def _tiles(report: NightReport) -> list[Tile]:
    spent = report.spent
    errors = sum(row.errors for row in report.prompts)
    warnings = sum(row.warnings for row in report.prompts)
    found = errors + warnings + sum(row.infos for row in report.prompts)
    return [
        Tile(label="LLM calls", value=amount(spent.calls)),
        Tile(label="Answers reused", value=amount(spent.cached), note="known already, no cost"),
        Tile(
            label="Tokens",
            value=amount(spent.input_tokens + spent.output_tokens),
            note=f"{amount(spent.input_tokens)} in, {amount(spent.output_tokens)} out",
        ),
        Tile(label="Cost", value=f"${spent.usd:,.2f}"),
        Tile(label="Time", value=duration(report.seconds)),
        Tile(label="Prompts", value=amount(len(report.prompts))),
        Tile(
            label="Lint findings",
            value=amount(found),
            note=f"{counted(errors, 'error')}, {counted(warnings, 'warning')}",
        ),
        Tile(label="Proposals", value=amount(len(report.proposals))),
    ]


def _contents(report: NightReport, effects: int) -> list[Anchor]:
    counted_sections = [
        ("errors", "Failures", len(report.errors)),
        ("proposals", "Proposals", len(report.proposals)),
        ("suggestions", "Worth a look", len(report.suggestions)),
        ("effects", "Before and after", effects),
        ("prompts", "Prompts", len(report.prompts)),
        ("regression", "Regression", len(report.regressions)),
        ("routing", "Routing", len(report.routing)),
        ("clusters", "Clusters", len({row.cluster for row in report.points})),
        ("duplicates", "Duplicates", len(report.duplicates)),
        ("findings", "Findings", len(report.findings)),
    ]
    shown = [Anchor(anchor=a, title=t, count=n) for a, t, n in counted_sections if n]
    ends = [Anchor(anchor="steps", title="Steps")]
    if report.pack:
        ends.append(Anchor(anchor="pack", title="Pack"))
    return [Anchor(anchor="next", title="Where to look next"), *shown, *ends]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Effect:
    id: str
    order: float
    tone: str
    before: Whisker
    after: Whisker | None
    difference: Whisker | None
    scores_title: str
    difference_title: str


def _effect(row: PromptRow, report: NightReport) -> _Effect:
    assert row.before is not None
    scale = difference_scale(other.difference for other in report.prompts if other.difference)
    return _Effect(
        id=row.id,
        order=row.difference.estimate if row.difference else -2.0,
        tone=_tone(row.difference),
        before=UNIT.whisker(row.before),
        after=UNIT.whisker(row.after) if row.after else None,
        difference=scale.whisker(row.difference) if row.difference else None,
        scores_title=f"{row.id}: {row.metric} before {described(row.before)}, "
        f"after {described(row.after)}",
        difference_title=f"{row.id}: difference {described(row.difference)}",
    )


def _tone(difference: Interval | None) -> str:
    if difference is None:
        return ""
    return "good" if difference.low > 0 else "bad" if difference.high < 0 else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prompt:
    row: PromptRow
    weight: int
    findings: list[tuple[int, str, str, str]]
    score: Whisker | None
    tone: str
    tokens: str
    badge: str


def _prompt(row: PromptRow) -> _Prompt:
    counts = [
        (row.errors, "E", "bad", "errors"),
        (row.warnings, "W", "warn", "warnings"),
        (row.infos, "I", "", "infos"),
    ]
    change = ""
    if row.tokens_before and row.tokens_after is not None:
        change = f"{100 * (row.tokens_after / row.tokens_before - 1):+.0f} %"
    return _Prompt(
        row=row,
        weight=row.errors * 10_000 + row.warnings * 100 + row.infos,
        findings=[count for count in counts if count[0]],
        score=UNIT.whisker(row.score) if row.score else None,
        tone={"good": "up", "bad": "down"}.get(_tone(row.difference), ""),
        tokens=change,
        badge=_VERDICTS.get(row.verdict, ""),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Regression:
    row: RegressionRow
    badge: str
    versions: str


def _regression(row: RegressionRow) -> _Regression:
    old, new = _short(row.old), _short(row.new)
    versions = new if not old or old == new else f"{old} → {new}"
    return _Regression(row=row, badge=_REGRESSION.get(row.verdict, ""), versions=versions)


def _short(version: str) -> str:
    return version.removeprefix("sha256:")[:12] if version.startswith("sha256:") else version
