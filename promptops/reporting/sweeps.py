"""Sweeps over many prompts as one HTML file each: lint and clusters."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from promptops.core.counting import counted
from promptops.lint.finding import Finding, Severity
from promptops.lint.report import LintReport
from promptops.reporting.night import DuplicateRow, PointRow
from promptops.reporting.page import Anchor, Tile, amount, moment, page
from promptops.reporting.plots import cluster_map

_FINDINGS_A_RULE = 25
_DUPLICATES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """What a rule says of itself: one line, and why it matters."""

    summary: str
    rationale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    code: str
    name: str
    severity: str
    rank: int
    summary: str
    rationale: str
    prompts: int
    share: float
    findings: int
    shown: tuple[Finding, ...]
    hidden: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Linted:
    id: str
    path: str
    errors: int
    warnings: int
    infos: int
    codes: str


def lint_html(
    report: LintReport, *, workspace: str, when: datetime, texts: Mapping[str, RuleText]
) -> str:
    """A lint run as HTML: by rule, by prompt, and examples of every rule's findings.

    A rule shows its first 25 findings, so that the page stays readable for thousands of prompts;
    the command that lists the rest is named.

    Args:
        report: The lint run.
        workspace: Name of the workspace.
        when: The time of the run.
        texts: What each rule says of itself, by code.
    """
    prompts = _prompts(report)
    clean = report.checked - len(prompts)
    return page(
        "lint",
        title=f"{workspace}: lint",
        kind="lint report",
        headline=_lint_headline(report),
        meta=[workspace, moment(when)],
        contents=[
            Anchor(anchor=anchor, title=title, count=count)
            for anchor, title, count in (
                ("skipped", "Not checked", len(report.skipped)),
                ("rules", "By rule", len({finding.code for finding in report.findings})),
                ("prompts", "By prompt", len(prompts)),
            )
            if count or anchor == "rules"
        ],
        tiles=[
            Tile(label="Prompts checked", value=amount(report.checked)),
            Tile(label="Errors", value=amount(report.count(Severity.ERROR))),
            Tile(label="Warnings", value=amount(report.count(Severity.WARNING))),
            Tile(label="Infos", value=amount(report.count(Severity.INFO))),
            Tile(label="Without a finding", value=amount(clean)),
            Tile(label="Allowed by comment", value=amount(report.suppressed)),
            Tile(label="Not checked", value=amount(len(report.skipped))),
        ],
        skipped=report.skipped,
        rules=_rules(report, texts),
        prompts=prompts,
        prompts_say=f"{counted(len(prompts), 'prompt')} with findings, the worst first; "
        f"{amount(clean)} without any are left out.",
    )


def _lint_headline(report: LintReport) -> str:
    worst: dict[str, int] = {}
    for finding in report.findings:
        worst[finding.path] = min(worst.get(finding.path, 9), finding.severity.rank)
    prompts = counted(report.checked, "prompt")
    errors, warnings = (
        sum(rank == level.rank for rank in worst.values())
        for level in (Severity.ERROR, Severity.WARNING)
    )
    if errors:
        rest = f", {amount(warnings)} more have warnings" if warnings else ""
        return f"{amount(errors)} of {prompts} {'has' if errors == 1 else 'have'} errors{rest}"
    if warnings:
        return f"{amount(warnings)} of {prompts} {'has' if warnings == 1 else 'have'} warnings"
    return f"No errors and no warnings in {prompts}"


def _rules(report: LintReport, texts: Mapping[str, RuleText]) -> list[_Rule]:
    by_code: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_code.setdefault(finding.code, []).append(finding)
    rules = []
    for code, found in by_code.items():
        touched = len({finding.path for finding in found})
        share = touched / max(1, report.checked)
        text = texts.get(code, RuleText(summary=found[0].message, rationale=""))
        worst = min((finding.severity for finding in found), key=lambda level: level.rank)
        rules.append(
            _Rule(
                code=code,
                name=found[0].name,
                severity=worst.value,
                rank=worst.rank,
                summary=text.summary,
                rationale=text.rationale,
                prompts=touched,
                share=100 * share,
                findings=len(found),
                shown=tuple(found[:_FINDINGS_A_RULE]),
                hidden=max(0, len(found) - _FINDINGS_A_RULE),
            )
        )
    return sorted(rules, key=lambda rule: (rule.rank, -rule.prompts, rule.code))


def _prompts(report: LintReport) -> list[_Linted]:
    by_path: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_path.setdefault(finding.path, []).append(finding)
    rows = []
    for path, found in by_path.items():
        levels = Counter(finding.severity for finding in found)
        codes = Counter(finding.code for finding in found)
        rows.append(
            _Linted(
                id=found[0].prompt_id,
                path=path,
                errors=levels[Severity.ERROR],
                warnings=levels[Severity.WARNING],
                infos=levels[Severity.INFO],
                codes=" ".join(
                    code if n == 1 else f"{code}×{n}" for code, n in sorted(codes.items())
                ),
            )
        )
    return sorted(rows, key=lambda row: (-row.errors, -row.warnings, -row.infos, row.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRow:
    """A group of prompts that do similar work; the representative is one of the members."""

    id: str
    label: str
    representative: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _ShownCluster:
    id: str
    label: str
    representative: str
    members: tuple[str, ...]
    color: str


def cluster_html(
    clusters: Sequence[ClusterRow],
    duplicates: Sequence[DuplicateRow],
    points: Sequence[PointRow],
    *,
    workspace: str,
    when: datetime,
    noun: str = "prompt",
) -> str:
    """Clusters as HTML: a map, the clusters with their prompts, and duplicates.

    Args:
        clusters: The clusters, by their labels in ``points``.
        duplicates: Pairs that say the same; the 500 most alike are shown.
        points: Where every prompt stands on the map; ``cluster`` is a label, empty for none.
        workspace: Name of the workspace, or of what was grouped.
        when: The time of the run.
        noun: What an item is called.
    """
    drawn = cluster_map(points)
    colors = {key.cluster: key.color for key in drawn.keys}
    ranked = sorted(clusters, key=lambda row: (-len(row.members), row.label))
    alike = sorted(duplicates, key=lambda row: (-row.similarity, row.first, row.second))
    inside = sum(len(row.members) for row in clusters)
    return page(
        "cluster",
        title=f"{workspace}: clusters",
        kind="cluster report",
        headline=f"{counted(len(points), noun)} in {counted(len(clusters), 'cluster')}, "
        f"{counted(len(duplicates), 'pair')} that {'says' if len(duplicates) == 1 else 'say'}"
        " the same",
        meta=[workspace, moment(when)],
        contents=[
            Anchor(anchor="map", title="Map"),
            Anchor(anchor="clusters", title="Clusters", count=len(clusters)),
            Anchor(anchor="duplicates", title="Duplicates", count=len(duplicates)),
        ][: 3 if duplicates else 2],
        noun=noun,
        tiles=_cluster_tiles(clusters, duplicates, len(points), noun),
        points=drawn.dots,
        labels=drawn.labels,
        legend=drawn.keys,
        clusters=[
            _ShownCluster(
                id=row.id,
                label=row.label,
                representative=row.representative,
                members=row.members,
                color=colors.get(row.label, ""),
            )
            for row in ranked
        ],
        clusters_say=f"{amount(inside)} {noun}s in {counted(len(clusters), 'cluster')}, the "
        f"largest first; the representative is the {noun} nearest to the middle.",
        duplicates=alike[:_DUPLICATES],
        hidden=max(0, len(alike) - _DUPLICATES),
    )


def _cluster_tiles(
    clusters: Sequence[ClusterRow], duplicates: Sequence[DuplicateRow], items: int, noun: str
) -> list[Tile]:
    inside = sum(len(row.members) for row in clusters)
    kinds = Counter(row.kind for row in duplicates)
    return [
        Tile(label=f"{noun.capitalize()}s", value=amount(items)),
        Tile(label="Clusters", value=amount(len(clusters))),
        Tile(label="In a cluster", value=amount(inside)),
        Tile(label="On their own", value=amount(items - inside)),
        Tile(label="Exact duplicates", value=amount(kinds["exact"])),
        Tile(label="Near duplicates", value=amount(kinds["near"])),
        Tile(label="Same in other words", value=amount(kinds["semantic"])),
    ]
