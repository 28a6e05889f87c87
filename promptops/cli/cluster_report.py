"""What ``promptops cluster`` prints: clusters, themes over them, and what changed."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from promptops.cli.output import emit_table, emit_text
from promptops.core.counting import counted

if TYPE_CHECKING:
    from promptops.cluster.drift import Change, Drift
    from promptops.cluster.report import ClusterReport, Theme

_NAMED = 4
_INDENT = "  "


def show(report: "ClusterReport", what: str) -> None:
    """Print a report.

    Args:
        report: The report.
        what: What an item is called: a prompt, a text.
    """
    rows = [
        (len(cluster.members), cluster.name, cluster.representative, _some(cluster.members))
        for cluster in sorted(report.clusters, key=lambda each: (-len(each.members), each.name))
    ]
    emit_table(rows, (f"{what}s", "cluster", "representative", "members"), right=(0,))
    _show_themes(report, what)
    if report.drift is not None:
        _show_drift(report, report.drift, what)
    summary = report.summary
    alone = f" ({_some(report.noise)})" if report.noise else ""
    emit_text(
        f"\n{counted(summary['items'], what)}: {counted(summary['clusters'], 'cluster')}, "
        f"{summary['noise']} on their own{alone}, "
        f"{counted(summary['duplicate_pairs'], 'duplicate pair')}"
    )


def _show_themes(report: "ClusterReport", what: str) -> None:
    """The themes as a tree, the broadest first."""
    if not report.themes:
        return
    sizes = {cluster.id: len(cluster.members) for cluster in report.clusters}
    top = max(theme.level for theme in report.themes)
    rows = [
        (
            sum(sizes[name] for name in theme.clusters),
            f"{_INDENT * (top - theme.level)}{theme.name}",
            counted(len(theme.clusters), "cluster"),
        )
        for theme in _tree(report.themes, top)
    ]
    emit_text("")
    emit_table(rows, (f"{what}s", "theme" if top == 1 else f"theme, {top} levels", ""), right=(0,))


def _tree(
    themes: "tuple[Theme, ...]", level: int, within: "Theme | None" = None
) -> "Iterator[Theme]":
    for theme in themes:
        inside = within is None or set(theme.clusters) <= set(within.clusters)
        if theme.level == level and inside:
            yield theme
            yield from _tree(themes, level - 1, theme)


def _show_drift(report: "ClusterReport", drift: "Drift", what: str) -> None:
    names = report.names

    def named(change: "Change") -> str:
        return f'"{names.get(change.cluster, change.label)}"'

    def others(change: "Change") -> str:
        return ", ".join(f'"{names.get(name, name)}"' for name in change.others)

    def resized(change: "Change") -> str:
        return f"{named(change)} {change.before} to {change.after}"

    lines = {
        "appeared": [f"{named(each)} ({each.after})" for each in drift.appeared],
        "vanished": [f"{named(each)} ({each.before})" for each in drift.vanished],
        "grew": [resized(each) for each in drift.grew],
        "shrank": [resized(each) for each in drift.shrank],
        "split": [f"{named(each)} into {others(each)}" for each in drift.split],
        "merged": [f"{others(each)} into {named(each)}" for each in drift.merged],
        f"new {what}s": list(drift.added),
        f"gone {what}s": list(drift.removed),
        "moved": list(drift.moved),
        "new outliers": list(drift.outliers),
    }
    anew = ", all grouped anew" if drift.regrouped else ""
    told = [(name, len(found), _some(found)) for name, found in lines.items() if found]
    since = f"since {drift.since or 'the last run'}{anew}"
    emit_text(f"\n{since}:" if told else f"\n{since} nothing changed")
    for name, count, found in told:
        emit_text(f"{_INDENT}{name} {count}: {found}")


def _some(names: Iterable[str]) -> str:
    found = list(names)
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return ", ".join(found[:_NAMED]) + more
