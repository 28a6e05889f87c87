"""Comparing two evaluations pair by pair."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptops.evaluation import CaseResult, Comparison, Evaluation, Target, compare
from promptops.evaluation.comparison import change, lower_bound

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
    "eight wins, one loss": ({"wins": 8, "losses": 1, "both": 7}, 0.1, "improved"),
    "five wins, no loss": ({"wins": 5, "both": 6, "neither": 5}, 0.1, "improved"),
    "four wins, no loss": ({"wins": 4, "both": 6, "neither": 6}, 0.1, "not-worse"),
    "five wins, three losses": ({"wins": 5, "losses": 3, "both": 8}, 0.1, "inconclusive"),
    "the same answers, a wide margin": ({"both": 10, "neither": 6}, 0.1, "not-worse"),
    "the same answers, a narrow margin": ({"both": 10, "neither": 6}, 0.05, "inconclusive"),
    "one loss of sixteen": ({"both": 15, "losses": 1}, 0.1, "inconclusive"),
    "eight losses": ({"both": 8, "losses": 8}, 0.1, "worse"),
}  # fmt: skip


@pytest.mark.parametrize(("counts", "margin", "verdict"), VERDICTS.values(), ids=VERDICTS)
def test_verdicts(counts, margin, verdict):
    assert compare(*pairs(**counts), "m", margin=margin).verdict == verdict


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


@given(st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), min_size=1, max_size=60))
def test_the_bound_is_below_the_mean_and_falls_with_every_loss(differences):
    bound = lower_bound(differences)
    assert bound < max(0.0, sum(differences) / len(differences)) + 1e-9
    if 0.0 in differences:
        worse = list(differences)
        worse[worse.index(0.0)] = -1.0
        assert lower_bound(worse) < bound


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
