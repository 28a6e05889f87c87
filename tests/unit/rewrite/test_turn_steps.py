"""What steps do to the turns of a conversation, and what they leave where it is."""

import pytest
from rewrite_steps import BY_NAME, applied, prompt

from promptops.models.dialects import find_dialect
from promptops.rewrite.derive import lost
from promptops.rewrite.planner import Planned

TURNS = (
    ("system", "Sort."),
    ("user", "Message: please help!!"),
    ("assistant", "other"),
    ("user", "Message: {{ message }}"),
)


def test_examples_are_data_and_keep_their_words():
    given = prompt(*TURNS)
    for step in ("shorten-politeness", "soften-shouting"):
        assert applied(step, given) == list(TURNS)


def test_examples_are_marked_like_the_real_input():
    marked = applied("to-tags", prompt(*TURNS))
    assert marked[1] == ("user", "<message>\nplease help!!\n</message>")
    assert marked[3] == ("user", "<message>\n{{ message }}\n</message>")


def test_examples_go_into_a_block_and_back():
    block = applied("examples-to-block", prompt(*TURNS))
    assert [role for role, _ in block] == ["system", "user"]
    assert "<input>\nMessage: please help!!\n</input>\n<output>\nother\n</output>" in block[0][1]
    assert applied("examples-to-turns", prompt(*block)) == list(TURNS)


HISTORIES = {
    "a system message between": (
        ("user", "Message: Lost box"),
        ("assistant", "delivery"),
        ("system", "Gold member."),
        ("user", "Message: {{ message }}"),
    ),
    "a greeting that is answered": (
        ("user", "Hello!"),
        ("assistant", "Hello, how can I help?"),
        ("user", "{{ message }}"),
    ),
    "an answer that asks back": (
        ("user", "My box is lost."),
        ("assistant", "Which one?"),
        ("user", "The red one."),
        ("assistant", "I see."),
        ("user", "{{ message }}"),
    ),
    "turns that show values": (
        ("user", "Message: {{ question }}"),
        ("assistant", "{{ text }}"),
        ("user", "Message: {{ message }}"),
    ),
    "turns without the marks of the input": (
        ("user", "Lost box"),
        ("assistant", "delivery"),
        ("user", "Message: {{ message }}"),
    ),
}


@pytest.mark.parametrize("turns", HISTORIES.values(), ids=HISTORIES)
def test_what_was_said_before_is_no_example(turns):
    given = [("system", "Sort."), *turns]
    assert applied("examples-to-block", prompt(*given)) == given


def test_examples_on_one_line_become_turns_like_those_on_several():
    one = "<example>\n<input>VPN</input>\n<output>net</output>\n</example>"
    several = "<example>\n<input>\nMoney\n</input>\n<output>\nno\n</output>\n</example>"
    system = f"Sort.\n\n<examples>\n{one}\n{several}\n</examples>"
    assert applied("examples-to-turns", prompt(("system", system), ("user", "{{ text }}"))) == [
        ("system", "Sort."),
        *[("user", "VPN"), ("assistant", "net"), ("user", "Money"), ("assistant", "no")],
        ("user", "{{ text }}"),
    ]


def test_system_messages_are_joined_or_moved():
    given = prompt(("system", "A."), ("user", "{{ text }}"), ("system", "B."))
    assert applied("hoist-system", given) == [("system", "A.\n\nB."), ("user", "{{ text }}")]
    assert applied("merge-system", given) == [("user", "A.\n\nB.\n\n{{ text }}")]


ORDERS = {
    "instructions before the data get a message of their own": (
        "split-system",
        [("user", "Sort it.\n\nBe brief.\n\nText:\n{{ text }}\n\nNow sort.")],
        [("system", "Sort it.\n\nBe brief."), ("user", "Text:\n{{ text }}\n\nNow sort.")],
    ),
    "what introduces the data stays with it": (
        "split-system",
        [("user", "Sort this text:\n\n{{ text }}")],
        [("user", "Sort this text:\n\n{{ text }}")],
    ),
    "a sentence around a value is not split": (
        "split-system",
        [("user", "Be brief.\n\nTranslate {{ text }} into plain words for us.")],
        [("user", "Be brief.\n\nTranslate {{ text }} into plain words for us.")],
    ),
    "neighbors of one role are joined": (
        "alternate-turns",
        [("system", "A."), ("user", "B."), ("user", "C."), ("assistant", "D."), ("user", "E.")],
        [("system", "A."), ("user", "B.\n\nC."), ("assistant", "D."), ("user", "E.")],
    ),
}


@pytest.mark.parametrize(("step", "before", "after"), ORDERS.values(), ids=ORDERS)
def test_a_conversation_is_ordered(step, before, after):
    assert applied(step, prompt(*before)) == after


SCHEMA = {"type": "object", "properties": {"label": {"enum": ["{{a}}", "b"]}}}


def test_the_schema_is_spelled_out_and_taken_back():
    from promptops.prompts.rendering import render

    given = prompt(("system", "Sort."), ("user", "{{ text }}"), output={"schema": SCHEMA})
    told = applied("add-schema-instruction", given)
    shown = render(prompt(*told), {"text": "x", "context": "", "question": "", "message": ""})
    assert '["{{a}}", "b"]' in shown.messages[0].content
    assert applied("drop-schema-instruction", prompt(*told, output={"schema": SCHEMA})) == [
        ("system", "Sort."),
        ("user", "{{ text }}"),
    ]


def test_the_schema_behind_headings_is_taken_back():
    output = {"schema": SCHEMA}
    base = [("system", "# Task\nSort.\n\n# Rules\nNever guess."), ("user", "{{ text }}")]
    given = prompt(*base, output=output)
    told = applied("add-schema-instruction", given)
    assert told[0][1].startswith(f"{base[0][1]}\n\nAnswer with one JSON object")
    assert applied("drop-schema-instruction", prompt(*told, output=output)) == base
    claim = next(iter(find_dialect("deepseek").claims))
    planned = (Planned(step=BY_NAME["add-schema-instruction"], claim=claim),)
    assert lost(given, prompt(*told).messages, planned) == ()


def test_without_a_system_message_the_schema_stands_before_the_input():
    given = prompt(("user", "Sort.\n\nText:\n{{ text }}"), output={"schema": SCHEMA})
    ((_, text),) = applied("add-schema-instruction", given)
    assert text.startswith("Sort.\n\nAnswer with one JSON object")
    assert text.endswith("\n\nText:\n{{ text }}")
