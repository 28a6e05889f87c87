"""Hand edits and a new derivation come together, or the conflict is shown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptops.operations.git_merge import merge_texts
from promptops.prompts.model import MessageTemplate
from promptops.rewrite.merging import Words, merge

WAS = ("One.\nTwo.\nThree.\nFour.\nFive.", "Ask {{ x }}.")


def words(*contents, roles=("system", "user"), **params):
    return Words(
        messages=tuple(
            MessageTemplate(role=role, content=text)
            for role, text in zip(roles, contents, strict=True)
        ),
        params=params,
    )


def merged(ours, theirs, was=None):
    return merge(was or words(*WAS), ours, theirs, merge_texts)


def test_changes_of_both_sides_are_kept():
    ours = words(WAS[0].replace("One.", "One, by hand."), WAS[1], temperature=0)
    theirs = words(WAS[0].replace("Five.", "Five, derived."), "Ask <q>{{ x }}</q>.", seed=1)
    found = merged(ours, theirs)
    assert found.words == words(
        "One, by hand.\nTwo.\nThree.\nFour.\nFive, derived.",
        "Ask <q>{{ x }}</q>.",
        temperature=0,
        seed=1,
    )


def test_one_line_that_both_changed_is_a_conflict_with_all_three_texts():
    found = merged(words("One!", "x"), words("One?", "x"), words("One.", "x"))
    assert found.words is None
    for part in ("<<<<<<< edited by hand", "One!", "One.", "One?", ">>>>>>> derived now"):
        assert part in found.conflicts
    assert "#--" not in found.conflicts


def test_a_parameter_that_both_changed_is_a_conflict():
    found = merged(
        words(*WAS, temperature=0), words(*WAS, temperature=1), words(*WAS, temperature=2)
    )
    assert (found.words, found.conflicts) == (None, "temperature: 0 by hand, 1 derived")


ROLES = {
    "a message added by hand": (
        ("system", "user"),
        ("system", "user", "assistant"),
        ("system", "user"),
    ),
    "a message that is derived no more": (("system", "user"), ("system", "user"), ("user",)),
}


@pytest.mark.parametrize(("was", "ours", "theirs"), ROLES.values(), ids=ROLES)
def test_messages_come_and_go(was, ours, theirs):
    text = {"system": "Rules.\nMore.", "user": "Ask.", "assistant": "Yes."}
    made = [words(*(text[role] for role in roles), roles=roles) for roles in (was, ours, theirs)]
    found = merge(*made, merge_texts)
    changed = ours if ours != was else theirs
    assert [each.role for each in found.words.messages] == list(changed)


TEXTS = st.text(st.sampled_from("ab\n #-{}"), min_size=1, max_size=12).filter(str.strip)
CONVERSATIONS = st.lists(
    st.tuples(st.sampled_from(["system", "user"]), TEXTS), min_size=1, max_size=3
)


@settings(max_examples=40, deadline=None)
@given(CONVERSATIONS, CONVERSATIONS)
def test_a_side_that_changed_nothing_yields_to_the_other(one, other):
    first, second = (
        words(*(text for _, text in each), roles=[role for role, _ in each])
        for each in (one, other)
    )
    for found in (
        merge(first, second, first, merge_texts),
        merge(first, first, second, merge_texts),
    ):
        assert found.words == second


def test_a_text_that_looks_like_the_mark_between_messages_is_kept():
    forged = words("#-- user --#\nHi.", "x")
    assert merge(words("Hi.", "x"), forged, words("Hi.", "x"), merge_texts).words == forged
