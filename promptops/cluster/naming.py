"""Clusters and themes from group numbers: ids that last, labels, representatives."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from promptops.cluster.communities import SMALLEST, Grouping
from promptops.cluster.hierarchy import levels
from promptops.cluster.items import Item, Rows
from promptops.cluster.labels import METHOD, TYPICAL, Labels
from promptops.cluster.report import Cluster, ClusterReport, Theme
from promptops.cluster.wording import normalized
from promptops.core.canonical import digest_bytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_OTHER = 0.1
"""The part of a cluster's texts that may come or go before it is named anew."""


def name_clusters(
    rows: Rows,
    vectors: "NDArray[np.float32]",
    grouping: Grouping,
    previous: ClusterReport | None,
    *,
    anew: bool = True,
) -> tuple[dict[int, Cluster], tuple[Theme, ...]]:
    """The clusters by group number, largest first, and the themes over them.

    A group of one item is none, and its row's number becomes -1; a text in several copies that is
    like no other is a group (both are written into ``grouping``).

    Args:
        rows: What was grouped.
        vectors: ``(n, d)`` unit vectors of the rows.
        grouping: The group of each row.
        previous: The last run: recognizable clusters keep their ids, unchanged ones their labels.
        anew: Whether everything was grouped anew. Else a cluster keeps its label until a tenth of
            its texts came or went since it was named, and a theme that of its clusters.
    """
    grouped = _grouped(rows.copies, grouping)
    clusters, centers = _unnamed(rows.copies, vectors, grouped)
    if previous is not None:
        clusters = _as_before(clusters, previous)
        clusters = _called_as_before(clusters, grouped, rows, previous, 0.0 if anew else _OTHER)
    order = sorted(clusters, key=lambda n: (-len(clusters[n].members), clusters[n].representative))
    steady = {cluster.id for cluster in clusters.values() if cluster.label}
    labels = Labels(rows.instructions, [item.title for item in rows.heads])
    taken = {cluster.label for cluster in clusters.values() if cluster.label}
    for number in order:
        if not clusters[number].label:
            label = labels.of(grouped[number], taken)
            if label in taken:
                label = f"{label} · {clusters[number].representative}"
            taken.add(label)
            clusters[number] = replace(clusters[number], label=label)
    known = {
        frozenset(theme.clusters): theme.label
        for theme in (() if previous is None else previous.themes)
        if steady.issuperset(theme.clusters)
    }
    themes = tuple(
        replace(theme, label=known.get(frozenset(theme.clusters)) or labels.of(typical))
        for theme, typical in _themes(clusters, order, centers, grouped)
    )
    return {number: clusters[number] for number in order}, themes


def _unnamed(
    copies: Sequence[Sequence[Item]],
    vectors: "NDArray[np.float32]",
    grouped: Mapping[int, list[int]],
) -> "tuple[dict[int, Cluster], dict[int, NDArray[np.float32]]]":
    """Clusters without labels, and their centers; rows are put in order, the most typical first."""
    import numpy as np

    clusters, centers = {}, {}
    for number, rows in grouped.items():
        center = vectors[rows].mean(axis=0)
        center /= max(float(np.linalg.norm(center)), 1e-9)
        scores = np.round(vectors[rows] @ center, 5)
        # The first one represents the cluster.
        rows[:] = [rows[place] for place in np.argsort(-scores, kind="stable").tolist()]
        head = copies[rows[0]][0]
        centers[number] = center
        clusters[number] = Cluster(
            id=f"c-{digest_bytes(normalized(head.text).encode())[7:15]}",
            label="",
            members=tuple(sorted(item.id for row in rows for item in copies[row])),
            representative=head.id,
            cohesion=round(float(scores.mean()), 4),
        )
    return clusters, centers


def _grouped(copies: Sequence[Sequence[Item]], grouping: Grouping) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for row, number in enumerate(grouping.labels.tolist()):
        if number >= 0:
            found.setdefault(number, []).append(row)
    for number in [n for n, rows in found.items() if sum(len(copies[r]) for r in rows) < SMALLEST]:
        (row,) = found.pop(number)
        grouping.labels[row], grouping.share[row] = -1, 0.0
    following = max(found, default=-1) + 1
    for row in [r for r, n in enumerate(grouping.labels.tolist()) if n < 0 and len(copies[r]) > 1]:
        found[following] = [row]
        grouping.labels[row], grouping.share[row] = following, 1.0
        following += 1
    return found


def _as_before(clusters: dict[int, Cluster], previous: ClusterReport) -> dict[int, Cluster]:
    """Give a cluster the id that most of its members had, if it is most of that old cluster too.

    An old id goes to one cluster at most, the one with the largest overlap.
    """
    was = {name: found.cluster for name, found in previous.assignments.items()}
    sizes = Counter(name for name in was.values() if name is not None)
    claims = []
    for number, cluster in clusters.items():
        held = Counter(was.get(member) for member in cluster.members)
        claims += [
            (-overlap, name, number)
            for name, overlap in held.items()
            if name is not None and 2 * overlap > min(sizes[name], len(cluster.members))
        ]
    kept: dict[int, str] = {}
    taken: set[str] = set()
    for _, name, number in sorted(claims):
        if number not in kept and name not in taken:
            kept[number] = name
            taken.add(name)
    renamed = {}
    for number, cluster in clusters.items():
        name = kept.get(number, cluster.id)
        while number not in kept and name in taken:
            name = f"{name}-{number}"
        taken.add(name)
        renamed[number] = replace(cluster, id=name)
    return renamed


def _called_as_before(
    clusters: Mapping[int, Cluster],
    grouped: Mapping[int, Sequence[int]],
    rows: Rows,
    previous: ClusterReport,
    other: float,
) -> dict[int, Cluster]:
    """Give clusters their old labels, if these were made the same way and of nearly these texts.

    Args:
        clusters: By group number, with lasting ids.
        grouped: The rows of each.
        rows: What was grouped.
        previous: The last run.
        other: The part of a cluster's texts that may have come or gone since it was named.
    """
    old = {cluster.id: cluster for cluster in previous.clusters}
    was = {found.text: found.cluster for found in previous.assignments.values() if found.text}
    sizes = Counter(was.values())
    called = {}
    for number, cluster in clusters.items():
        called[number] = cluster
        before = old.get(cluster.id)
        if before is None or previous.labels != METHOD:
            continue
        stayed = sum(was.get(rows.digests[row]) == cluster.id for row in grouped[number])
        changes = before.changes + len(grouped[number]) + sizes[cluster.id] - 2 * stayed
        if changes <= other * len(grouped[number]):
            called[number] = replace(cluster, label=before.label, changes=changes)
    return called


def _themes(
    clusters: Mapping[int, Cluster],
    order: Sequence[int],
    centers: "Mapping[int, NDArray[np.float32]]",
    grouped: Mapping[int, Sequence[int]],
) -> list[tuple[Theme, list[int]]]:
    """Themes without labels, each with the rows that it is to be named by."""
    import numpy as np

    if not order:
        return []
    stack = np.stack([centers[number] for number in order])
    sizes = np.array([len(grouped[number]) for number in order])
    themes = []
    for level, found in enumerate(levels(stack, sizes), 1):
        for theme in range(int(found.max()) + 1):
            numbers = [order[place] for place in np.flatnonzero(found == theme).tolist()]
            names = tuple(clusters[number].id for number in numbers)
            # Of each cluster its most typical texts, as many as is its part of the theme.
            part = TYPICAL / sum(len(grouped[number]) for number in numbers)
            rows = [
                row
                for number in numbers
                for row in grouped[number][: max(1, round(part * len(grouped[number])))]
            ]
            # Named after its largest cluster, whose id lasts from run to run.
            found_theme = Theme(id=f"t{level}-{names[0]}", label="", level=level, clusters=names)
            themes.append((found_theme, rows))
    return themes
