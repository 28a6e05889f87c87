"""What each block of a draft is for, whose words it shows, and what may be moved."""

import pytest

from promptops.prompts.model import Prompt
from promptops.rewrite.reading import read_draft

CONTRACT = {
    "id": "p",
    "version": "1.0.0",
    "title": "T",
    "intent": "answer",
    "variables": {
        "question": {"type": "string", "trust": "untrusted"},
        "style": {"type": "string"},
    },
    "retrieval": {"kb": "store", "query": "{{ question }}", "into": "found"},
    "x-keep": ["Never guess."],
}


def blocks(text, *before):
    """(kind, trust, order, frozen) of every block of a last user message."""
    messages = [*before, {"role": "user", "content": text}]
    draft = read_draft(Prompt.model_validate({**CONTRACT, "messages": messages}))
    return [(b.kind, b.trust, b.order, b.frozen) for b in draft.turns[-1].blocks]


# a sentence: (text, kind, trust, order)
ALONE = {
    "a role": ("You are a clerk.", "persona", "trusted", "free"),
    "a section about the role": ("# Identity\n\nA clerk.", "persona", "trusted", "free"),
    "an instruction": ("Sort it.", "instruction", "trusted", "free"),
    "what the answer looks like": ("Answer in JSON.", "format", "trusted", "free"),
    "a section about the answer": ("## Output\n\nOne word.", "format", "trusted", "free"),
    "what retrieval fills": ("{{ found }}", "context", "untrusted", "free"),
    "a named value": ("<policy>\n{{ style }}\n</policy>", "context", "trusted", "free"),
    "a question": ("Question: {{ question }}", "question", "untrusted", "free"),
    "another value": ("Text: {{ style }}", "data", "trusted", "free"),
    "half of a sentence": ("I heard {{ found }}", "data", "untrusted", "free"),
    "a sentence with a value": (
        "Write it in the style of {{ style }} and no other.",
        "instruction",
        "trusted",
        "free",
    ),
    "examples": ("<examples>\nhi: other\n</examples>", "example", "trusted", "free"),
    "a rule": ("---", "other", "trusted", "free"),
    "an introduction": ("This is what we know:", "instruction", "trusted", "lead"),
}


@pytest.mark.parametrize(("text", "kind", "trust", "order"), ALONE.values(), ids=ALONE)
def test_a_block_knows_what_it_is(text, kind, trust, order):
    assert blocks(text) == [(kind, trust, order, False)]


def test_what_is_introduced_is_bound_and_what_is_kept_is_frozen():
    found = blocks("Never guess.\n\nWe know:\n\n{{ found }}\n\nGo on.")
    assert [order for _, _, order, _ in found] == ["free", "lead", "bound", "free"]
    assert [frozen for *_, frozen in found] == [True, False, False, False]


def test_solved_examples_are_data_and_a_prefill_is_none():
    solved = ({"role": "user", "content": "Hi"}, {"role": "assistant", "content": "other"})
    draft = read_draft(
        Prompt.model_validate(
            {**CONTRACT, "messages": [*solved, {"role": "user", "content": "{{ question }}"}]}
        )
    )
    assert [turn.example for turn in draft.turns] == [True, True, False]
    assert draft.turns[0].blocks[0].kind == "example"
    begun = read_draft(Prompt.model_validate({**CONTRACT, "messages": list(solved)}))
    assert [turn.example for turn in begun.turns] == [False, False]
