"""Variants for every dialect: equivalent or refused, stable, and nobody's edits are lost."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptops.models.claims import Claim
from promptops.models.dialects import Dialect, dialects
from promptops.models.names import ModelName, read_model_name
from promptops.operations.git_merge import merge_texts
from promptops.prompts.loader import parse_prompt
from promptops.prompts.model import MessageTemplate, Variant
from promptops.prompts.writing import dump_prompt
from promptops.rewrite.proposal import to_proposal
from promptops.rewrite.rewriter import is_stale, rewrite, words_of

TEXT = """\
apiVersion: promptops/v1
kind: Prompt
id: refund-answer
version: "1.2.3"
title: Answer a refund question
intent: answer
variables:
  question: {type: string, trust: untrusted}
  context: {type: string}
messages:
  - role: system
    content: |-
      You MUST answer from the context only. Think step by step.
      Please give at most 2 sentences.

      Name the page that you used.
  - role: user
    content: |-
      Question: {{ question }}

      Context:
      {{ context }}
output: {schema: {type: object, properties: {answer: {type: string}}}}
"""
FILE = parse_prompt(TEXT, Path("prompts/support/refund-answer.prompt.yaml"))
PROMPT = FILE.prompt
NEW = ModelName(family="new")
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def dialect(*claims, version="1"):
    """A dialect that says these values of these topics, all of them soft."""
    return Dialect(
        family="new",
        title="New",
        version=version,
        claims=tuple(
            Claim(
                id=f"new-{topic.replace('_', '-')}",
                family="new",
                topic=topic,
                value=value,
                kind="soft",
                text="It is so.",
                source="a guide",
                url="https://example.org/guide",
                date="2026-11-01",
                review="2027-11-01",
            )
            for topic, value in claims
        ),
    )


SOFT = dialect(
    ("delimiters", "xml"),
    ("long_context", "context-first"),
    ("emphasis", "calm"),
    ("politeness", "drop"),
    ("thinking_hints", "avoid"),
)
CALM = dialect(("emphasis", "calm"))


def with_variant(variant, prompt=PROMPT):
    return prompt.replace(variants=(variant,))


def rebased(prompt, old, new):
    """The prompt after its own wording was changed."""
    changed = tuple(
        each.model_copy(update={"content": each.content.replace(old, new)})
        for each in prompt.messages
    )
    assert changed != prompt.messages
    return prompt.replace(messages=changed)


def edited(variant, old, new):
    """The variant after somebody changed its words."""
    changed = tuple(
        each.model_copy(update={"content": each.content.replace(old, new)})
        for each in variant.messages
    )
    assert changed != variant.messages
    return variant.model_copy(update={"messages": changed})


def test_a_rewrite_does_what_the_dialect_claims_and_says_why():
    result = rewrite(PROMPT, NEW, SOFT)
    assert (result.status, result.reason) == ("new", "")
    system, user = (message.content for message in result.variant.messages)
    assert system.startswith("You must answer from the context only.\nGive at most 2 sentences.")
    assert user == (
        "<context>\n{{ context }}\n</context>\n\n<question>\n{{ question }}\n</question>"
    )
    assert result.variant.when == {"family": ["new"]}
    assert {change.step for change in result.changes} == {
        *("strip-thinking-hints", "soften-shouting", "shorten-politeness"),
        *("move-context-first", "to-tags"),
    }
    assert all(change.reason.endswith(": It is so.") for change in result.changes)


def test_declined_steps_are_left_out_and_stay_so():
    result = rewrite(PROMPT, NEW, SOFT, without=["soften-shouting"])
    assert "You MUST answer" in result.variant.messages[0].content
    assert result.variant.derived.without == ("soften-shouting",)
    changed = rebased(with_variant(result.variant), "2 sentences", "3 sentences")
    again = rewrite(changed, NEW, SOFT)
    assert "You MUST answer" in again.variant.messages[0].content
    fresh = rewrite(changed, NEW, SOFT, overwrite=True)
    assert "You must answer" in fresh.variant.messages[0].content


def test_a_model_gets_a_variant_of_its_own_with_its_parameters():
    prompt = PROMPT.replace(model={"params": {"temperature": 0, "max_tokens": 9}})
    model = read_model_name("anthropic/claude-opus-4-7")
    variant = rewrite(prompt, model, dialects()["claude"]).variant
    assert (variant.id, variant.when) == ("claude-opus-4-7", {"model": ["claude-opus-4-7"]})
    assert variant.params == {"temperature": None}


UNTOUCHED = {
    "the same prompt": (lambda prompt: prompt, SOFT, "unchanged"),
    "another wording": (lambda p: rebased(p, "2 sentences", "3 sentences"), SOFT, "updated"),
    "claims that changed": (lambda prompt: prompt, CALM, "updated"),
    "another version of a dialect that says the same": (
        lambda prompt: prompt,
        SOFT.model_copy(update={"version": "2"}),
        "unchanged",
    ),
}


@pytest.mark.parametrize(("change", "asked", "status"), UNTOUCHED.values(), ids=UNTOUCHED)
def test_a_variant_that_nobody_touched_is_derived_again_when_it_is_stale(change, asked, status):
    variant = rewrite(PROMPT, NEW, SOFT).variant
    prompt = change(with_variant(variant))
    result = rewrite(prompt, NEW, asked)
    assert result.status == status
    if status == "updated":
        assert is_stale(prompt, variant, asked.for_model(NEW))
        assert result.variant == rewrite(prompt.replace(variants=()), NEW, asked).variant
        assert rewrite(with_variant(result.variant, prompt), NEW, asked).status == "unchanged"


def test_edits_by_hand_are_merged_with_what_is_derived_again():
    variant = rewrite(PROMPT, NEW, SOFT).variant
    by_hand = edited(variant, "Name the page that you used.", "Name the page you used.")
    prompt = rebased(with_variant(by_hand), "at most 2 sentences", "at most 3 sentences")
    ancestors = {variant.derived.wording: words_of(variant, PROMPT)}
    result = rewrite(
        prompt,
        NEW,
        SOFT,
        ancestor=lambda each: ancestors.get(each.derived.wording),
        merge_texts=merge_texts,
    )
    assert result.status == "merged"
    (text, _) = (message.content for message in result.variant.messages)
    assert "at most 3 sentences" in text
    assert "Name the page you used." in text
    # What was derived is kept for the next merge: no file ever held it.
    proposal = to_proposal(result, FILE, lambda: NOW)
    assert "Name the page that you used." in str(proposal.evidence["new"]["derived"])


HAND = {
    "nothing new": (lambda v: edited(v, "calm", "calmly"), lambda p: p, "kept", "nothing new"),
    "both changed one line": (
        lambda v: edited(v, "at most 2 sentences", "at most 2 short sentences"),
        lambda p: rebased(p, "at most 2", "at most 3"),
        "conflict",
        "meet what is derived now",
    ),
    "written by hand from the start": (
        lambda v: v.model_copy(update={"derived": None, "messages": PROMPT.messages}),
        lambda p: p,
        "kept",
        "is by hand",
    ),
    "an edit that loses something": (
        lambda v: edited(v, "Name the page that you used.", "Be kind."),
        lambda p: rebased(p, "at most 2", "at most 3"),
        "refused",
        "with the edits by hand it is not equivalent",
    ),
}


@pytest.mark.parametrize(("edit", "change", "status", "reason"), HAND.values(), ids=HAND)
def test_edits_by_hand_are_never_lost(edit, change, status, reason):
    base = rebased(PROMPT, "Name the page", "Be calm. Name the page")
    variant = rewrite(base, NEW, SOFT).variant
    prompt = change(with_variant(edit(variant), base))
    found = rewrite(
        prompt, NEW, SOFT, ancestor=lambda _: words_of(variant, base), merge_texts=merge_texts
    )
    assert (found.status, found.variant) == (status, None)
    assert reason in found.reason
    assert bool(found.conflicts) == (status == "conflict")
    again = rewrite(prompt, NEW, SOFT, overwrite=True).status
    assert again == ("kept" if reason == "is by hand" else "updated")


def test_an_edited_variant_whose_origin_is_kept_nowhere_is_a_conflict():
    variant = edited(rewrite(PROMPT, NEW, SOFT).variant, "page that you", "page you")
    prompt = rebased(with_variant(variant), "at most 2", "at most 3")
    result = rewrite(prompt, NEW, SOFT, merge_texts=merge_texts)
    assert (result.status, result.variant) == ("conflict", None)
    assert "kept nowhere" in result.reason


def test_nothing_to_change_is_nothing():
    result = rewrite(PROMPT, NEW, dialect())
    assert (result.variant, result.status, result.changes) == (None, "unchanged", ())
    assert to_proposal(result, FILE, lambda: NOW) is None


def test_several_targets_become_one_proposal_with_a_minor_version():
    made = [rewrite(PROMPT, ModelName(family=name), dialects()[name]) for name in ("claude", "gpt")]
    proposal = to_proposal(made, FILE, lambda: NOW)
    assert proposal.new_prompt.version == "1.3.0"
    assert [variant.id for variant in proposal.new_prompt.variants] == ["claude", "gpt"]
    assert proposal.new_prompt.messages == PROMPT.messages
    assert "optional" in proposal.summary
    assert "--without" in proposal.summary
    reread = parse_prompt(dump_prompt(proposal.new_prompt), "x").prompt
    assert reread.variants == proposal.new_prompt.variants


def test_a_changed_variant_keeps_its_place_and_its_condition():
    first = Variant(id="other", when={"family": ["x"]})
    mine = rewrite(PROMPT, NEW, CALM).variant.model_copy(
        update={"when": {"family": ["new", "newer"]}}
    )
    prompt = PROMPT.replace(variants=(first, mine, first.model_copy(update={"id": "last"})))
    proposal = to_proposal(rewrite(prompt, NEW, SOFT), FILE, lambda: NOW)
    assert proposal is not None
    result = rewrite(prompt, NEW, SOFT)
    assert result.variant.when == {"family": ["new", "newer"]}


LINES = st.sampled_from(
    [
        *("You MUST sort it!!", "Please be brief.", "Think step by step.", "- one", "", ""),
        *("Rules:", "## Rules", "Text: {{ question }}", "Context:", "{{ context }}", "<rules>"),
        *("</rules>", "Answer 3 things.", "# Big", "Do NOT guess, thank you.", "Message: hi"),
        *("Could you please help?", "{% if question %}", "x{% endif %}", "```", "Label A:"),
    ]
)
CONVERSATIONS = st.lists(
    st.tuples(st.sampled_from(["system", "user", "assistant"]), st.lists(LINES, max_size=8)),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize("family", [*dialects(), "new"])
@settings(max_examples=40, deadline=None)
@given(turns=CONVERSATIONS)
def test_a_rewrite_of_a_rewrite_changes_nothing(family, turns):
    messages = [
        MessageTemplate(role=role, content="\n".join(lines))
        for role, lines in turns
        if "".join(lines).strip()
    ]
    if not messages:
        return
    target, known = ModelName(family=family), {**dialects(), "new": SOFT}[family]
    prompt = PROMPT.replace(messages=tuple(messages))
    result = rewrite(prompt, target, known)
    assert result == rewrite(prompt, target, known)
    if result.variant is None:
        return
    again = rewrite(prompt.replace(messages=result.variant.messages), target, known)
    assert again.variant is None or again.variant.messages == result.variant.messages, [
        item.step for item in again.changes
    ]
