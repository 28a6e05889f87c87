"""Clusters and themes from group numbers: ids that last, labels, representatives."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from promptops.cluster.communities import SMALLEST, Grouping
from promptops.cluster.hierarchy import levels
from promptops.cluster.items import Item, instructions
from promptops.cluster.labels import METHOD, TYPICAL, Labels
from promptops.cluster.report import Cluster, ClusterReport, Theme
from promptops.cluster.wording import normalized
from promptops.core.canonical import digest_bytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def name_clusters(
    copies: Sequence[Sequence[Item]],
    vectors: "NDArray[np.float32]",
    grouping: Grouping,
    previous: ClusterReport | None,
) -> tuple[dict[int, Cluster], tuple[Theme, ...]]:
    """The clusters by group number, largest first, and the themes over them.

    A group of one item is none, and its row's number becomes -1; a text in several copies that is
    like no other is a group (both are written into ``grouping``).

    Args:
        copies: The items of each row.
        vectors: ``(n, d)`` unit vectors of the rows.
        grouping: The group of each row.
        previous: The last run: recognizable clusters keep their ids, unchanged ones their labels.
    """
    import numpy as np

    grouped = _grouped(copies, grouping)
    clusters, centers = {}, {}
    for number, rows in grouped.items():
        center = vectors[rows].mean(axis=0)
        center /= max(float(np.linalg.norm(center)), 1e-9)
        scores = np.round(vectors[rows] @ center, 5)
        # The most typical first: it represents the cluster.
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
    if previous is not None:
        clusters = _as_before(clusters, previous)
    order = sorted(clusters, key=lambda n: (-len(clusters[n].members), clusters[n].representative))
    heads = [members[0] for members in copies]
    labels = Labels(instructions(heads), [item.title for item in heads])
    taken = {cluster.label for cluster in clusters.values() if cluster.label}
    for number in order:
        if not clusters[number].label:
            label = labels.of(grouped[number], taken)
            if label in taken:
                label = f"{label} · {clusters[number].representative}"
            taken.add(label)
            clusters[number] = replace(clusters[number], label=label)
    themes = _themes(clusters, order, centers, grouped, labels)
    return {number: clusters[number] for number in order}, themes


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

    One that did not change keeps its label, if it was made the same way.

    An old id goes to one cluster at most, the one with the largest overlap.
    """
    old = {cluster.id: cluster for cluster in previous.clusters}
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
        same = name in old and old[name].members == cluster.members
        label = old[name].label if same and previous.labels == METHOD else ""
        renamed[number] = replace(cluster, id=name, label=label)
    return renamed


def _themes(
    clusters: Mapping[int, Cluster],
    order: Sequence[int],
    centers: "Mapping[int, NDArray[np.float32]]",
    grouped: Mapping[int, Sequence[int]],
    labels: Labels,
) -> tuple[Theme, ...]:
    import numpy as np

    if not order:
        return ()
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
            label = labels.of(rows)
            # Named after its largest cluster, whose id lasts from run to run.
            themes.append(
                Theme(id=f"t{level}-{names[0]}", label=label, level=level, clusters=names)
            )
    return tuple(themes)
