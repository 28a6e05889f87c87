"""What so many cases can show, told before a run."""

import pytest

from promptops.evaluation.planning import power_of

SAYS = {
    "too few": (3, (), "3 cases are too few to show any gain reliably"),
    "yes or no": (
        20,
        (),
        "20 cases cannot show a gain of less than 25 points; a true gain of 46 points shows",
    ),
    "graded": (20, [0.2, 0.5, 0.4, 0.6] * 3, "20 cases: a true gain of 9 points shows"),
    "a few yes/no scores": (60, [1, 0, 1, 1] * 3, "60 cases cannot show a gain of less than 9"),
}


@pytest.mark.parametrize(("cases", "scores", "says"), SAYS.values(), ids=SAYS)
def test_the_power_in_words(cases, scores, says):
    assert str(power_of(cases, scores)).startswith(says)
