"""Rewrites for every dialect: equivalent or refused, stable, and never written directly."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptops.models.dialects import Claim, Dialect, dialects
from promptops.prompts.loader import parse_prompt
from promptops.prompts.model import MessageTemplate
from promptops.prompts.writing import dump_prompt
from promptops.rewrite.check import differences
from promptops.rewrite.planner import plan
from promptops.rewrite.proposal import to_proposal
from promptops.rewrite.rewriter import rewrite
from promptops.rewrite.schema_instruction import schema_instruction
from promptops.rewrite.steps import STEPS

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
  - role: user
    content: |-
      Question: {{ question }}

      Context:
      {{ context }}
output: {schema: {type: object, properties: {answer: {type: string}}}}
"""
FILE = parse_prompt(TEXT, Path("prompts/support/refund-answer.prompt.yaml"))
PROMPT = FILE.prompt
EVERYTHING = Dialect(
    family="new",
    title="New",
    claims=tuple(
        Claim(topic=topic, value=value, kind="soft", text="it is so", source="a guide", date="2026")
        for topic, value in (
            ("delimiters", "xml"),
            ("long_context", "context-first"),
            ("emphasis", "calm"),
            ("politeness", "drop"),
            ("thinking_hints", "avoid"),
            ("json", "instruction"),
            ("system_role", "none"),
        )
    ),
)


def test_a_rewrite_applies_what_the_dialect_claims_and_says_why():
    result = rewrite(PROMPT, "new", EVERYTHING)
    assert [name for name, _ in result.steps] == [
        "strip-thinking-hints",
        "soften-shouting",
        "shorten-politeness",
        "move-context-first",
        "to-tags",
        "add-schema-instruction",
        "merge-system",
    ]
    (message,) = result.variant.messages
    context = "<context>\n{{ context }}\n</context>\n\n"
    assert message.content.startswith(
        f"{context}You must answer from the context only.\nGive at most 2 sentences.\n\nAnswer with"
    )
    assert message.content.endswith("<question>\n{{ question }}\n</question>")
    assert result.variant.when == {"family": ["new"]}
    assert all(reason.endswith(": it is so") for _, reason in result.steps)


def test_a_step_that_loses_something_is_refused_with_the_reason():
    text = "You must sort.\n\n{{ question }}\n\nContext:\n{{ context }} You should read it."
    ordered = PROMPT.replace(messages=(MessageTemplate(role="user", content=text),))
    result = rewrite(ordered, "new", EVERYTHING)
    assert (result.variant, result.equivalent) == (None, False)
    assert result.refused == "not equivalent: the order of obligations changed"


def test_a_variant_by_hand_is_kept_and_an_equal_one_needs_no_proposal():
    made = rewrite(PROMPT, "new", EVERYTHING).variant
    same = rewrite(PROMPT.replace(variants=(made,)), "new", EVERYTHING)
    assert (same.variant, same.refused) == (None, None)
    edited = made.model_copy(update={"messages": PROMPT.messages})
    kept = rewrite(PROMPT.replace(variants=(edited,)), "new", EVERYTHING)
    assert "edits by hand are kept" in kept.refused
    named = edited.model_copy(update={"id": "other"})
    assert (
        'the variant "other"'
        in rewrite(PROMPT.replace(variants=(named,)), "new", EVERYTHING).refused
    )


def test_nothing_to_change_is_nothing():
    empty = Dialect(family="plain", title="Plain", claims=())
    result = rewrite(PROMPT, "plain", empty)
    assert (result.variant, result.refused, result.steps) == (None, None, ())
    assert to_proposal(result, FILE, lambda: datetime(2026, 11, 1, tzinfo=UTC)) is None


def test_several_families_become_one_proposal_with_a_minor_version():
    known = dialects()
    made = [rewrite(PROMPT, family, known[family]) for family in ("claude", "gemma")]
    proposal = to_proposal(made, FILE, lambda: datetime(2026, 11, 1, tzinfo=UTC))
    assert proposal.new_prompt.version == "1.3.0"
    assert [variant.id for variant in proposal.new_prompt.variants] == ["claude", "gemma"]
    assert proposal.new_prompt.messages == PROMPT.messages
    assert "optional" in proposal.summary
    assert set(proposal.evidence) == {"claude", "gemma"}
    reread = parse_prompt(dump_prompt(proposal.new_prompt), "x").prompt
    assert reread.variants == proposal.new_prompt.variants


def test_every_value_that_a_dialect_claims_about_a_steps_topic_is_understood():
    """A misspelt value would silently do nothing."""
    understood = {(step.topic, value) for step in STEPS for value in step.values}
    topics = {step.topic for step in STEPS}
    for dialect in dialects().values():
        for claim in dialect.claims:
            if claim.topic in topics:
                assert (claim.topic, claim.value) in understood, (dialect.family, claim)
        assert plan(dialect)


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
def test_a_rewrite_is_equivalent_or_refused_and_stable(family, turns):
    messages = [
        MessageTemplate(role=role, content="\n".join(lines))
        for role, lines in turns
        if "".join(lines).strip()
    ]
    if not messages:
        return
    dialect = EVERYTHING if family == "new" else dialects()[family]
    prompt = PROMPT.replace(messages=tuple(messages))
    result = rewrite(prompt, family, dialect)
    assert result == rewrite(prompt, family, dialect)
    if result.variant is None:
        return
    added = (schema_instruction(prompt),)
    assert differences(prompt, result.variant.messages, ignoring=added) == ()
    again = rewrite(prompt.replace(messages=result.variant.messages), family, dialect)
    assert again.variant is None, [item.step for item in again.changes]
