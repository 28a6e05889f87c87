"""From texts to groups, duplicates and a map."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from promptops.cluster.communities import Grouping, group, neighbor_count
from promptops.cluster.drift import drift
from promptops.cluster.duplicates import find_pairs
from promptops.cluster.items import Item, Rows
from promptops.cluster.labels import METHOD
from promptops.cluster.layout import plane
from promptops.cluster.layout_update import placed
from promptops.cluster.merging import group_pairs
from promptops.cluster.naming import name_clusters
from promptops.cluster.neighbors import BuildIndex, by_words_too, nearest
from promptops.cluster.report import Assignment, ClusterReport, DuplicatePair
from promptops.cluster.update import REGROUP_AT, VOTERS, place
from promptops.core.canonical import digest
from promptops.embedding.embedder import Embedder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Progress = Callable[[str], None]
"""Told the name of each step as it begins."""

_METHOD = "consensus-2"
"""Raise the number when grouping changes: no run goes on from groups of another method."""

_DUPLICATE_NEIGHBORS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Update:
    """What a run goes on from: few texts are other ones than in the last run.

    ``before`` are the last run's assignments by the digest of the wording, ``known`` its groups as
    they lie on these rows, ``new`` the rows it did not have; ``updates`` counts the changes since
    all were grouped.
    """

    previous: ClusterReport
    before: Mapping[str, Assignment]
    known: Grouping
    new: "NDArray[np.int64]"
    updates: int


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
    tell = progress or (lambda _: None)
    rows = Rows.of(items)
    tell("embedding")
    vectors = embedder.embed(rows.described)
    tell("clusters")
    method = digest({"embedder": embedder.fingerprint, "method": _METHOD, "seed": seed})
    update = _update(rows, previous, method)
    grouping, near = _grouped(rows, vectors, update, build_index, seed)
    clusters, themes = name_clusters(rows, vectors, grouping, previous, anew=update is None)
    pairs = _exact(rows.copies)
    if duplicates:
        tell("duplicates")
        if update is not None:
            pairs += _kept_pairs(rows, update)
        pairs = _with_pairs(pairs, rows, vectors, near, embedder, build_index, seed)
    names = {number: cluster.id for number, cluster in clusters.items()}
    if update is None:
        points = plane(vectors, grouping.labels, _places(rows, previous))
    else:
        points = placed(vectors, grouping.labels, _steady_places(rows, grouping, names, update))
    report = ClusterReport(
        clusters=tuple(clusters.values()),
        assignments=_assignments(rows, points, grouping, names),
        duplicates=tuple(pairs),
        groups=group_pairs(pairs),
        left_out=rows.left_out,
        themes=themes,
        vectors=method,
        labels=METHOD,
        updates=0 if update is None else update.updates,
    )
    if previous is None:
        return report
    return replace(report, drift=drift(previous, report, regrouped=update is None))


def _grouped(
    rows: Rows,
    vectors: "NDArray[np.float32]",
    update: _Update | None,
    build_index: BuildIndex | None,
    seed: int,
) -> "tuple[Grouping, NDArray[np.int64]]":
    """The groups, and the rows among which new duplicates may be: what is near to new rows."""
    import numpy as np

    described = rows.described
    if update is None:
        width = neighbor_count(len(vectors))
        table = by_words_too(nearest(vectors, 2 * width, build_index), described, width)
        return group(table, vectors, seed=seed), np.arange(len(vectors))
    around = nearest(vectors, 2 * VOTERS, build_index, of=update.new)
    table = by_words_too(around, described, VOTERS, of=update.new)
    grouping = place(table, vectors, update.new, update.known, seed=seed)
    return grouping, np.unique(np.r_[update.new, around.rows.ravel()])


def _update(rows: Rows, previous: ClusterReport | None, method: str) -> _Update | None:
    """None when there is no such run, or so much changed that all should be grouped anew."""
    import numpy as np

    if previous is None or previous.vectors != method:
        return None
    before = _before(previous)
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
    known = Grouping(labels=labels, share=share)
    return _Update(previous=previous, before=before, known=known, new=new, updates=updates)


def _exact(copies: Sequence[Sequence[Item]]) -> list[DuplicatePair]:
    """Every copy with the first of its kind: all pairs would be quadratic and say no more."""
    return [
        DuplicatePair(a=members[0].id, b=other.id, similarity=1.0, jaccard=1.0, kind="exact")
        for members in copies
        for other in members[1:]
    ]


def _kept_pairs(rows: Rows, update: _Update) -> list[DuplicatePair]:
    """The last run's pairs of texts that are still there."""
    fresh = set(update.new.tolist())
    steady = {members[0].id for row, members in enumerate(rows.copies) if row not in fresh}
    return [
        pair
        for pair in update.previous.duplicates
        if pair.kind != "exact" and pair.a in steady and pair.b in steady
    ]


def _with_pairs(
    pairs: list[DuplicatePair],
    rows: Rows,
    vectors: "NDArray[np.float32]",
    looked: "NDArray[np.int64]",
    embedder: Embedder,
    build_index: BuildIndex | None,
    seed: int,
) -> list[DuplicatePair]:
    """Add near and semantic duplicates among some rows."""
    if not len(looked):
        return pairs
    found = find_pairs(
        [rows.copies[row][0].id for row in looked],
        [rows.plain[row] for row in looked],
        vectors[looked],
        nearest(vectors[looked], _DUPLICATE_NEIGHBORS, build_index),
        embedder,
        seed=seed,
    )
    have = {(pair.a, pair.b) for pair in pairs}
    return pairs + [pair for pair in found if (pair.a, pair.b) not in have]


def _before(previous: ClusterReport | None) -> dict[str, Assignment]:
    """The last run's assignments by the digest of the wording."""
    if previous is None:
        return {}
    return {found.text: found for found in previous.assignments.values() if found.text}


def _places(rows: Rows, previous: ClusterReport | None) -> dict[int, tuple[float, float]]:
    """Where rows were on the last map."""
    before = _before(previous)
    found = ((row, before.get(name)) for row, name in enumerate(rows.digests))
    return {row: (place.x, place.y) for row, place in found if place is not None}


def _steady_places(
    rows: Rows, grouping: Grouping, names: Mapping[int, str], update: _Update
) -> "NDArray[np.float64]":
    """Where rows were whose group is the same, NaN for the others: ``(n, 2)``."""
    import numpy as np

    places = np.full((len(rows.digests), 2), np.nan)
    labels = grouping.labels.tolist()
    for row, name in enumerate(rows.digests):
        found = update.before.get(name)
        if found is not None and found.cluster == names.get(labels[row]):
            places[row] = found.x, found.y
    return places


def _assignments(
    rows: Rows,
    points: "NDArray[np.float64]",
    grouping: Grouping,
    names: Mapping[int, str],
) -> dict[str, Assignment]:
    nowhere = Assignment(cluster=None, probability=0.0, x=0.0, y=0.0)
    found = {name: nowhere for name, _ in rows.left_out}
    labels, shares = grouping.labels.tolist(), grouping.share.tolist()
    places = points.tolist()
    for row, members in enumerate(rows.copies):
        assignment = Assignment(
            cluster=names.get(labels[row]),
            probability=round(shares[row], 4),
            x=places[row][0],
            y=places[row][1],
            text=rows.digests[row],
        )
        found.update((item.id, assignment) for item in members)
    return dict(sorted(found.items()))
