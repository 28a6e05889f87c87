"""What an optimization may take, and what it refuses to begin."""

import pytest
from test_optimizer import Counting, model, optimize, teachable

from promptops.errors import BudgetExceededError, UsageError
from promptops.optimize import Allowance, Plan
from promptops.scoring import load_scorers
from promptops.tracking.evidence import EvidenceStore

TOO_LITTLE = {
    "no call": Allowance(calls=0),
    "fewer calls than the base takes": Allowance(calls=5),
    "no token": Allowance(tokens=0),
    "no minute": Allowance(minutes=0.0),
}


@pytest.mark.parametrize("budget", TOO_LITTLE.values(), ids=TOO_LITTLE)
def test_no_limit_is_ever_exceeded(budget):
    chat = Counting(model(teachable))
    with pytest.raises(BudgetExceededError, match="the budget of"):
        optimize(chat, budget=budget)
    assert chat.calls <= 1


def test_tokens_are_kept_within_their_limit():
    result = optimize(model(teachable), budget=Allowance(calls=None, tokens=2000))
    assert result.spent.input_tokens + result.spent.output_tokens <= 2000


def test_a_metric_that_scores_nothing_is_an_error_with_its_reason():
    with pytest.raises(UsageError, match=r"no case could be scored by numeric: .*expected number"):
        optimize(model(teachable), scorers=load_scorers(["numeric"]))


def test_another_look_at_the_same_cases_is_paid_for(tmp_path):
    evidence = EvidenceStore(tmp_path / "evidence.db")
    first = optimize(model(teachable), evidence=evidence)
    second = optimize(model(teachable), evidence=evidence, plan=Plan(seed=8))
    assert "looks at these cases" not in first.reason
    assert "2 looks at these cases" in second.reason
    assert second.judgment.p_value >= 2 * second.comparison.p_better * 0.999
