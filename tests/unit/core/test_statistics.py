"""Intervals cover what they promise; tests hold their error rate."""

import random
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.core.statistics import (
    detectable_gain,
    holm,
    mcnemar_exact,
    mean_interval,
    minimum_detectable_effect,
    paired_difference,
    sign_flip,
    smallest_visible_gain,
    wilson,
)


def test_wilson_matches_published_values():
    # Newcombe 1998, table I: 81/263 and 0/20 and 29/29 at 95 %.
    for successes, n, low, high in (
        (81, 263, 0.2553, 0.3662),
        (0, 20, 0, 0.1611),
        (29, 29, 0.8830, 1),
    ):
        interval = wilson(successes, n)
        assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)


def test_mcnemar_is_the_binomial_test():
    assert mcnemar_exact(0, 6) == pytest.approx(2 / 64)
    assert mcnemar_exact(3, 3) == 1.0
    assert mcnemar_exact(0, 0) == 1.0
    assert mcnemar_exact(1, 9) == pytest.approx(2 * 11 / 1024)


def test_many_changes_are_counted_as_exactly():
    assert mcnemar_exact(480, 520) == pytest.approx(mcnemar_exact(480, 521), rel=0.1)
    assert mcnemar_exact(5_000, 5_000) == 1.0
    assert mcnemar_exact(4_900, 5_100) == pytest.approx(0.0466, abs=5e-4)  # 2 Phi(-1.99)
    assert mcnemar_exact(0, 20_000) == 0.0


def test_sign_flip_agrees_with_full_enumeration_and_is_two_sided():
    differences = [0.5, 0.2, -0.1, 0.4, 0.3]
    sums = [
        abs(sum(s * d for s, d in zip(signs, differences, strict=True)))
        for signs in product((-1, 1), repeat=5)
    ]
    expected = sum(total >= abs(sum(differences)) - 1e-12 for total in sums) / len(sums)
    assert sign_flip(differences) == pytest.approx(expected)
    assert sign_flip(differences) == sign_flip([-d for d in differences])
    assert sign_flip([0.0] * 9) == 1.0
    assert sign_flip([1.0] * 20, seed=1) < 0.001


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_is_monotone_and_never_below_the_raw_value(p_values):
    adjusted = holm(p_values)
    assert all(a >= p for a, p in zip(adjusted, p_values, strict=True))
    assert all(a <= 1 for a in adjusted)
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    assert [adjusted[i] for i in order] == sorted(adjusted[i] for i in order)


def test_holm_on_a_worked_example():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


def test_paired_interval_covers_the_true_difference():
    generator = random.Random(3)
    covered = 0
    for trial in range(120):
        before = [generator.random() for _ in range(30)]
        after = [value + 0.1 + generator.gauss(0, 0.2) for value in before]
        interval = paired_difference(before, after, seed=trial, resamples=400)
        covered += interval.low <= 0.1 <= interval.high
    assert covered / 120 > 0.88


def test_clusters_widen_the_interval():
    before = [0.0] * 40
    after = [1.0] * 20 + [0.0] * 20
    alone = paired_difference(before, after)
    together = paired_difference(before, after, clusters=[str(i // 10) for i in range(40)])
    assert together.high - together.low > 1.5 * (alone.high - alone.low)


def test_yes_no_means_have_width_at_the_edges():
    assert mean_interval([1.0] * 20).low < 0.9
    assert mean_interval([0.25, 0.75]).estimate == 0.5


def test_more_cases_detect_smaller_effects():
    assert minimum_detectable_effect(20) == pytest.approx(0.313, abs=0.001)
    assert minimum_detectable_effect(80) == pytest.approx(minimum_detectable_effect(20) / 2)


def test_the_smallest_visible_gain_is_the_first_that_the_exact_test_sees():
    for n in (5, 20, 60):
        wins = round(smallest_visible_gain(n) * n)
        assert mcnemar_exact(0, wins) / 2 < 0.05 <= mcnemar_exact(0, wins - 1) / 2


@pytest.mark.parametrize(("n", "losses"), [(20, 0.1), (40, 0.05), (60, 0.2), (300, 0.1)])
def test_the_detectable_gain_is_found_in_eight_of_ten(n, losses):
    gain = detectable_gain(n, losses=losses)
    source = random.Random(n)
    found = 0
    for _ in range(600):
        drawn = [source.random() for _ in range(n)]
        wins = sum(each < gain + losses for each in drawn)
        lost = sum(gain + losses <= each < gain + 2 * losses for each in drawn)
        found += wins > lost and mcnemar_exact(lost, wins) / 2 < 0.05
    assert found / 600 == pytest.approx(0.8, abs=0.06)


def test_a_few_cases_detect_nothing():
    assert detectable_gain(4) == float("inf")
    assert smallest_visible_gain(4) > 1


def test_no_values_have_no_interval():
    for call in (
        lambda: mean_interval([]),
        lambda: paired_difference([], []),
        lambda: wilson(1, 0),
    ):
        with pytest.raises(ValueError, match="need"):
            call()
