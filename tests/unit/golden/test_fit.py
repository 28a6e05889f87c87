"""Golden cases against the prompt that is measured on them."""

import pytest

from promptops.golden.case import GoldenCase
from promptops.golden.fit import misfits
from promptops.prompts.model import Prompt

LABELS = ["refund", "late_delivery"]


def make_prompt(**changes):
    return Prompt.model_validate(
        {
            "id": "topic",
            "version": "1.0.0",
            "title": "Topic",
            "intent": "classify",
            "variables": {
                "message": {"max_length": 20},
                "stars": {"type": "integer", "required": False},
                "tone": {"enum": ["plain", "warm"], "required": False},
                "order": {"type": "object", "required": False},
            },
            "messages": [{"role": "user", "content": "{{ message }}"}],
            "output": {"schema": {"properties": {"label": {"enum": LABELS}, "why": {}}}},
            **changes,
        }
    )


def found(inputs=None, expected=None, *, prompt=None, **case):
    inputs = {"message": "Where is it?"} if inputs is None else inputs
    golden = GoldenCase(id="c7", inputs=inputs, expected=expected, line=9, **case)
    return misfits(prompt or make_prompt(), [golden], metrics=["label_match"])


FIT = {
    "all optional inputs left out": {"expected": {"label": "refund"}},
    "a label with other joints and case": {"expected": {"label": "Late delivery"}},
    "a bare label": {"expected": "refund"},
    "an abstention": {"expected": None},
    "an answer for each knowledge base": {"answers": {"old": {"label": "refund"}, "new": None}},
    "a context that retrieval would bring": {
        "prompt": make_prompt(
            messages=[{"role": "user", "content": "{{ context }} {{ message }}"}],
            retrieval={"kb": "shop", "query": "{{ message }}"},
        )
    },
}


@pytest.mark.parametrize("case", FIT.values(), ids=FIT)
def test_what_fits(case):
    assert found(**case) == ()


MISFITS = {
    "an unknown name": ({"inputs": {"message": "a", "tonne": "x"}}, 'did you mean "tone"?'),
    "a missing input": ({"inputs": {}}, 'input "message" is missing'),
    "a wrong type": ({"inputs": {"message": "a", "stars": "5"}}, "is string, not integer"),
    "a text that is too long": ({"inputs": {"message": "a" * 21}}, "is 21 characters long"),
    "a value outside the list": ({"inputs": {"message": "a", "tone": "rude"}}, "not one of"),
    "a label outside the list": ({"expected": {"label": "refunds"}}, 'did you mean "refund"?'),
    "a bare label outside the list": ({"expected": "other"}, "one of refund, late_delivery"),
    "a label of one knowledge base": ({"answers": {"new": {"label": "x"}}}, 'answer for "new"'),
    "a mistyped field": ({"expected": {"lable": "refund"}}, 'did you mean "label"?'),
    "a part that the wording of a variant needs": (
        {
            "inputs": {"message": "a", "order": {}},
            "prompt": make_prompt(
                variants=[{"id": "v", "messages": [{"role": "user", "content": "{{ order.id }}"}]}]
            ),
        },
        "order",
    ),
}


@pytest.mark.parametrize(("case", "reason"), MISFITS.values(), ids=MISFITS)
def test_what_does_not_fit_names_its_case_and_line(case, reason):
    (misfit,) = found(**case)
    assert (misfit.line, misfit.case_id) == (9, "c7")
    assert reason in str(misfit)


def test_a_bare_text_is_no_label_where_labels_are_not_scored():
    case = GoldenCase(id="c7", inputs={"message": "a"}, expected="money back")
    assert misfits(make_prompt(), [case], metrics=["contains"]) == ()
