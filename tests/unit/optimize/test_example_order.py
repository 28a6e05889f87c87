"""The orders in which examples are shown."""

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.evaluation import Evaluation, Target
from promptops.golden.case import GoldenCase
from promptops.optimize.candidate import OptimizeTask, load_proposer
from promptops.optimize.contract import violations
from promptops.optimize.goals import find_goal
from promptops.optimize.wording import split_wording, with_examples
from promptops.prompts.model import Prompt

TEXTS = {
    "money back card": "refund",
    "money back card please": "refund",
    "parcel courier": "refund",
    "late parcel courier": "delivery",
    "late parcel courier street": "delivery",
}
CASES = [
    GoldenCase(id=f"e{number}", inputs={"message": text}, expected=label)
    for number, (text, label) in enumerate(TEXTS.items())
]


def make_prompt(cases=CASES):
    prompt = Prompt.model_validate(
        {
            "id": "topic",
            "version": "1.0.0",
            "title": "Topic",
            "intent": "classify",
            "variables": {"message": {}},
            "messages": [
                {"role": "system", "content": "Sort the message."},
                {"role": "user", "content": "{{ message }}"},
            ],
        }
    )
    return with_examples(prompt, cases)


def propose(prompt, goal="accuracy"):
    base = Evaluation(prompt_id="topic", subject="s", target=Target(model="m"), inputs={}, cases=())
    task = OptimizeTask(prompt=prompt, train=(), base=base, metric="m", goal=find_goal(goal))
    return list(anyio.run(load_proposer("example_order").propose, task))


def questions(prompt):
    return [question.content for question, _ in split_wording(prompt).examples]


def orders(prompt):
    return {each.reason.split(": ")[1]: questions(each.prompt) for each in propose(prompt)}


def test_examples_are_shown_in_other_orders():
    a, b, c, d, e = TEXTS
    found = orders(make_prompt())
    assert found["one of each answer in turn"] == [a, d, b, e, c]
    assert found["back to front"] == [e, d, c, b, a]
    assert found["the hardest last"][-1] == c  # a refund that reads like a delivery
    assert found["the most typical last"][-1] == d


def test_answers_that_never_repeat_are_not_ranked_by_hardness():
    cases = [GoldenCase(id=text, inputs={"message": text}, expected=text) for text in TEXTS]
    assert set(orders(make_prompt(cases))) == {"the most typical last", "back to front"}


@given(st.lists(st.sampled_from(CASES), min_size=3, unique_by=lambda case: case.id))
def test_an_order_keeps_the_examples_and_all_else(cases):
    prompt = make_prompt(cases)
    found = propose(prompt)
    assert len({each.digest for each in found}) == len(found) >= 1
    for candidate in found:
        assert sorted(questions(candidate.prompt)) == sorted(questions(prompt))
        assert questions(candidate.prompt) != questions(prompt)
        assert candidate.learned_from == ()
        assert violations(prompt, candidate, train=CASES, held=()) == ()


IDLE = {
    "no examples": (make_prompt([]), "accuracy"),
    "two examples": (make_prompt(CASES[:2]), "accuracy"),
    "a goal that only saves": (make_prompt(), "shorter"),
}


@pytest.mark.parametrize(("prompt", "goal"), IDLE.values(), ids=IDLE)
def test_no_order_is_proposed_for(prompt, goal):
    assert propose(prompt, goal) == []
