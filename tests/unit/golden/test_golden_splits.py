from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.golden.case import GoldenCase
from promptops.golden.splits import PARTS, split


def cases(labels):
    return [GoldenCase(id=f"c{n}", inputs={}, expected=label) for n, label in enumerate(labels)]


def parts_of(dealt, **options):
    splits = split(dealt, **options)
    return {case.id: part for part in PARTS for case in getattr(splits, part)}


def sizes(dealt, **options):
    counts = Counter(parts_of(dealt, **options).values())
    return tuple(counts[part] for part in PARTS)


some_labels = st.lists(st.sampled_from(["a", "b", "c", "d", None, 1]), max_size=60)


@given(some_labels, st.integers(0, 9))
def test_the_parts_are_the_set(labels, seed):
    dealt = cases(labels)
    splits = split(dealt, seed=seed)
    together = [*splits.train, *splits.dev, *splits.test]
    assert sorted(case.id for case in together) == sorted(case.id for case in dealt)


@given(some_labels, some_labels)
def test_a_case_appended_moves_no_other(labels, more):
    before, after = parts_of(cases(labels)), parts_of(cases(labels + more))
    assert before.items() <= after.items()


def test_different_answers_are_dealt_by_the_shares():
    assert sizes(cases(range(40))) == (12, 12, 16)
    assert sizes(cases(range(40)), shares=(0.5, 0.25, 0.25)) == (20, 10, 10)
    assert sizes(cases(range(40)), shares=(0, 0, 1)) == (0, 0, 40)


@pytest.mark.parametrize("order", [sorted, lambda labels: labels], ids=["in blocks", "in turn"])
def test_few_labels_are_in_every_part(order):
    dealt = cases(order(["refund", "payment", "delivery", "account"] * 10))
    splits = split(dealt)
    for part, least in (("train", 2), ("dev", 2), ("test", 3)):
        counts = Counter(case.expected for case in getattr(splits, part))
        assert len(counts) == 4
        assert min(counts.values()) >= least


def test_the_deal_depends_on_the_seed_alone():
    dealt = cases(range(40))
    assert parts_of(dealt) == parts_of(dealt)
    assert parts_of(dealt, seed=8) != parts_of(dealt)


def test_a_case_that_names_its_part_stays_there_and_takes_no_place():
    dealt = cases(range(40))
    pinned = replace(dealt[5], id="pinned", split="train")
    before, after = parts_of(dealt), parts_of([*dealt[:5], pinned, *dealt[5:]])
    assert after.pop("pinned") == "train"
    assert after == before


@pytest.mark.parametrize("shares", [(0.5, 0.5, 0.5), (-0.5, 0.5, 1), (1 / 3, 1 / 3, 1 / 3)])
def test_impossible_shares_are_refused(shares):
    with pytest.raises(ValueError, match="shares"):
        split(cases("ab"), shares=shares)
