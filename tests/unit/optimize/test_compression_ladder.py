"""Measured deletion: which units go first, and which never go."""

import anyio
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from promptops.evaluation import Evaluation, Target
from promptops.optimize.candidate import OptimizeTask, load_proposer
from promptops.optimize.compressing.ladder import ladder
from promptops.optimize.compressing.literals import template_stretches
from promptops.optimize.compressing.shots import shots
from promptops.optimize.compressing.units import split_units
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


def test_examples_go_before_any_instruction_or_after_all_of_them():
    shots = ("Input: My tent is late.", "Input: I want my money.")
    told = ("Our shop sells tents", "Mail of customers is written")
    share = (0.15,)
    (early,) = ladder([LONG], rungs=share, first="examples first")
    (late,) = ladder([LONG], rungs=share, first="examples last")
    assert not any(shot in early.texts[0] for shot in shots)
    assert all(line in early.texts[0] for line in told)
    assert all(shot in late.texts[0] for shot in shots)
    assert not all(line in late.texts[0] for line in told)


def test_a_prompt_with_example_pairs_is_also_thinned_out_without_them():
    pair = [{"role": "user", "content": "Late."}, {"role": "assistant", "content": "delivery"}]
    messages = [
        {"role": "system", "content": LONG.partition("# Examples")[0]},
        *pair,
        {"role": "user", "content": "{{ mail }}"},
    ]
    found = propose("deletion", make_prompt(messages=messages))
    assert {len(split_wording(each.prompt).examples) for each in found} == {0, 1}
