"""From texts to groups, duplicates and a map."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from promptops.cluster.communities import Grouping, group, neighbor_count
from promptops.cluster.duplicates import find_pairs, group_pairs
from promptops.cluster.items import Item, described_texts
from promptops.cluster.labels import label_groups
from promptops.cluster.layout import plane
from promptops.cluster.neighbors import BuildIndex, Neighbors, nearest
from promptops.cluster.report import Assignment, Cluster, ClusterReport, DuplicatePair
from promptops.cluster.wording import normalized, without_boilerplate
from promptops.core.canonical import digest_bytes
from promptops.embedding.embedder import Embedder
from promptops.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Progress = Callable[[str], None]
"""Told the name of each step as it begins."""

_FEWEST_NEIGHBORS = 10


def cluster_prompts(
    items: Sequence[Item],
    embedder: Embedder,
    *,
    seed: int = 0,
    build_index: BuildIndex | None = None,
    previous: Mapping[str, str | None] | None = None,
    progress: Progress | None = None,
) -> ClusterReport:
    """Group items by meaning and find those that say the same.

    Equal wordings are taken together before anything is embedded; they land in one cluster.
    Nothing is dropped: an item without words is listed as left out, one that fits nowhere has
    no cluster.

    Args:
        items: What to group; ids must differ.
        embedder: Gives the vectors; use a cached one.
        seed: Same seed and items, same report.
        build_index: The nearest-neighbor index; exact faiss when None.
        previous: The last run's cluster of each item id: clusters that are recognizably the same
            keep their ids.
        progress: Told each step.

    Raises:
        InputError: Two items have one id.
    """
    _check_ids(items)
    tell = progress or (lambda _: None)
    rows: dict[str, list[Item]] = {}
    left_out = []
    for item in sorted(items, key=lambda item: item.id):
        key = normalized(item.text)
        if key:
            rows.setdefault(key, []).append(item)
        else:
            left_out.append((item.id, "the text has no words"))
    copies = list(rows.values())
    unique = [members[0] for members in copies]
    tell("embedding")
    texts = without_boilerplate([item.text for item in unique])
    described = described_texts(unique)
    vectors = embedder.embed(described)
    tell("neighbors")
    neighbors = nearest(vectors, _FEWEST_NEIGHBORS, build_index)
    tell("clusters")
    grouping = group(_closest(neighbors, neighbor_count(len(unique))), seed=seed)
    clusters = _clusters(copies, described, vectors, grouping, previous or {})
    tell("duplicates")
    pairs = _exact(copies)
    pairs += find_pairs([item.id for item in unique], texts, vectors, neighbors, seed=seed)
    names = {number: cluster.id for number, cluster in clusters.items()}
    return ClusterReport(
        clusters=tuple(clusters[number] for number in sorted(clusters)),
        assignments=_assignments(copies, plane(vectors), grouping, names, left_out),
        duplicates=tuple(pairs),
        groups=group_pairs(pairs),
        left_out=tuple(left_out),
    )


def _check_ids(items: Sequence[Item]) -> None:
    twice = [name for name, number in Counter(item.id for item in items).items() if number > 1]
    if twice:
        raise InputError(f'{len(twice)} ids are given twice, such as "{min(twice)}"')


def _closest(neighbors: Neighbors, k: int) -> Neighbors:
    return Neighbors(rows=neighbors.rows[:, :k], scores=neighbors.scores[:, :k])


def _exact(copies: Sequence[Sequence[Item]]) -> list[DuplicatePair]:
    """Every copy with the first of its kind: all pairs would be quadratic and say no more."""
    return [
        DuplicatePair(a=members[0].id, b=other.id, similarity=1.0, jaccard=1.0, kind="exact")
        for members in copies
        for other in members[1:]
    ]


def _clusters(
    copies: Sequence[Sequence[Item]],
    described: Sequence[str],
    vectors: "NDArray[np.float32]",
    grouping: Grouping,
    previous: Mapping[str, str | None],
) -> dict[int, Cluster]:
    import numpy as np

    grouped: dict[int, list[int]] = {}
    for row, number in enumerate(grouping.labels.tolist()):
        if number >= 0:
            grouped.setdefault(number, []).append(row)
    # A text that exists in several copies and is like no other is a group too.
    alone = [row for row, number in enumerate(grouping.labels.tolist()) if number < 0]
    for row in alone:
        if len(copies[row]) > 1:
            grouped[len(grouped)] = [row]
            grouping.labels[row] = len(grouped) - 1
            grouping.share[row] = 1.0
    labels = label_groups(described, {str(number): rows for number, rows in grouped.items()})
    found = {}
    for number, rows in grouped.items():
        center = vectors[rows].mean(axis=0)
        center /= max(float(np.linalg.norm(center)), 1e-9)
        scores = np.round(vectors[rows] @ center, 5)
        head = copies[rows[int(scores.argmax())]][0]
        members = sorted(item.id for row in rows for item in copies[row])
        found[number] = Cluster(
            id=f"c-{digest_bytes(normalized(head.text).encode())[7:15]}",
            label=labels[str(number)],
            members=tuple(members),
            representative=head.id,
            cohesion=round(float(scores.mean()), 4),
        )
    return _with_known_ids(found, previous)


def _with_known_ids(
    clusters: dict[int, Cluster], previous: Mapping[str, str | None]
) -> dict[int, Cluster]:
    """Give a cluster the id that most of its members had, if it is most of that old cluster too.

    An old id goes to one cluster at most, the one with the largest overlap.
    """
    sizes = Counter(name for name in previous.values() if name is not None)
    claims = []
    for number, cluster in clusters.items():
        held = Counter(previous.get(member) for member in cluster.members)
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
        if number not in kept and name in taken:
            name = f"{name}-{number}"
        renamed[number] = replace(cluster, id=name)
    return renamed


def _assignments(
    copies: Sequence[Sequence[Item]],
    points: "NDArray[np.float64]",
    grouping: Grouping,
    names: Mapping[int, str],
    left_out: Sequence[tuple[str, str]],
) -> dict[str, Assignment]:
    found = {name: Assignment(cluster=None, probability=0.0, x=0.0, y=0.0) for name, _ in left_out}
    for row, members in enumerate(copies):
        number = int(grouping.labels[row])
        assignment = Assignment(
            cluster=names.get(number),
            probability=round(float(grouping.share[row]), 4),
            x=float(points[row][0]),
            y=float(points[row][1]),
        )
        found.update((item.id, assignment) for item in members)
    return dict(sorted(found.items()))
