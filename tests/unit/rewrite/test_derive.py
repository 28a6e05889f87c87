"""Deriving: what a dialect claims is done, checked, explained, and stable in every direction."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptops.errors import UsageError
from promptops.models.claims import Claim
from promptops.models.dialects import Dialect, dialects
from promptops.models.names import ModelName, read_model_name
from promptops.prompts.model import Prompt
from promptops.rewrite.derive import derive, lost
from promptops.rewrite.neutral import neutral
from promptops.rewrite.planner import plan
from promptops.rewrite.schema_instruction import schema_instruction

NEW = ModelName(family="new")
SCHEMA = {"type": "object", "properties": {"answer": {"type": "string"}}}


def prompt(*messages, **more) -> Prompt:
    """A prompt of (role, content) messages."""
    return Prompt.model_validate(
        {
            "id": "p",
            "version": "1.0.0",
            "title": "T",
            "intent": "answer",
            "variables": {
                "question": {"type": "string", "trust": "untrusted"},
                "context": {"type": "string"},
                "docs": {"type": "array"},
            },
            "messages": [{"role": role, "content": content} for role, content in messages],
            **more,
        }
    )


def dialect(*claims, kind="soft"):
    """A dialect that claims these (topic, value) pairs."""
    return Dialect(
        family="new",
        title="New",
        version="1",
        claims=tuple(
            Claim(
                id=f"new-{topic.replace('_', '-')}",
                family="new",
                topic=topic,
                value=value,
                kind=kind,
                text="It is so.",
                source="a guide",
                url="https://example.org/guide",
                date="2026-11-01",
                review="2027-11-01",
            )
            for topic, value in claims
        ),
    )


def worded(given, target, fitting):
    """The prompt with the wording for a target."""
    return given.model_copy(update={"messages": derive(given, target, fitting).messages})


RAG = prompt(
    ("system", "You MUST answer from the context only."),
    ("user", "Question: {{ question }}\n\nContext:\n{{ context }}"),
    output={"schema": SCHEMA},
    model={"params": {"temperature": 0, "top_p": 0.5, "response_format": {"type": "json_object"}}},
)


def test_a_change_says_why_and_where_it_is_written():
    made = derive(RAG, NEW, dialect(("emphasis", "calm")))
    (change,) = made.changes
    assert made.messages[0].content == "You must answer from the context only."
    assert (change.step, change.kind) == ("soften-shouting", "soft")
    assert change.reason.endswith(": It is so.")
    assert (change.source, change.url) == ("a guide", "https://example.org/guide")


def test_nothing_to_change_gives_the_base_wording():
    made = derive(RAG, NEW, dialect(("system_role", "native")))
    assert (made.messages, made.params, made.changes) == (RAG.messages, {}, ())
    assert (made.refused, made.skipped) == (None, ())


def test_what_works_either_way_is_never_a_must():
    hard = dialect(("json", "native"), ("system_role", "native"), kind="hard")
    told = prompt(("user", f"Answer.\n\n{schema_instruction(RAG)}\n\nQuestion: {{{{ question }}}}"))
    made = derive(told.replace(output=RAG.output), NEW, hard)
    assert {change.step: change.kind for change in made.changes} == {
        "drop-schema-instruction": "soft",
        "split-system": "soft",
    }


def test_each_step_and_parameter_can_be_declined_by_name():
    opus = read_model_name("claude-opus-4-7")
    fitting = dialects()["claude"].for_model(opus)
    every = derive(RAG, opus, fitting)
    assert every.params["temperature"] is None
    names = [change.step for change in every.changes]
    assert {"to-tags", "fit-temperature", "fit-top-p"} <= set(names)
    for name in names:
        left = [change.step for change in derive(RAG, opus, fitting, without=[name]).changes]
        assert name not in left
    declined = derive(RAG, opus, fitting, without=names)
    assert (declined.messages, declined.params, declined.changes) == (RAG.messages, {}, ())


def test_an_unknown_step_cannot_be_declined():
    with pytest.raises(UsageError, match='called "to-tag"') as problem:
        derive(RAG, NEW, dialect(), without=["to-tag"])
    assert "to-tags" in problem.value.hint
    with pytest.raises(UsageError, match='called "fit-banana"'):
        derive(RAG, NEW, dialect(), without=["fit-banana"])
    own = RAG.replace(model=RAG.model.model_copy(update={"params": {"banana": 1}}))
    for name in ("fit-top-k", "fit-response-format"):  # what some model asks for, and its own
        derive(RAG, NEW, dialect(), without=[name])
    derive(own, NEW, dialect(), without=["fit-banana"])


LEADING = prompt(("assistant", "Hello, what is it?"), ("assistant", "One."), ("user", "Two."))


def test_a_leading_answer_is_told_to_a_template_that_wants_a_question_first():
    made = derive(LEADING, NEW, dialect(("turn_order", "alternating"), kind="hard"))
    (message,) = made.messages
    assert message.role == "user"
    assert message.content == (
        "You began the conversation with:\n\nHello, what is it?\n\nOne.\n\nTwo."
    )
    assert [change.kind for change in made.changes] == ["hard"]


PREFILLS = {
    "the start of a sentence becomes an instruction": (
        "The answer is",
        None,
        "Answer.\n\nQuestion: {{ question }}\n\nBegin your answer with:\n\nThe answer is",
    ),
    "the start of JSON goes where a schema says it": (
        "{",
        {"schema": SCHEMA},
        "Answer.\n\nQuestion: {{ question }}",
    ),
    "the start of JSON is told where no schema does": (
        "{",
        None,
        "Answer.\n\nQuestion: {{ question }}\n\nBegin your answer with:\n\n{",
    ),
}


@pytest.mark.parametrize(("begun", "output", "asked"), PREFILLS.values(), ids=PREFILLS)
@pytest.mark.parametrize("value", ["rejected", "ignored"])
def test_a_prefill_is_said_instead(begun, output, asked, value):
    given = prompt(
        ("user", "Answer.\n\nQuestion: {{ question }}"), ("assistant", begun), output=output
    )
    made = derive(given, NEW, dialect(("prefill", value), kind="hard"))
    assert made.refused is None
    assert [(each.role, each.content) for each in made.messages] == [("user", asked)]


def test_json_mode_gets_its_word_once():
    fitting = dialect(("json_mode", "word"), kind="hard")
    made = derive(RAG, NEW, fitting)
    assert made.messages[0].content.endswith("\n\nAnswer in JSON.")
    assert worded(worded(RAG, NEW, fitting), NEW, fitting).messages == made.messages
    plain = RAG.replace(model={"params": {}})
    assert derive(plain, NEW, fitting).messages == plain.messages


SKIPPED = {
    "examples that would be lost": (
        prompt(("user", "Hi"), ("assistant", "Hello"), ("user", "{{ question }}")),
        ("few_shot", "avoid"),
        "keep-examples",
    ),
    "documents that are shown as JSON": (
        prompt(("user", "Answer from {{ docs }}.")),
        ("document_format", "not-json"),
        "keep-documents",
    ),
    "material that the wording points to": (
        prompt(("user", "Use the text below.\n\n{{ question }}\n\nContext:\n{{ context }}")),
        ("long_context", "context-first"),
        "move-context-first",
    ),
    "headings of several levels": (
        prompt(("user", "# A\n\none\n\n## B\n\ntwo")),
        ("delimiters", "xml"),
        "to-tags",
    ),
}


@pytest.mark.parametrize(("given", "claim", "step"), SKIPPED.values(), ids=SKIPPED)
def test_what_stays_although_a_claim_speaks_against_it_is_told(given, claim, step):
    made = derive(given, NEW, dialect(claim))
    assert (made.messages, made.refused) == (given.messages, None)
    (skipped,) = made.skipped
    assert skipped.step == step
    assert (skipped.kind, skipped.source) == ("soft", "a guide")
    assert skipped.reason


def test_too_many_stop_sequences_are_left_to_a_person():
    given = RAG.replace(model={"params": {"stop": list("abcdefgh")}})
    gpt = ModelName(family="gpt")
    made = derive(given, gpt, dialects()["gpt"].for_model(gpt))
    assert "stop" not in made.params
    assert [each.step for each in made.skipped] == ["fit-stop"]


CALLED = prompt(("user", 'Say "please be kind" aloud.\n\nPlease NEVER say "please".\n\nPlease go.'))


def test_a_kept_sentence_makes_a_soft_step_leave_it_alone():
    kept = CALLED.replace(extra={"x-keep": ["Please go."]})
    made = derive(kept, NEW, dialect(("politeness", "drop")))
    assert made.messages[0].content == (
        'Say "please be kind" aloud.\n\nNEVER say "please".\n\nPlease go.'
    )


LINES = st.sampled_from(
    [
        *("You MUST sort it!!", "Please be brief.", "Think step by step.", "- one", "", ""),
        *("Rules:", "## Rules", "Text: {{ question }}", "Context:", "{{ context }}", "<rules>"),
        *("</rules>", "Answer 3 things.", "# Big", "Do NOT guess, thank you.", "Message: hi"),
        *("Could you please help?", "{% if question %}", "x{% endif %}", "```", "Label A:"),
        *("Question: {{ question }}", "Answer:", "/no_think", "{", "In order to sort, read."),
    ]
)
CONVERSATIONS = st.lists(
    st.tuples(st.sampled_from(["system", "user", "assistant"]), st.lists(LINES, max_size=8)),
    min_size=1,
    max_size=5,
)
MODELS = ("gpt-4.1", "o3", "claude-opus-4-7", "deepseek-r1", "mistral-7b-instruct-v0.2",
          "qwen3-30b-a3b-instruct-2507", "smollm2-135m")  # fmt: skip
EVERYTHING = [
    dialect(
        *(("delimiters", marks), ("few_shot", shots), ("system_role", role), ("json", how)),
        *(("long_context", order), ("prefill", "rejected"), ("turn_order", "alternating")),
        *(("emphasis", "calm"), ("politeness", "drop"), ("thinking_hints", "avoid")),
        *(("instructions", "short"), ("think_switch", "ignored"), ("system_position", "first")),
    )
    for marks, shots, role, how, order in (
        ("xml", "block", "none", "instruction", "context-first"),
        ("markdown", "turns", "native", "native", "instructions-first"),
        ("plain", "block", "avoid", "instruction", "both-ends"),
    )
]
TARGETS = [
    *((ModelName(family=name), found) for name, found in dialects().items()),
    *((read_model_name(name), dialects()[read_model_name(name).family]) for name in MODELS),
    *((NEW, made) for made in EVERYTHING),
]


@pytest.mark.parametrize(("target", "known"), TARGETS)
@settings(max_examples=25, deadline=None)
@given(turns=CONVERSATIONS, with_schema=st.booleans())
def test_what_is_derived_is_equivalent_and_stable(target, known, turns, with_schema):
    messages = [(role, "\n".join(lines)) for role, lines in turns if "".join(lines).strip()]
    if not messages:
        return
    fitting = known.for_model(target)
    given = prompt(*messages, output={"schema": SCHEMA} if with_schema else None)
    made = derive(given, target, fitting)
    assert made == derive(given, target, fitting)
    if made.refused:
        assert made.messages == given.messages
        return
    assert lost(given, made.messages, plan(fitting), target.family) == ()
    said = given.model_copy(update={"messages": made.messages})
    assert derive(said, target, fitting).messages == made.messages
    base = given.model_copy(update={"messages": neutral(said, target, fitting)})
    assert derive(base, target, fitting).messages == made.messages


NEUTRAL = {
    "tags for headings, and a system message": (
        (
            ("system", "Answer briefly."),
            ("user", "<context>\n{{ context }}\n</context>\n\n<question>\n{{ docs }}\n</question>"),
        ),
        "## Context\n\n{{ context }}\n\n## Question",
    ),
    "turns for a block of examples": (
        (("system", "Answer briefly."), ("user", "2 + 2?"), ("assistant", "4"),
         ("user", "3 + 3?"), ("assistant", "6"), ("user", "{{ context }}")),
        "<input>\n2 + 2?\n</input>",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("messages", "worded_as"), NEUTRAL.values(), ids=NEUTRAL)
def test_the_neutral_wording_is_found_again(messages, worded_as):
    given = prompt(*messages, output={"schema": SCHEMA})
    claims = (("few_shot", "block"), ("system_role", "none"), ("json", "instruction"))
    fitting = dialect(*claims, ("delimiters", "markdown"))
    said = worded(given, NEW, fitting)
    (message,) = said.messages
    assert worded_as in message.content
    assert schema_instruction(given) in message.content
    assert neutral(said, NEW, fitting) == given.messages


KEPT = prompt(("user", "You MUST sort.\n\nRules:\nBe brief."), **{"x-keep": ["Rules: Be brief."]})
MARKS = ("delimiters", "xml")


@pytest.mark.parametrize("name", ["deepseek-chat", "gemma-3-4b-it", "smollm2-135m"])
def test_the_schema_is_told_behind_headings(name):
    headings = "# Task\nExtract the total into JSON.\n\n# Rules\nNever guess."
    given = prompt(("system", headings), ("user", "{{ question }}"), output={"schema": SCHEMA})
    model = read_model_name(name)
    fitting = dialects()[model.family].for_model(model)
    made = derive(given, model, fitting)
    assert (made.refused, made.skipped) == (None, ())
    assert any(schema_instruction(given) in message.content for message in made.messages) is (
        fitting.value("json") == "instruction"
    )
    assert worded(worded(given, model, fitting), model, fitting).messages == made.messages


def test_a_soft_step_that_loses_something_is_left_out():
    made = derive(KEPT, NEW, dialect(("emphasis", "calm"), MARKS))
    assert made.messages[0].content == "You must sort.\n\nRules:\nBe brief."
    assert [change.step for change in made.changes] == ["soften-shouting"]
    (skipped,) = made.skipped
    assert skipped.step == "to-tags"
    assert "kept sentence" in skipped.reason


def test_a_hard_step_that_loses_something_refuses_the_rewrite():
    made = derive(KEPT, NEW, dialect(("emphasis", "calm"), MARKS, kind="hard"))
    assert (made.messages, made.changes, made.skipped) == (KEPT.messages, (), ())
    assert made.refused.startswith("not equivalent: ")
    assert "kept sentence" in made.refused
