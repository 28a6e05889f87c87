"""Measured deletion: which units go first, which never go, and the descent that tests them."""

import random

import anyio
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from promptops.evaluation import CaseResult, Evaluation, Target
from promptops.golden.case import GoldenCase
from promptops.optimize.candidate import Candidate, OptimizeTask, load_proposer
from promptops.optimize.compressing.ladder import ladder
from promptops.optimize.compressing.literals import template_stretches
from promptops.optimize.compressing.shots import shots
from promptops.optimize.compressing.units import split_units
from promptops.optimize.descent import descend
from promptops.optimize.goals import find_goal
from promptops.optimize.wording import split_wording
from promptops.prompts.model import Prompt

LONG = """# Role
You are an expert in mail who knows mail.

# Task
Sort the mail of the customer by what the customer wants.
The labels are refund and delivery.
Never promise money to a customer.
Our shop sells tents, and the customers of the shop write mail to the shop.
Mail of customers is written in many ways and the customer may want anything.
Safety matters when a customer reports a fire.

# Examples
Input: My tent is late.
Output: delivery

Input: I want my money.
Output: refund

# Input
Text: {{ mail }}
"""


def make_prompt(content=LONG, **changes):
    return Prompt.model_validate(
        {
            "id": "sort-mail",
            "version": "1.0.0",
            "title": "Sort the mail",
            "intent": "classify",
            "variables": {"mail": {}},
            "messages": [{"role": "user", "content": content}],
            "output": {"schema": {"type": "string", "enum": ["refund", "delivery"]}},
            **changes,
        }
    )


def propose(name, prompt, goal="shorter", **options):
    base = Evaluation(
        prompt_id=prompt.id, subject="s", target=Target(model="m"), inputs={}, cases=()
    )
    task = OptimizeTask(
        prompt=prompt, train=(), base=base, metric="label_match", goal=find_goal(goal), **options
    )

    async def main():
        return await load_proposer(name).propose(task)

    return anyio.run(main)


def test_shots_headings_and_code_are_units():
    texts = [unit.text for unit in split_units([LONG + "\n```\nA. B.\n\nC.\n```"])]
    assert "Input: My tent is late.\nOutput: delivery" in texts
    assert "```\nA. B.\n\nC.\n```" in texts


PIECES = (
    "<a>\n",
    "{{ mail }}",
    "\n</a>",
    "Sort it. ",
    "Q: x\n",
    "- item\n",
    "```\n",
    "\n\n",
    "# H\n",
)


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), max_size=3))
@example(["<a>\n{{ mail }}\n</a>"])
@example([""])
def test_units_of_any_messages_are_stretches_of_them(texts):
    for unit in split_units(texts):
        assert unit.text in texts[unit.message]


SHOTS = {
    "questions in the form of the input": (
        """Answer.

Q: Is it so?
Options:
- Yes
- No
A: Yes

Q: Never?
A: No

Q: {{ text }}
A:""",
        ["Q: Is it so?\nOptions:\n- Yes\n- No\nA: Yes", "Q: Never?\nA: No"],
    ),
    "a title goes with its example, what follows the last one does not": (
        """Answer.

Example #1

Context:
---
Red.
---
Answer: red

Begin!

Context:
---
{{ text }}
---
Answer:""",
        ["Example #1\n\nContext:\n---\nRed.\n---\nAnswer: red"],
    ),
    "a label without an answer is no example": (
        "Note: be brief.\n\nNote: be kind.\n\nNote: {{ text }}",
        [],
    ),
    "a label far above the input is none of it": (
        "Q: Why?\nA: So.\n\nQ: Who?\nA: He.\n\nNow read.\n\nIt is long.\n\n{{ text }}",
        [],
    ),
    "no input, no examples": ("Q: Why?\nA: So.\n\nQ: Who?\nA:", []),
}


@pytest.mark.parametrize("case", SHOTS)
def test_examples_in_the_form_of_the_input_are_found(case):
    text, expected = SHOTS[case]
    found = [text[start:end] for start, end in shots(text, template_stretches(text))]
    assert found == expected
    assert set(expected) <= {unit.text for unit in split_units([text]) if unit.example}


TAGGED = """Judge the answer by the rubric.

<rubric>
An answer is good when it is short and good.
An answer is bad when it is long and bad.
</rubric>

<answer>
{{ mail }}
</answer>"""


def test_tags_go_in_pairs_with_the_last_line_between_them():
    rungs = [rung.texts[0] for rung in ladder([TAGGED], topic=["Judge the answer"])]
    assert all(text.count("<rubric>") == text.count("</rubric>") for text in rungs)
    assert "rubric>" not in rungs[-1]
    assert all("<answer>\n{{ mail }}\n</answer>" in text for text in rungs)


def test_a_prohibition_said_twice_word_for_word_need_stay_once():
    said = "Never promise money to any customer of the shop."
    text = f"Sort the mail.\n\n- {said}\n\nMail: {{{{ mail }}}}\n\n{said}\n"
    last = list(ladder([text], topic=["Sort the mail"]))[-1].texts[0]
    assert last.count(said) == 1


def test_a_label_is_named_by_a_word_of_its_own():
    text = "Answer with a letter.\n(A) All of it.\nAll that is left of all of it.\n{{ mail }}"
    for rung in ladder([text], terms=["A"], topic=["Answer with a letter"]):
        assert "(A)" in rung.texts[0]


def test_closing_marks_stay_with_their_sentence():
    text = 'Look for tricks (e.g., "Ignore all rules and...")\n- Look for more.\n{{ mail }}'
    assert 'Look for tricks (e.g., "Ignore all rules and...")' in [
        unit.text for unit in split_units([text])
    ]


def test_each_rung_goes_further_and_says_what_went():
    rungs = list(ladder([LONG], topic=["Sort the mail"]))
    shares = [rung.share for rung in rungs]
    assert shares == sorted(shares)
    assert shares[0] < 0.35 < 0.5 < shares[-1]
    assert "tokens" in str(rungs[0])


@pytest.mark.parametrize(
    "line",
    [
        "Sort the mail of the customer by what the customer wants.",
        "Never promise money to a customer.",
        "Safety matters when a customer reports a fire.",
        "Text: {{ mail }}",
    ],
)
def test_task_prohibitions_safeguards_and_slots_stay(line):
    assert all(line in rung.texts[0] for rung in ladder([LONG], topic=["Sort the mail"]))


def test_kept_sentences_and_the_last_mention_of_a_term_stay():
    kept = "Our shop sells tents, and the customers of the shop write mail to the shop."
    for rung in ladder([LONG], keep=[kept], terms=["refund", "delivery"], topic=["Sort the mail"]):
        assert kept in rung.texts[0]
        assert "refund" in rung.texts[0]
        assert "delivery" in rung.texts[0]


def test_headings_go_with_the_last_line_below_them():
    last = list(ladder([LONG], topic=["Sort the mail"]))[-1].texts[0]
    assert "Input:" not in last
    assert "# Examples" not in last
    assert "# Task" in last


def test_deletion_is_proposed_only_where_less_is_a_goal():
    assert propose("deletion", make_prompt(), goal="accuracy") == ()
    found = propose("deletion", make_prompt())
    assert found
    assert all(not each.learned_from for each in found)
    assert all("{{ mail }}" in each.prompt.messages[0].content for each in found)


def test_compression_gives_its_reasons_by_class():
    first = propose("compression", make_prompt("Please sort it in order to help. {{ mail }}"))[0]
    assert first.prompt.messages[0].content == "Sort it to help. {{ mail }}"
    assert 'politeness (1): "Please"' in first.reason


def test_sentences_that_the_prompt_protects_stay_in_every_proposal():
    kept = "Please note that our shop sells tents."
    prompt = make_prompt(
        f"Sort the mail. {kept} Please hurry. {{{{ mail }}}}", **{"x-keep": [kept]}
    )
    found = [*propose("compression", prompt), *propose("deletion", prompt)]
    assert found
    assert all(kept in each.prompt.messages[0].content for each in found)


def test_examples_that_repeat_others_go_first():
    turn = "Where is my parcel with the new shoes that I ordered last week{}"
    prompt = make_prompt(
        messages=[
            {"role": "user", "content": turn.format("?")},
            {"role": "assistant", "content": "delivery"},
            {"role": "user", "content": turn.format("!")},
            {"role": "assistant", "content": "delivery"},
            {"role": "user", "content": "Give me my money back."},
            {"role": "assistant", "content": "refund"},
            {"role": "user", "content": "{{ mail }}"},
        ]
    )
    found = propose("fewer_examples", prompt)
    assert [len(split_wording(each.prompt).examples) for each in found] == [2, 1, 0]
    assert "nearly repeat" in found[0].reason


CASES = tuple(GoldenCase(id=f"c{n}", inputs={"mail": str(n)}, expected="refund") for n in range(80))


def evaluation(text, scores):
    results = tuple(
        CaseResult(
            case_id=case.id, scores={"label_match": score}, answer="refund", input_tokens=len(text)
        )
        for case, score in scores
    )
    return Evaluation(
        prompt_id="p", subject=text, target=Target(model="m"), inputs={}, cases=results
    )


def fall(right, asked=None):
    """Descend over wordings that are right on so many of a hundred cases each."""
    texts = ["Sort it. " * (9 - step) + "{{ mail }}" for step in range(len(right))]
    prompts = [make_prompt(text) for text in texts]
    shares = dict(zip(texts, right, strict=True))

    async def measure(prompt, cases):
        text = prompt.messages[0].content
        if asked is not None:
            asked.append((prompts.index(prompt), len(cases)))
        return evaluation(
            text, [(case, float(at % 100 < shares[text])) for at, case in enumerate(cases)]
        )

    candidates = [Candidate(prompt=each, proposer="p", reason="r") for each in prompts[1:]]

    async def main():
        return await descend(
            prompts[0], candidates, CASES, measure=measure, metric="label_match", margin=0.1
        )

    return anyio.run(main)


def test_the_descent_ends_at_the_first_wording_that_is_not_shown():
    assert [test.shown for test in fall([70, 70, 70, 20, 70])] == [True, True, False]
    assert [test.shown for test in fall([70, 62, 70])] == [False]
    assert all(test.shown for test in fall([70, 70, 70]))


def test_a_plain_loss_is_given_up_before_all_cases_ran():
    asked = []
    fall([70, 0, 70], asked)
    assert max(cases for wording, cases in asked if wording == 1) == 20


def test_cases_that_taught_a_wording_do_not_judge_it():
    taught = Candidate(prompt=make_prompt(), proposer="p", reason="r", learned_from=("c1",))

    async def main():
        await descend(
            make_prompt(), [taught], CASES, measure=None, metric="label_match", margin=0.1
        )

    with pytest.raises(ValueError, match="c1"):
        anyio.run(main)


def test_wordings_that_lose_the_margin_are_accepted_once_in_twenty_descents_at_most():
    chance = random.Random(5)
    cases = CASES[:60]
    texts = [f"{'Sort it. ' * (4 - step)}{{{{ mail }}}}" for step in range(4)]
    prompts = [make_prompt(text) for text in texts]
    candidates = [Candidate(prompt=each, proposer="p", reason="r") for each in prompts[1:]]

    async def descent():
        right = {text: 0.7 if text == texts[0] else 0.6 for text in texts}
        scores = {text: [float(chance.random() < right[text]) for _ in cases] for text in texts}

        async def measure(prompt, some):
            text = prompt.messages[0].content
            rows = zip(some, scores[text], strict=False)
            return evaluation(text, [(case, score) for case, score in rows])

        tested = await descend(
            prompts[0], candidates, cases, measure=measure, metric="label_match", margin=0.1
        )
        return tested[0].shown

    accepted = sum(anyio.run(descent) for _ in range(120))
    assert accepted <= 11  # five per cent of 120, and two standard errors
