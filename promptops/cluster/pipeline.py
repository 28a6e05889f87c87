"""From texts to groups, duplicates and a map."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from promptops.cluster.communities import Grouping, group, neighbor_count
from promptops.cluster.drift import drift
from promptops.cluster.duplicates import find_pairs
from promptops.cluster.items import Item, described_texts
from promptops.cluster.labels import METHOD
from promptops.cluster.layout import plane
from promptops.cluster.merging import group_pairs
from promptops.cluster.naming import name_clusters
from promptops.cluster.neighbors import BuildIndex, by_words_too, nearest
from promptops.cluster.report import Assignment, ClusterReport, DuplicatePair
from promptops.cluster.update import REGROUP_AT, VOTERS, place
from promptops.cluster.wording import normalized, without_boilerplate
from promptops.core.canonical import digest, digest_bytes
from promptops.embedding.embedder import Embedder
from promptops.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Progress = Callable[[str], None]
"""Told the name of each step as it begins."""

_METHOD = "consensus-2"
"""Raise the number when grouping changes: no run goes on from groups of another method."""

_DUPLICATE_NEIGHBORS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """One row for each wording: its items, its short digest, and what is embedded of it."""

    copies: list[list[Item]]
    digests: list[str]
    described: list[str]
    left_out: tuple[tuple[str, str], ...]


def cluster_prompts(
    items: Sequence[Item],
    embedder: Embedder,
    *,
    seed: int = 0,
    build_index: BuildIndex | None = None,
    previous: ClusterReport | None = None,
    duplicates: bool = True,
    progress: Progress | None = None,
) -> ClusterReport:
    """Group items by meaning and find those that say the same.

    Equal wordings are taken together before anything is embedded; they land in one cluster.
    Nothing is dropped: an item without words is listed as left out, one that fits nowhere has
    no cluster.

    Args:
        items: What to group; ids must differ.
        embedder: Gives the vectors; use a cached one.
        seed: Same seed, items and previous report, same report.
        build_index: The nearest-neighbor index; faiss when None.
        previous: The last run. While less than a tenth of the texts changed since all were grouped,
            only what is new is placed and nothing else moves; after that everything is grouped
            anew, and clusters that are recognizably the same keep their ids.
        duplicates: Whether to look for duplicates beyond equal wordings.
        progress: Told each step.

    Raises:
        InputError: Two items have one id.
    """
    _check_ids(items)
    tell = progress or (lambda _: None)
    rows = _rows(items)
    tell("embedding")
    vectors = embedder.embed(rows.described)
    tell("clusters")
    method = digest({"embedder": embedder.fingerprint, "method": _METHOD, "seed": seed})
    found = _known(rows, previous, method)
    if found is None:
        table = nearest(vectors, 2 * neighbor_count(len(rows.copies)), build_index)
        table = by_words_too(table, rows.described, neighbor_count(len(rows.copies)))
        grouping, new, updates = group(table, vectors, seed=seed), None, 0
    else:
        known, new, updates = found
        table = nearest(vectors, 2 * VOTERS, build_index, of=new)
        table = by_words_too(table, rows.described, VOTERS, of=new)
        grouping = place(table, vectors, new, known, seed=seed)
    clusters, themes = name_clusters(rows.copies, vectors, grouping, previous)
    pairs = _exact(rows.copies)
    if duplicates:
        tell("duplicates")
        pairs += _pairs(rows, vectors, embedder, build_index, new, previous, seed)
    names = {number: cluster.id for number, cluster in clusters.items()}
    points = plane(vectors, grouping.labels, _places(rows, previous))
    report = ClusterReport(
        clusters=tuple(clusters.values()),
        assignments=_assignments(rows, points, grouping, names),
        duplicates=tuple(pairs),
        groups=group_pairs(pairs),
        left_out=rows.left_out,
        themes=themes,
        vectors=method,
        labels=METHOD,
        updates=updates,
    )
    if previous is None:
        return report
    return replace(report, drift=drift(previous, report, regrouped=new is None))


def _check_ids(items: Sequence[Item]) -> None:
    twice = [name for name, number in Counter(item.id for item in items).items() if number > 1]
    if twice:
        raise InputError(f'{len(twice)} ids are given twice, such as "{min(twice)}"')


def _rows(items: Sequence[Item]) -> _Rows:
    found: dict[str, list[Item]] = {}
    left_out = []
    for item in sorted(items, key=lambda item: item.id):
        key = normalized(item.text)
        if key:
            found.setdefault(key, []).append(item)
        else:
            left_out.append((item.id, "the text has no words"))
    copies = list(found.values())
    return _Rows(
        copies=copies,
        digests=[digest_bytes(key.encode())[7:19] for key in found],
        described=described_texts([members[0] for members in copies]),
        left_out=tuple(left_out),
    )


def _known(
    rows: _Rows, previous: ClusterReport | None, method: str
) -> "tuple[Grouping, NDArray[np.int64], int] | None":
    """The last run's groups, the rows it did not have, and the changes since all were grouped.

    None when there is no such run, or so much changed that all should be grouped anew.
    """
    import numpy as np

    if previous is None or previous.vectors != method:
        return None
    before = {found.text: found for found in previous.assignments.values() if found.text}
    new = np.array([row for row, name in enumerate(rows.digests) if name not in before], np.int64)
    gone = len(before) - (len(rows.digests) - len(new))
    updates = previous.updates + len(new) + gone
    if updates > REGROUP_AT * len(rows.digests):
        return None
    number: dict[str | None, int] = {
        cluster.id: place for place, cluster in enumerate(previous.clusters)
    }
    labels = np.full(len(rows.digests), -1)
    share = np.zeros(len(rows.digests))
    for row, name in enumerate(rows.digests):
        if name in before:
            labels[row] = number.get(before[name].cluster, -1)
            share[row] = before[name].probability
    return Grouping(labels=labels, share=share), new, updates


def _exact(copies: Sequence[Sequence[Item]]) -> list[DuplicatePair]:
    """Every copy with the first of its kind: all pairs would be quadratic and say no more."""
    return [
        DuplicatePair(a=members[0].id, b=other.id, similarity=1.0, jaccard=1.0, kind="exact")
        for members in copies
        for other in members[1:]
    ]


def _pairs(
    rows: _Rows,
    vectors: "NDArray[np.float32]",
    embedder: Embedder,
    build_index: BuildIndex | None,
    new: "NDArray[np.int64] | None",
    previous: ClusterReport | None,
    seed: int,
) -> list[DuplicatePair]:
    """Near and semantic duplicates; of an update those of new rows with what is near to them."""
    import numpy as np

    heads = [members[0] for members in rows.copies]
    texts = without_boilerplate([item.text for item in heads])
    looked = np.arange(len(heads))
    kept: list[DuplicatePair] = []
    if new is not None and previous is not None:
        around = nearest(vectors, 2 * _DUPLICATE_NEIGHBORS, build_index, of=new)
        looked = np.unique(np.r_[new, around.rows.ravel()])
        fresh = {heads[row].id for row in new}
        steady = {item.id for item in heads} - fresh
        kept = [
            pair
            for pair in previous.duplicates
            if pair.kind != "exact" and pair.a in steady and pair.b in steady
        ]
    if not len(looked):
        return kept
    found = find_pairs(
        [heads[row].id for row in looked],
        [texts[row] for row in looked],
        vectors[looked],
        nearest(vectors[looked], _DUPLICATE_NEIGHBORS, build_index),
        embedder,
        seed=seed,
    )
    have = {(pair.a, pair.b) for pair in kept}
    return kept + [pair for pair in found if (pair.a, pair.b) not in have]


def _places(rows: _Rows, previous: ClusterReport | None) -> dict[int, tuple[float, float]]:
    """Where rows were on the last map."""
    if previous is None:
        return {}
    before = {found.text: (found.x, found.y) for found in previous.assignments.values()}
    return {row: before[name] for row, name in enumerate(rows.digests) if name in before}


def _assignments(
    rows: _Rows,
    points: "NDArray[np.float64]",
    grouping: Grouping,
    names: Mapping[int, str],
) -> dict[str, Assignment]:
    nowhere = Assignment(cluster=None, probability=0.0, x=0.0, y=0.0)
    found = {name: nowhere for name, _ in rows.left_out}
    for row, members in enumerate(rows.copies):
        assignment = Assignment(
            cluster=names.get(int(grouping.labels[row])),
            probability=round(float(grouping.share[row]), 4),
            x=float(points[row][0]),
            y=float(points[row][1]),
            text=rows.digests[row],
        )
        found.update((item.id, assignment) for item in members)
    return dict(sorted(found.items()))
