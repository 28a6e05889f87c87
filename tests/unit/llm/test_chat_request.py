"""A call is named by its content."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.llm.chat import ChatRequest, Message, Tool

CALL = ChatRequest(
    model="m",
    messages=(Message(role="system", content="a"), Message(role="user", content="b")),
    params={"temperature": 0, "max_tokens": 8},
)
# What the code before tools computed for CALL.
OLD = "sha256:4eac30528e882f9ee55aea73bd315e17616094910776573a46dc194c68f709ff"
FIND = Tool(name="find", description="Find an order.", parameters={"type": "object"})
OTHERS = {
    "another model": replace(CALL, model="n"),
    "another message": replace(
        CALL, messages=(*CALL.messages[:1], Message(role="user", content="c"))
    ),
    "another role": replace(
        CALL, messages=(*CALL.messages[:1], Message(role="assistant", content="b"))
    ),
    "text moved between messages": replace(
        CALL, messages=(Message(role="system", content="ab"), Message(role="user", content=""))
    ),
    "another parameter": replace(CALL, params={"temperature": 0.5, "max_tokens": 8}),
    "a schema": replace(CALL, response_schema={"type": "object"}),
    "a tool": replace(CALL, tools=(FIND,)),
    "another draw": replace(CALL, repeat=1),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_what_may_change_the_answer_changes_the_digest(other):
    assert other.digest() != CALL.digest()


def test_calls_without_tools_keep_the_names_they_had():
    assert CALL.digest() == OLD


@pytest.mark.parametrize(
    "field", [{"name": "search"}, {"description": "Look."}, {"parameters": {}}, {"strict": True}]
)
def test_every_part_of_a_tool_is_part_of_the_call(field):
    one, other = (replace(CALL, tools=(tool,)) for tool in (FIND, replace(FIND, **field)))
    assert one.digest() != other.digest()


def test_other_weights_change_the_digest():
    assert CALL.digest("sha256:1") != CALL.digest("sha256:2")


@given(st.permutations([("temperature", 0), ("max_tokens", 8), ("top_p", 0.5)]))
def test_the_order_of_parameters_is_nothing(pairs):
    first = replace(CALL, params={"temperature": 0, "max_tokens": 8, "top_p": 0.5})
    assert replace(CALL, params=dict(pairs)).digest() == first.digest()
