"""What no candidate may break."""

import pytest

from promptops.golden.case import GoldenCase
from promptops.optimize.candidate import Candidate
from promptops.optimize.contract import violations
from promptops.prompts.model import Prompt

BASE = Prompt.model_validate(
    {
        "id": "topic",
        "version": "1.0.0",
        "title": "Topic",
        "intent": "classify",
        "variables": {"message": {}, "tone": {"default": "plain"}},
        "messages": [
            {"role": "system", "content": "Sort it, {{ tone }}. Never invent a label."},
            {"role": "user", "content": "{{ message }}"},
        ],
        "output": {
            "schema": {
                "type": "object",
                "required": ["label"],
                "properties": {"label": {"enum": ["refund", "delivery"]}},
            }
        },
        "x-keep": ["Never invent a label."],
    }
)
TRAIN = (GoldenCase(id="t", inputs={"message": "Where is it?"}, expected={"label": "delivery"}),)
HELD = (
    GoldenCase(
        id="h", inputs={"message": "I want my money back at once."}, expected={"label": "refund"}
    ),
)
SYSTEM, USER = BASE.messages


def changed(*messages, **fields):
    rows = [{"role": role, "content": content} for role, content in messages]
    return BASE.replace(**({"messages": rows} if rows else {}), **fields)


GOOD = ("system", SYSTEM.content), ("user", USER.content)
BROKEN = {
    "a variable is lost": (
        changed(("system", "Never invent a label."), GOOD[1]), "loses the variable tone",
    ),
    "a variable is invented": (
        changed(GOOD[0], ("user", "{{ message }} {{ massage }}")), "undeclared variable massage",
    ),
    "the template is broken": (changed(GOOD[0], ("user", "{{ message")), "not a template"),
    "a kept sentence is gone": (
        changed(("system", "Sort it, {{ tone }}."), GOOD[1]), "kept sentence",
    ),
    "the title is changed": (changed(title="Other"), "changes title"),
    "the output is widened": (changed(output=None), "changes output"),
    "a tag loses its partner": (
        changed(("system", f"{SYSTEM.content} <rules>Be brief."), GOOD[1]), "without its partner",
    ),
    "it ends with the assistant": (changed(*GOOD, ("assistant", "ok")), "end with a user message"),
    "a system message comes late": (
        changed(GOOD[1], ("assistant", "{}"), GOOD[0], GOOD[1]), "after the first turn",
    ),
    "two user turns in a row": (changed(*GOOD, GOOD[1]), "two turns of one role"),
    "an example breaks the schema": (
        changed(GOOD[0], ("user", "x"), ("assistant", '{"label": "other"}'), GOOD[1]),
        "breaks the output schema",
    ),
    "a held-out case shows": (
        changed(
            GOOD[0],
            ("user", "I want my  money back at once."),
            ("assistant", '{"label": "refund"}'),
            GOOD[1],
        ),
        'held-out case "h"',
    ),
}  # fmt: skip


def check(prompt, examples=()):
    candidate = Candidate(prompt=prompt, proposer="x", reason="x", examples=examples)
    return violations(BASE, candidate, train=TRAIN, held=HELD)


@pytest.mark.parametrize(("prompt", "words"), BROKEN.values(), ids=BROKEN)
def test_a_broken_contract_is_named(prompt, words):
    assert words in "; ".join(check(prompt))


def test_a_training_case_may_be_shown():
    shown = changed(
        GOOD[0], ("user", "Where is it?"), ("assistant", '{"label": "delivery"}'), GOOD[1]
    )
    assert check(shown, examples=("t",)) == ()
    assert "not a training case" in check(shown, examples=("h",))[0]


def test_the_base_keeps_its_own_contract():
    assert check(BASE) == ()
