"""The equivalence check finds what a rewrite must not lose and lets harmless changes pass."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptops.prompts.model import MessageTemplate, Prompt
from promptops.rewrite.check import differences
from promptops.rewrite.reading import read_draft

KEEP = "Never give legal advice."
TEXT = (
    "You answer customers of Larkfield, and of Kestrel too. You must quote the policy. "
    "Do not promise a refund. " + KEEP + " Reply in at most 40 words, or say `unknown`.\n\n"
    'Call it "store credit", not money. Write to help@larkfield.example. Give the field answer.\n\n'
    "{% if formal %}Be formal.{% endif %}\n\n"
    "Context:\n{{ context }}\n\nQuestion: {{ question }}"
)
BASE = Prompt.model_validate(
    {
        "apiVersion": "promptops/v1",
        "kind": "Prompt",
        "id": "p",
        "version": "1.0.0",
        "title": "T",
        "intent": "answer",
        "variables": {n: {"type": "string"} for n in ("context", "question", "formal")},
        "messages": [{"role": "user", "content": TEXT}],
        "output": {"schema": {"type": "object", "properties": {"answer": {"type": "string"}}}},
        "x-keep": [KEEP],
    }
)


def found(text: str) -> str:
    return "; ".join(differences(BASE, [MessageTemplate(role="user", content=text)]))


MUTATIONS = {
    "a dropped not": ("Do not promise", "Do promise", "negation not is lost"),
    "an added not": ("You must quote", "You must not quote", "negation not was added"),
    "a changed number": ("40 words", "400 words", "number 40 is lost"),
    "a lost variable": ("{{ question }}", "", "variable question is lost"),
    "a variable shown twice": ("Be formal", "{{ context }}", "variable context was added"),
    "another variable": ("{{ question }}", "{{ context }}", "variable question is lost"),
    "a weakened obligation": ("You must quote", "You may quote", "must quote became may quote"),
    "an obligation that is gone": ("You must quote the policy. ", "", "must quote became nothing"),
    "a weakened kept sentence": ("Never give legal", "Avoid legal", "kept sentence"),
    "a lost condition": ("{% if formal %}Be formal.{% endif %}", "Be formal.", "control structure"),
    "a lost quotation": ("`unknown`", "nothing", 'quotation "unknown" is lost'),
    "a translated quotation": ('"store credit"', '"crédit"', 'quotation "store credit" is lost'),
    "a lost address": ("help@larkfield.example", "us", 'address "help@larkfield.example"'),
    "a lost name": (", and of Kestrel too", "", 'name "Kestrel" is lost'),
    "a made-up name": ("the policy", "the Zurich policy", "name Zurich was made up"),
    "a lost output field": ("the field answer", "the field", 'output field "answer" is lost'),
    "an order of obligations": (
        "You must quote the policy. Do not promise a refund.",
        "Do not promise a refund. You must quote the policy.",
        "order of obligations",
    ),
}


@pytest.mark.parametrize(("old", "new", "message"), MUTATIONS.values(), ids=MUTATIONS)
def test_a_mutation_is_found(old, new, message):
    assert old in TEXT
    assert message in found(TEXT.replace(old, new))


HARMLESS = {
    "nothing": lambda text: text,
    "other marks": lambda text: text.replace(
        "Context:\n{{ context }}", "<context>\n{{context}}\n</context>"
    ),
    "headings": lambda text: text.replace("Question: {{", "## Question\n\n{{"),
    "other white space": lambda text: text.replace(" You must", "\n\nYou  must"),
    "don't for do not": lambda text: text.replace("Do not promise", "Don't promise").replace(
        "Don't", "Do not"
    ),
    "another word": lambda text: text.replace("answer customers", "reply to customers"),
    "context first": lambda text: (
        "Context:\n{{ context }}\n\n" + text.replace("Context:\n{{ context }}\n\n", "")
    ),
}


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_a_harmless_change_passes(change):
    assert found(change(TEXT)) == ""


def test_another_last_role_is_found():
    messages = [MessageTemplate(role="assistant", content=TEXT)]
    assert "the conversation ends with another role" in differences(BASE, messages)


def test_a_passage_that_is_added_on_purpose_is_ignored():
    added = "Answer in 3 lines and never more."
    messages = [MessageTemplate(role="user", content=f"{TEXT}\n\n{added}")]
    assert differences(BASE, messages)
    assert not differences(BASE, messages, ignoring=(added,))


PIECES = st.sampled_from(
    [
        *("Rules:", "## Rules", "<rules>", "</rules>", "- be brief", "", "", " ", "Text: hi"),
        *("Text: {{ text }}", "Context:", "{{ text }}", "```", "{% if text %}", "{% endif %}"),
        *("<a>b</a>", "# x", "#", "You must not.", "Question:  {{ text }}  ", "\t", "A b c d: e"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=14))
def test_reading_loses_nothing(lines):
    text = "\n".join(lines)
    if not text.strip():
        return
    prompt = BASE.model_copy(update={"messages": (MessageTemplate(role="user", content=text),)})
    assert read_draft(prompt).messages() == prompt.messages
