"""Racing keeps its error however often one looks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.evaluation.sequential import evidence_above, evidence_below, race

differences = st.lists(st.floats(-1, 1), max_size=40)

NULLS = {
    "nothing changes": (0.0, 0.0),
    "one in ten changes": (0.05, 0.05),
    "half of all change": (0.25, 0.25),
    "every case changes": (0.5, 0.5),
}


def draws(generator, wins, losses, shape):
    drawn = generator.random(shape)
    return np.where(drawn < wins, 1.0, np.where(drawn < wins + losses, -1.0, 0.0))


@pytest.mark.parametrize(("wins", "losses"), NULLS.values(), ids=NULLS)
def test_looking_after_every_case_promotes_no_equal(wins, losses):
    """`evidence_above` is the largest wealth at any time: as if one looked at every moment."""
    generator = np.random.default_rng(5)
    wrong = sum(
        evidence_above(row, 0.0, hoped=0.15) >= 20
        for row in draws(generator, wins, losses, (2000, 120))
    )
    assert wrong <= 0.05 * 2000


@pytest.mark.parametrize("spread", [0.0, 0.1, 0.3])
def test_a_true_gain_is_rarely_dropped(spread):
    generator = np.random.default_rng(6)
    rows = draws(generator, 0.15 + spread, spread, (2000, 120))
    dropped = sum(evidence_below(row, 0.15, hoped=0.0) >= 5 for row in rows)
    assert dropped <= 0.2 * 2000


def test_graded_differences_keep_the_error_too():
    generator = np.random.default_rng(7)
    rows = generator.beta(0.4, 0.4, (2000, 80)) - generator.beta(0.4, 0.4, (2000, 80))
    assert sum(evidence_above(row, 0.0, hoped=0.2) >= 20 for row in rows) <= 0.05 * 2000


STANDINGS = {
    "nothing seen": ([], "open"),
    "one win": ([1.0], "open"),
    "wins only": ([1.0, 0.0] * 10, "better"),
    "losses only": ([-1.0, 0.0] * 5, "not worth it"),
    "the same again and again": ([0.0] * 20, "not worth it"),
    "small graded gains": ([0.1, 0.12, 0.08, 0.1] * 20, "better"),
}


@pytest.mark.parametrize(("seen", "standing"), STANDINGS.values(), ids=STANDINGS)
def test_standings(seen, standing):
    assert race(seen, gain=0.2).standing == standing


@given(differences, st.floats(-1, 1))
def test_evidence_never_shrinks_with_more_cases(seen, more):
    assert evidence_above([*seen, more], 0.0, hoped=0.1) >= evidence_above(seen, 0.0, hoped=0.1)


@given(differences)
def test_the_two_sides_mirror_each_other(seen):
    flipped = [-value for value in seen]
    assert evidence_above(seen, 0.1, hoped=0.2) == evidence_below(flipped, -0.1, hoped=-0.2)


REFUSED = {
    "a difference above one": lambda: race([0.5, 1.5], gain=0.1),
    "a difference that is no number": lambda: race([float("nan")], gain=0.1),
    "no gain": lambda: race([0.5], gain=0.0),
    "a claim that nothing can exceed": lambda: evidence_above([0.5], 1.0, hoped=1.0),
}


@pytest.mark.parametrize("call", REFUSED.values(), ids=REFUSED)
def test_what_is_no_difference_of_scores_is_refused(call):
    with pytest.raises(ValueError, match="lie"):
        call()
