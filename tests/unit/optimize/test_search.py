"""How a race is planned, what goals weigh, and which wordings a descent tries."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.errors import UsageError
from promptops.evaluation import CaseResult, Evaluation, Target
from promptops.golden.case import GoldenCase
from promptops.optimize.candidate import Candidate
from promptops.optimize.descent import stairs
from promptops.optimize.goals import find_goal, weighted
from promptops.optimize.search import Race, schedule, spread
from promptops.prompts.model import Prompt


@given(
    available=st.integers(0, 60),
    answers=st.integers(0, 600),
    cases=st.integers(0, 80),
)
def test_a_race_is_never_planned_beyond_its_allowance(available, answers, cases):
    plan = schedule(available, answers, cases, last=16)
    assert plan.candidates <= available
    assert plan.price + (plan.rungs[-1] if plan.rungs else 0) <= answers
    assert list(plan.rungs) == sorted(set(plan.rungs))
    assert all(size <= cases for size in plan.rungs)


@given(answers=st.integers(20, 400))
def test_a_race_makes_use_of_its_allowance(answers):
    plan = schedule(100, answers, most_cases=200, last=16)
    assert plan.candidates >= answers // 16
    assert plan.price + plan.rungs[-1] >= 0.6 * answers


def test_a_race_without_a_limit_takes_all_candidates():
    plan = schedule(40, None, most_cases=30, last=16)
    assert (plan.candidates, plan.rungs) == (40, (2, 4, 8, 16))


@given(st.lists(st.booleans(), max_size=60))
def test_every_beginning_of_the_cases_is_like_the_whole(answers):
    cases = [
        GoldenCase(id=str(number), inputs={}, expected=answer)
        for number, answer in enumerate(answers)
    ]
    order = spread(cases, kb_label=None)
    assert sorted(case.id for case in order) == sorted(case.id for case in cases)
    share = sum(answers) / max(1, len(answers))
    right = 0
    for place, case in enumerate(order, 1):
        right += case.expected is True
        assert abs(right - share * place) <= 1


WEIGHTS = {
    "accuracy alone": ({"accuracy": 1}, ("better",), "input_tokens", 0.0),
    "tokens have a price": ({"tokens": 0.05}, ("less", "better"), "input_tokens", 0.05),
    "prices are relative": ({"accuracy": 2, "cost": 0.1}, ("less", "better"), "cost_usd", 0.05),
    "only a saving counts": ({"accuracy": 0, "latency": 1}, ("less",), "latency_ms", 0.0),
}


@pytest.mark.parametrize(("weights", "claims", "quantity", "price"), WEIGHTS.values(), ids=WEIGHTS)
def test_weights_make_a_goal(weights, claims, quantity, price):
    goal = weighted(weights)
    assert (goal.claims, goal.quantity, goal.price_of_doubling) == (claims, quantity, price)


def test_every_weighed_quantity_counts():
    goal = weighted({"accuracy": 1, "tokens": 0.1, "latency": 0.05})
    gain = goal.utility(gain=0.3, ratio=2.0, slack=0.1, others={"latency_ms": 4.0})
    assert math.isclose(gain, 0.3 - 0.1 - 0.05 * 2)


def test_an_unknown_goal_gets_a_suggestion():
    with pytest.raises(UsageError, match='did you mean "shorter"'):
        find_goal("shortr")


WRONG_WEIGHTS = {
    "a typing error": ({"tokns": 1}, 'did you mean "tokens"'),
    "below zero": ({"tokens": -1}, "0 or more"),
    "not a number": ({"accuracy": math.nan}, "0 or more"),
    "nothing to weigh": ({"accuracy": 0}, "all weights are 0"),
}


@pytest.mark.parametrize(("weights", "told"), WRONG_WEIGHTS.values(), ids=WRONG_WEIGHTS)
def test_weights_that_make_no_sense_are_refused(weights, told):
    with pytest.raises(UsageError, match=told):
        weighted(weights)


def candidate(length, *, learned=()):
    prompt = Prompt.model_validate(
        {
            "id": "p",
            "version": "1.0.0",
            "title": "P",
            "intent": "classify",
            "messages": [{"role": "user", "content": "x" * length}],
        }
    )
    return Candidate(prompt=prompt, proposer="p", reason="r", learned_from=learned)


def test_a_descent_goes_down_in_even_steps():
    wordings = [candidate(length) for length in (90, 10, 50, 70, 30)]
    lengths = [len(each.prompt.messages[0].content) for each in stairs(wordings, 2)]
    assert lengths == [70, 30]
    assert [len(each.prompt.messages[0].content) for each in stairs(wordings, 9)] == [
        *(90, 70, 50, 30, 10)
    ]
    assert stairs([candidate(50, learned=("c1",))], 3) == []
    assert stairs(wordings, 0) == []


def results(wording, right, cases):
    """An evaluation in which the first so many of the cases are right."""
    return Evaluation(
        prompt_id="p",
        subject=wording,
        target=Target(model="m"),
        inputs={},
        cases=tuple(
            CaseResult(
                case_id=f"c{n}", scores={"match": float(n < right)}, answer="", input_tokens=9
            )
            for n in range(cases)
        ),
    )


# What was measured, in order: wording, cases right, cases; and who leads after it.
LEADS = {
    "nobody gained": ([("a", 0, 4), ("b", 0, 8)], None),
    "the first that gained": ([("a", 2, 4)], "a"),
    "one case more is luck": ([("a", 4, 8), ("b", 5, 8)], "a"),
    "far more is not": ([("a", 2, 8), ("b", 7, 8)], "b"),
    "lucky on fewer cases": ([("a", 3, 8), ("b", 4, 4)], "a"),
    "the leader lost its gain": ([("a", 3, 4), ("b", 2, 4), ("a", 0, 8)], "b"),
}


@pytest.mark.parametrize(("measured", "leads"), LEADS.values(), ids=LEADS)
def test_a_stopped_search_returns_who_leads_by_more_than_noise(measured, leads):
    wordings = {"a": candidate(10), "b": candidate(11)}
    race = Race(
        base=candidate(9).prompt, trials=None, dev=(), train=(), metric="match",
        goal=find_goal("accuracy"), reserve=0,
    )  # fmt: skip
    for name, right, cases in measured:
        race.note(wordings[name], results(name, right, cases), results("base", 0, cases))
    assert race.leader == (None if leads is None else wordings[leads])
