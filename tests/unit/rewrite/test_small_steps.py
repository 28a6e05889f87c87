"""The steps for very small models: what each does, and what it leaves alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptops.models.dialects import find_dialect
from promptops.models.names import read_model_name
from promptops.prompts.model import Prompt
from promptops.rewrite.derive import apply_plan, lost
from promptops.rewrite.planner import Planned
from promptops.rewrite.reading import read_draft
from promptops.rewrite.steps import STEPS

BY_NAME = {step.name: step for step in STEPS}
CLAIM = find_dialect("smollm").claims[0]

LABELS = {
    "type": "object",
    "required": ["label"],
    "properties": {"label": {"type": "string", "enum": ["refund", "delivery"]}},
}


def prompt(*messages, **more) -> Prompt:
    """A prompt of (role, content) messages with an untrusted text."""
    return Prompt.model_validate(
        {
            "id": "p",
            "version": "1.0.0",
            "title": "T",
            "intent": "classify",
            "variables": {"text": {"trust": "untrusted"}, "context": {}},
            "messages": [{"role": role, "content": content} for role, content in messages],
            **more,
        }
    )


def applied(given, *names) -> list[tuple[str, str]]:
    """The messages after steps, which settle, change nothing more and are equivalent."""
    planned = tuple(Planned(step=BY_NAME[name], claim=CLAIM) for name in names)
    done = apply_plan(given, planned)
    assert done.settled
    again = apply_plan(given.replace(messages=done.messages), planned)
    assert again.messages == done.messages, "not idempotent"
    assert lost(given, done.messages, done.changed) == ()
    return [(message.role, message.content) for message in done.messages]


TURNS = [("user", "Lost box"), ("assistant", "delivery"), ("user", "Money"), ("assistant", "no")]

PAIRS = {
    "labels of any name": "Sort it.\n\nHere are some examples:\n\n"
    "Message: Lost box\nTopic: delivery\n\nMessage: Money\nTopic: no",
    "bold labels": "Sort it.\n\n**Examples**\n\n**Q:** Lost box\n**A:** delivery\n\n"
    "**Q:** Money\n**A:** no",
    "numbered headings": "Sort it.\n\n# Examples\n\n## Example 1\n\nInput: Lost box\n\n"
    "Output: delivery\n\n## Example 2\n\nInput: Money\n\nOutput: no",
}


@pytest.mark.parametrize("system", PAIRS.values(), ids=PAIRS)
def test_pairs_become_turns(system):
    given = prompt(("system", system), ("user", "{{ text }}"))
    found = applied(given, "pairs-to-turns")
    assert found == [("system", "Sort it."), *TURNS, ("user", "{{ text }}")]


FRAMES = {
    "a label": "Message: {{ text }}",
    "a label and a cue": "Message: {{ text }}\nTopic:",
    "a tag": "<message>\n{{ text }}\n</message>",
}


@pytest.mark.parametrize("real", FRAMES.values(), ids=FRAMES)
def test_questions_get_the_marks_of_the_input(real):
    given = prompt(("system", PAIRS["labels of any name"]), ("user", f"{real}\n\nAnswer."))
    found = applied(given, "pairs-to-turns")
    assert found[1] == ("user", real.replace("{{ text }}", "Lost box"))
    assert found[2:4] == [("assistant", "delivery"), ("user", real.replace("{{ text }}", "Money"))]


def test_examples_of_a_block_get_the_marks_of_the_input():
    system = "Sort.\n\n<examples>\n<example>\n<input>VPN</input>\n<output>net</output>\n</example>"
    given = prompt(("system", f"{system}\n</examples>"), ("user", "Message: {{ text }}"))
    found = applied(given, "examples-to-turns", "frame-examples")
    assert found[1:3] == [("user", "Message: VPN"), ("assistant", "net")]


def test_pairs_stay_where_the_input_has_several_values():
    messages = [
        ("system", PAIRS["labels of any name"]),
        ("user", "Context: {{ context }}\nMessage: {{ text }}"),
    ]
    assert applied(prompt(*messages), "pairs-to-turns") == messages


def test_questions_of_several_lines_and_what_follows_the_examples_stay():
    system = (
        "Sort it.\n\nExamples:\n\nMail: Subject: A\nNever came.\nTopic: no\n\n"
        "Mail: Subject: B\nThanks.\nTopic: yes\n\nAnswer with the topic."
    )
    found = applied(prompt(("system", system), ("user", "{{ text }}")), "pairs-to-turns")
    assert found[0] == ("system", "Sort it.\n\nAnswer with the topic.")
    assert found[1] == ("user", "Subject: A\nNever came.")
    assert found[4] == ("assistant", "yes")


NO_PAIRS = {
    "a glossary is no example": "Sort it.\n\nName: a\nSense: b\n\nName: c\nSense: d",
    "one pair may be anything": "An example:\n\nInput: a\nOutput: b",
    "values are no examples": "Examples:\n\nInput: {{ context }}\nOutput: b\n\nInput: c\nOutput: d",
}


@pytest.mark.parametrize("system", NO_PAIRS.values(), ids=NO_PAIRS)
def test_what_is_no_solved_example_stays(system):
    given = prompt(("system", system), ("user", "{{ text }}"))
    assert BY_NAME["pairs-to-turns"].apply(read_draft(given)).messages() == given.messages


def test_examples_with_a_kept_sentence_stay():
    given = prompt(
        ("system", "Sort it.\n\nThese examples are binding.\n\nQ: a\nA: b\n\nQ: c\nA: d"),
        ("user", "{{ text }}"),
        **{"x-keep": ["These examples are binding."]},
    )
    assert BY_NAME["pairs-to-turns"].apply(read_draft(given)).messages() == given.messages


REQUESTS = {
    "a request behind the input": (
        "<mail>\n{{ text }}\n</mail>\n\nWhat is the topic? Answer with the topic only.",
        "What is the topic? Answer with the topic only.",
        "<mail>\n{{ text }}\n</mail>",
    ),
    "what is above the request is below it then": (
        "Mail: {{ text }}\n\nBased on the mail above, name the topic.",
        "Based on the mail below, name the topic.",
        "Mail: {{ text }}",
    ),
}


@pytest.mark.parametrize(("user", "request_", "left"), REQUESTS.values(), ids=REQUESTS)
def test_a_request_goes_to_the_system_message(user, request_, left):
    found = applied(prompt(("system", "Sort it."), ("user", user)), "request-to-system")
    assert found == [("system", f"Sort it.\n\n{request_}"), ("user", left)]


STAYS = {
    "an open end": "{{ text }}\n\nThe topic is:",
    "words that point elsewhere": "{{ text }}\n\nUse the previous message.",
    "words in front of the input": "Sort this: {{ text }}",
    "nothing but the input": "{{ text }}",
}


@pytest.mark.parametrize("user", STAYS.values(), ids=STAYS)
def test_a_user_message_that_stays(user):
    given = prompt(("system", "Sort it."), ("user", user))
    assert BY_NAME["request-to-system"].apply(read_draft(given)).messages() == given.messages


def test_examples_look_like_the_input():
    examples = "".join(
        f"<example>\n<input>\n{q}\n</input>\n<output>\n{a}\n</output>\n</example>\n"
        for q, a in (("Lost box", "delivery"), ("It never came", "no"))
    )
    given = prompt(
        ("system", f"Sort it.\n\n<examples>\n{examples}</examples>"),
        ("user", "<mail>\n{{ text }}\n</mail>\n\nDo not explain. What is the topic?"),
    )
    found = applied(given, "examples-to-turns", "request-to-system", "frame-examples")
    assert found[0] == ("system", "Sort it.\n\nDo not explain. What is the topic?")
    assert found[1] == ("user", "<mail>\nLost box\n</mail>")
    assert found[-1] == ("user", "<mail>\n{{ text }}\n</mail>")


FRAMES = {
    "two values": "A: {{ text }}\nB: {{ context }}",
    "no marks": "{{ text }}",
}


@pytest.mark.parametrize("user", FRAMES.values(), ids=FRAMES)
def test_examples_are_not_framed(user):
    given = prompt(("system", "Sort it."), *TURNS, ("user", user))
    assert BY_NAME["frame-examples"].apply(read_draft(given)).messages() == given.messages


def test_labels_that_are_not_named_are_listed():
    given = prompt(("system", "Sort it."), ("user", "{{ text }}"), output={"schema": LABELS})
    found = applied(given, "name-labels")
    assert found[0] == ("system", "Sort it.\n\nLabels:\n- refund\n- delivery")
    draft = read_draft(
        given.replace(messages=BY_NAME["name-labels"].apply(read_draft(given)).messages())
    )
    assert BY_NAME["name-labels"].undo(draft).messages() == given.messages


UNLISTED = {
    "labels that are named": ("Is it a refund or a Delivery?", LABELS),
    "no schema": ("Sort it.", None),
    "free text": ("Sort it.", {"type": "object", "properties": {"label": {"type": "string"}}}),
    "several fields": (
        "Sort it.",
        {"type": "object", "properties": {**LABELS["properties"], "why": {"type": "string"}}},
    ),
}


@pytest.mark.parametrize(("system", "schema"), UNLISTED.values(), ids=UNLISTED)
def test_labels_are_not_listed(system, schema):
    more = {"output": {"schema": schema}} if schema else {}
    given = prompt(("system", system), ("user", "{{ text }}"), **more)
    assert BY_NAME["name-labels"].apply(read_draft(given)).messages() == given.messages


LINES = st.sampled_from(
    ["Input: a", "Output: b", "# Examples", "## Example 1", "Do not guess.", "", "Q: c", "A: d: e"]
)


@settings(deadline=None, max_examples=200)
@given(st.lists(LINES, min_size=1, max_size=14))
def test_pairs_never_lose_a_line_of_an_example(lines):
    """Whatever is taken for a pair: its words are still there, as often as before."""
    given = prompt(("system", "Sort it.\n" + "\n".join(lines)), ("user", "{{ text }}"))
    after = BY_NAME["pairs-to-turns"].apply(read_draft(given)).messages()
    said = "\n".join(message.content for message in after)
    for word in ("Do not guess.", "a", "b", "c", "d: e"):
        wanted = sum(line == word or line.endswith(f": {word}") for line in lines)
        assert (
            sum(part == word or part.endswith(f": {word}") for part in said.split("\n")) >= wanted
        )


def test_the_smallest_model_asks_for_them():
    """The claims are about models of at most half a billion parameters."""
    dialect = find_dialect("smollm")
    small = dialect.for_model(read_model_name("embedded/smollm2-135m"))
    large = dialect.for_model(read_model_name("ollama/smollm2:1.7b"))
    for topic in ("few_shot", "user_turn", "schema_view"):
        assert small.value(topic)
        assert not large.value(topic)
