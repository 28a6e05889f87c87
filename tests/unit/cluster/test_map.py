"""The map: islands that keep apart, the same places from run to run, a picture of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptops.cluster.layout import plane
from promptops.cluster.layout_update import placed
from promptops.cluster.picture import map_png
from promptops.cluster.report import Assignment, Cluster, ClusterReport


def vectors(groups, each, *, seed=0):
    """Groups of unit vectors around directions of their own."""
    rng = np.random.default_rng(seed)
    centers = rng.normal(size=(groups, 32))
    found = np.repeat(centers, each, axis=0) + 0.3 * rng.normal(size=(groups * each, 32))
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found.astype(np.float32), np.repeat(np.arange(groups), each)


def test_islands_do_not_cover_each_other():
    found, groups = vectors(12, 30)
    points = plane(found, groups)
    middles = np.array([points[groups == group].mean(axis=0) for group in range(12)])
    nearest = ((points[:, None] - middles[None]) ** 2).sum(axis=2).argmin(axis=1)
    assert (nearest == groups).mean() > 0.97
    assert np.abs(points).max() == 1.0


def test_a_map_stays_where_it_was():
    found, groups = vectors(12, 30)
    before = plane(found, groups)
    kept = np.flatnonzero(np.arange(len(found)) % 15)
    after = plane(found[kept], groups[kept], {place: before[row] for place, row in enumerate(kept)})
    for axis in (0, 1):
        assert np.corrcoef(before[kept, axis], after[:, axis])[0, 1] > 0.95


ODD = {
    "nothing": (0, []),
    "one text": (1, [-1]),
    "no groups": (5, [-1] * 5),
    "one group": (5, [0] * 5),
    "two groups and a loner": (5, [0, 0, 1, 1, -1]),
    "numbers with gaps": (5, [7, 7, 3, 3, -1]),
}


@pytest.mark.parametrize(("count", "groups"), ODD.values(), ids=ODD)
def test_every_text_has_a_place(count, groups):
    found = vectors(1, max(count, 1))[0][:count]
    points = plane(found, np.array(groups, np.int64))
    assert points.shape == (count, 2)
    assert np.isfinite(points).all()
    assert np.abs(points).max(initial=0) <= 1.0


def test_equal_texts_have_places():
    same = np.repeat(vectors(1, 1)[0], 6, axis=0)
    assert np.isfinite(plane(same, np.array([0, 0, 0, 1, 1, 1]))).all()


def known(points, rows):
    """Where rows were: NaN for those that are new."""
    before = np.full(points.shape, np.nan)
    before[rows] = points[rows]
    return before


def test_a_new_text_lies_on_its_island_and_nothing_else_moves():
    found, groups = vectors(12, 30)
    points = plane(found, groups)
    new = np.arange(len(found)) % 30 == 7
    after = placed(found, groups, known(points, ~new))
    assert (after[~new] == points[~new]).all()
    middles = np.array([points[groups == group].mean(axis=0) for group in range(12)])
    nearest = ((after[:, None] - middles[None]) ** 2).sum(axis=2).argmin(axis=1)
    assert (nearest == groups)[new].all()


def test_a_new_group_is_an_island_where_there_is_room():
    found, groups = vectors(12, 30)
    old = groups < 10
    points = plane(found[old], groups[old])
    before = np.full((len(found), 2), np.nan)
    before[old] = points
    after = placed(found, groups, before)
    scale = np.abs(after[old]).max() / np.abs(points).max()
    assert after[old] == pytest.approx(points * scale, abs=1e-4)
    middles = np.array([after[groups == group].mean(axis=0) for group in range(12)])
    reach = [np.hypot(*(after[groups == g] - middles[g]).T).max() for g in range(12)]
    for new in (10, 11):
        for other in set(range(12)) - {new}:
            assert np.hypot(*(middles[new] - middles[other])) > reach[new] + reach[other]


def test_a_stray_text_lies_beside_the_island_that_it_is_most_alike():
    found, groups = vectors(6, 30)
    points = plane(found, groups)
    groups[5] = -1
    rows = np.arange(len(found)) != 5
    after = placed(found, groups, known(points, rows))
    middle = points[(groups == 0)].mean(axis=0)
    far = np.hypot(*(points[groups == 0] - middle).T).max()
    scale = np.abs(after[rows]).max() / np.abs(points[rows]).max()
    away = np.hypot(*(after[5] / scale - middle)) / far
    assert 1.0 < away < 1.5


@given(
    st.lists(st.tuples(st.integers(-1, 4), st.booleans()), min_size=1, max_size=30),
    st.integers(0, 3),
)
@settings(max_examples=100, deadline=None)
def test_whatever_changes_every_text_has_a_place(rows, seed):
    groups = np.array([group for group, _ in rows], np.int64)
    kept = np.flatnonzero([was for _, was in rows])
    found = vectors(1, len(rows), seed=seed)[0]
    points = np.round(np.random.default_rng(seed).uniform(-1, 1, (len(rows), 2)), 4)
    after = placed(found, groups, known(points, kept))
    assert np.isfinite(after).all()
    assert np.abs(after).max() <= 1.0
    assert (placed(found, groups, after) == after).all()


def test_a_picture_is_the_same_for_the_same_report():
    found, groups = vectors(3, 9)
    points = plane(found, groups)
    names = [f"p{number}" for number in range(len(points))]
    report = ClusterReport(
        clusters=tuple(
            Cluster(
                id=f"c{group}",
                label=("合同条款", "late parcel · refund", "$x$ <b>")[group],
                members=tuple(names[group * 9 : group * 9 + 9]),
                representative=names[group * 9],
                cohesion=1.0,
            )
            for group in range(3)
        ),
        assignments={
            name: Assignment(cluster=f"c{group}", probability=1, x=float(x), y=float(y), text="t")
            for name, group, (x, y) in zip(names, groups, points, strict=True)
        },
        duplicates=(),
        groups=(),
    )
    picture = map_png(report, heading="shop")
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24]) == (1800, 1350)
    assert map_png(report, heading="shop") == picture
    empty = ClusterReport(clusters=(), assignments={}, duplicates=(), groups=())
    assert map_png(empty, heading="nothing") != picture
