"""What the proposers propose, and what they leave alone."""

import json

import anyio
import pytest

from promptops.evaluation import CaseResult, Evaluation, Target
from promptops.golden.case import GoldenCase
from promptops.optimize.candidate import OptimizeTask, load_proposer
from promptops.optimize.goals import find_goal
from promptops.optimize.structuring import separate
from promptops.optimize.wording import solved_answer, split_wording, with_examples
from promptops.prompts.model import Prompt
from promptops.prompts.rendering import render


def make_prompt(*messages, labels=("refund", "delivery"), **changes):
    rows = messages or (("system", "Sort the message."), ("user", "{{ message }}"))
    schema = {
        "type": "object",
        "required": ["label"],
        "properties": {"label": {"type": "string", "enum": list(labels)}},
    }
    return Prompt.model_validate(
        {
            "id": "topic",
            "version": "1.0.0",
            "title": "Topic",
            "intent": "classify",
            "variables": {"message": {}},
            "messages": [{"role": role, "content": content} for role, content in rows],
            "output": {"schema": schema},
            **changes,
        }
    )


TRAIN = tuple(
    GoldenCase(id=f"t{number}", inputs={"message": text}, expected={"label": label})
    for number, (text, label) in enumerate(
        [
            ("My parcel is late, where is the courier?", "delivery"),
            ("The courier never came with the parcel.", "delivery"),
            ("Give me my money back for the {{ tent }}.", "refund"),
            ("I want the money for the returned chair.", "refund"),
            ("The parcel went to a wrong street.", "delivery"),
            ("When is my money back on the card?", "refund"),
        ]
    )
)


def propose(name, prompt=None, *, train=TRAIN, wrong=(), metric="label_match", **options):
    prompt = prompt or make_prompt()
    base = Evaluation(
        prompt_id=prompt.id,
        subject="sha256:0",
        target=Target(model="m"),
        inputs={},
        cases=tuple(
            CaseResult(case_id=case.id, scores={metric: float(case.id not in wrong)}, answer="{}")
            for case in train
        ),
    )
    task = OptimizeTask(
        prompt=prompt,
        train=tuple(train),
        base=base,
        metric=metric,
        goal=find_goal("accuracy"),
        **options,
    )

    async def main():
        return await load_proposer(name).propose(task)

    return anyio.run(main)


def test_examples_are_balanced_over_labels_and_rendered_word_for_word():
    balanced = [each for each in propose("few_shot") if "as they come" not in each.reason]
    assert balanced
    for candidate in balanced:
        pairs = split_wording(candidate.prompt).examples
        labels = [json.loads(answer.content)["label"] for _, answer in pairs]
        assert abs(labels.count("refund") - labels.count("delivery")) <= 1
        shown = render(candidate.prompt, {"message": "x"}).texts()[1:-1:2]
        texts = {case.inputs["message"] for case in TRAIN}
        assert {text for _, text in shown} <= texts


def test_example_sets_differ_and_repeat_under_a_seed():
    sets = [candidate.examples for candidate in propose("few_shot")]
    assert len(set(sets)) == len(sets) >= 3
    assert sets == [candidate.examples for candidate in propose("few_shot")]


def test_mistakes_of_the_base_come_first_in_the_hard_sets():
    hard = [c for c in propose("few_shot", wrong=("t3", "t4")) if "go wrong" in c.reason]
    assert hard
    assert {"t3", "t4"} <= set(hard[0].examples)


NO_EXAMPLES = {
    "the metric looks for a keyword": {"metric": "contains"},
    "the prompt retrieves": {
        "prompt": make_prompt(retrieval={"kb": "k", "query": "{{ message }}", "into": "context"})
    },
    "the conversation ends with the assistant": {
        "prompt": make_prompt(("user", "{{ message }}"), ("assistant", "{"))
    },
    "there is no training case": {"train": ()},
}


@pytest.mark.parametrize("options", NO_EXAMPLES.values(), ids=NO_EXAMPLES)
def test_no_examples_are_shown_where(options):
    assert propose("few_shot", **options) == ()


def test_answers_of_examples_follow_the_schema_in_its_order():
    prompt = make_prompt(
        output={"schema": {"type": "object", "properties": {"amount": {}, "currency": {}}}}
    )
    assert (
        solved_answer(prompt, {"currency": "EUR", "amount": 90})
        == '{"amount": 90, "currency": "EUR"}'
    )
    assert solved_answer(make_prompt(), "refund") == '{"label": "refund"}'
    assert solved_answer(make_prompt(output=None), ["tent", "rain"]) is None


def test_labels_that_were_never_named_are_named():
    (named, shape) = propose("output_contract")
    assert named.prompt.messages[0].content.endswith("Choose one label: refund, delivery.")
    assert '{"label": "refund|delivery"}' in shape.prompt.messages[0].content
    told = make_prompt(("system", "Answer refund or delivery as JSON."), ("user", "{{ message }}"))
    assert propose("output_contract", told) == ()


def test_labels_are_described_by_the_words_of_their_cases():
    (candidate,) = propose("label_descriptions")
    lines = candidate.prompt.messages[0].content.splitlines()
    assert lines[0] == "Sort the message."
    assert lines[2].startswith("- refund: money")
    assert "courier" in lines[3]


def test_examples_of_the_author_can_be_thinned_out():
    prompt = with_examples(make_prompt(), TRAIN[:4])
    half, none = propose("fewer_examples", prompt)
    assert len(split_wording(half.prompt).examples) == 2
    assert none.prompt.messages == make_prompt().messages


SEPARATED = {
    "a slot inside a sentence": (
        "Which team should look at {{ alert }} now?",
        ("Which team should look at the alert now?", "{{ alert }}"),
    ),
    "a slot after the instruction": (
        "Classify the text.\n\n{{ text }}", ("Classify the text.", "{{ text }}"),
    ),
    "marked-up data": (
        "Read the invoice below.\n<invoice>\n{{ x }}\n</invoice>",
        ("Read the invoice below.", "<invoice>\n{{ x }}\n</invoice>"),
    ),
    "data alone": ("Product: {{ product }}\nFeature: {{ feature }}", None),
    "control tags": ("Sort the text. {% if x %}Now.{% endif %} {{ text }}", None),
    "no data": ("Write one short poem.", None),
}  # fmt: skip


@pytest.mark.parametrize(("text", "parts"), SEPARATED.values(), ids=SEPARATED)
def test_instruction_and_data_are_told_apart(text, parts):
    assert separate(text) == parts
