"""Comparing two evaluations pair by pair."""

import math
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptops.evaluation import CaseResult, Comparison, Evaluation, Target, compare
from promptops.evaluation.comparison import change
from promptops.evaluation.noninferiority import p_not_worse, smallest_margin

TARGET = Target(model="m")


def evaluation(scores, *, tokens=10):
    return Evaluation(
        prompt_id="p",
        subject="sha256:0",
        target=TARGET,
        inputs={},
        cases=tuple(
            CaseResult(case_id=str(number), answer="x", scores={"m": score}, input_tokens=tokens)
            for number, score in enumerate(scores)
        ),
    )


def pairs(*, both=0, wins=0, losses=0, neither=0):
    old = [1] * both + [0] * wins + [1] * losses + [0] * neither
    new = [1] * both + [1] * wins + [0] * losses + [0] * neither
    return evaluation(old), evaluation(new)


VERDICTS = {
    "eight wins, one loss": ({"wins": 8, "losses": 1, "both": 7}, "improved"),
    "five wins, no loss": ({"wins": 5, "both": 6, "neither": 5}, "improved"),
    "four wins, no loss": ({"wins": 4, "both": 6, "neither": 6}, "not-worse"),
    "five wins, three losses": ({"wins": 5, "losses": 3, "both": 8}, "inconclusive"),
    "sixteen times the same: one in ten may be lost": ({"both": 16}, "inconclusive"),
    "forty times the same": ({"both": 30, "neither": 10}, "not-worse"),
    "one loss of forty": ({"both": 39, "losses": 1}, "inconclusive"),
    "eight losses": ({"both": 8, "losses": 8}, "worse"),
}


@pytest.mark.parametrize(("counts", "verdict"), VERDICTS.values(), ids=VERDICTS)
def test_verdicts(counts, verdict):
    assert compare(*pairs(**counts), "m", margin=0.1).verdict == verdict


def test_graded_scores_are_compared_too():
    result = compare(evaluation([0.2] * 12), evaluation([0.5] * 12), "m", margin=0.1)
    assert result.verdict == "improved"
    assert result.difference.estimate == pytest.approx(0.3)


def test_only_shared_cases_count():
    base, new = evaluation([1, 0, 1]), evaluation([1, 1])
    assert compare(base, new, "m").pairs == 2
    with pytest.raises(ValueError, match="share no case"):
        compare(base, new, "other")


def test_a_comparison_survives_json():
    result = compare(*pairs(wins=5, losses=1, both=4), "m", margin=0.1)
    assert Comparison.from_json(result.to_json()) == result
    assert result.wins == ("4", "5", "6", "7", "8")
    assert result.losses == ("9",)


def test_changes_of_a_quantity_are_paired():
    saved = change(evaluation([1] * 8, tokens=100), evaluation([1] * 8, tokens=60), "input_tokens")
    assert (saved.estimate, saved.low, saved.high) == (-40, -40, -40)


def test_repeats_of_a_case_are_one_pair():
    def twice(tokens):
        cases = evaluation([1] * 4, tokens=tokens).cases
        both = (*cases, *(replace(case, repeat=1, input_tokens=tokens + 2) for case in cases))
        return replace(evaluation([]), cases=both)

    once = change(evaluation([1] * 4, tokens=9), evaluation([1] * 4, tokens=5), "input_tokens")
    assert change(twice(8), twice(4), "input_tokens") == once


def test_graded_losses_count_as_whole_points():
    half = [0.5] * 2 + [1.0] * 38
    result = compare(evaluation([1.0] * 40), evaluation(half), "m", margin=0.1)
    assert result.p_not_worse == p_not_worse(0, 2, 40, 0.1)


@settings(max_examples=12, deadline=None)
@given(st.integers(8, 40), st.floats(0.02, 0.4), st.floats(0, 1))
def test_a_loss_of_the_margin_is_overlooked_in_five_percent_at_most(pairs, margin, share):
    win = share * (1 - margin) / 2
    lose, same = win + margin, 1 - margin - 2 * win
    overlooked = sum(
        math.comb(pairs, w)
        * math.comb(pairs - w, ell)
        * win**w
        * lose**ell
        * max(0.0, same) ** (pairs - w - ell)
        for w in range(pairs + 1)
        for ell in range(pairs + 1 - w)
        if p_not_worse(w, ell, pairs, margin) < 0.05
    )
    assert overlooked <= 0.052  # the grid over the unknown rate is finite


def test_more_pairs_rule_out_smaller_losses():
    margins = [smallest_margin(0, 0, pairs, alpha=0.05) for pairs in (16, 28, 40, 200)]
    assert margins == sorted(margins, reverse=True)
    assert margins[0] == pytest.approx(1 - 0.05 ** (1 / 16), abs=0.002)


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.2, 0.5, 0.8]))
def test_noise_is_rarely_called_an_improvement(seed, right):
    """Two draws of one model: at most 5 % may be called improved, or worse."""
    source = random.Random(seed)
    verdicts = []
    for _ in range(120):
        old, new = ([float(source.random() < right) for _ in range(16)] for _ in range(2))
        verdicts.append(compare(evaluation(old), evaluation(new), "m", margin=0.1).verdict)
    # 6 expected at the very most; 13 or more have a chance below one in two hundred.
    assert verdicts.count("improved") <= 12
    assert verdicts.count("worse") <= 12


def test_answers_that_never_differ_leave_a_doubt_that_shrinks_with_cases():
    widths = []
    for count in (10, 40, 160):
        same = compare(*pairs(both=count), "m").difference
        assert same.estimate == 0
        assert same.low == -same.high < 0
        widths.append(same.high)
    assert widths == sorted(widths, reverse=True)
    assert 0.08 < widths[1] < 0.1  # 1 - 0.025 ** (1 / 40)


def test_many_pairs_without_a_loss_promise_no_more_than_they_show():
    assert p_not_worse(0, 0, 151, 0.015) == pytest.approx(0.985**151)
