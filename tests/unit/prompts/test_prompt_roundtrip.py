"""Whatever a prompt holds, writing and reading it changes nothing."""

import string

from hypothesis import given, settings
from hypothesis import strategies as st

from promptops.prompts.emitter import emit
from promptops.prompts.loader import parse_prompt
from promptops.prompts.model import Prompt
from promptops.prompts.plain_scalars import resolve_plain
from promptops.prompts.rendering import render
from promptops.prompts.strict_yaml import read_yaml
from promptops.prompts.template import escape_literal
from promptops.prompts.writing import dump_prompt

# White space, YAML's and the template language's own characters, and what editors stumble over.
AWKWARD = " \t\n\r#:-?|>'\"\\%@`&*!,[]{}=<~.0123456789\x85\u2028\ufeff\x07\x7fé😀"
texts = st.text(
    st.one_of(st.sampled_from(AWKWARD), st.sampled_from(string.ascii_letters), st.characters()),
).filter(lambda text: "\0" not in text and text.encode("utf-8", "replace").decode() == text)
braces = st.lists(
    st.one_of(
        st.sampled_from(
            ["{{", "}}", "{%", "%}", "{#", "#}", "{", "}", "-", "+", " raw ", " endraw "]
        )
        | st.sampled_from(["\n", "\r\n", "\r", "'", '"', "x", " ", "{% raw %}", "{% endraw %}"])
    ),
    max_size=12,
).map("".join)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.sampled_from([2**53, 10**20, -(2**60)])
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def prompt_of(*contents: str, **fields) -> Prompt:
    return Prompt.model_validate(
        {
            "id": "sample",
            "version": "1.0.0",
            "title": "Sample",
            "intent": "answer",
            "messages": [{"role": "user", "content": content} for content in contents],
            **fields,
        }
    )


@given(st.dictionaries(texts, values, max_size=4), st.booleans())
@settings(max_examples=100)
def test_emitted_values_read_back_equal(value, spread):
    text = emit(value, block=lambda path: spread)
    if value:
        assert read_yaml(text, "x").value == value


@given(texts.filter(bool))
@settings(max_examples=100)
def test_an_unquoted_word_is_read_as_the_emitter_expects(word):
    text = emit({"key": word}, block=lambda path: False).removeprefix("key: ").removesuffix("\n")
    if text == word:
        assert resolve_plain(word) == word


@given(st.one_of(texts, braces).filter(bool))
@settings(max_examples=100)
def test_foreign_text_renders_back_byte_for_byte(text):
    prompt = prompt_of(escape_literal(text))
    loaded = parse_prompt(dump_prompt(prompt)).prompt
    assert loaded == prompt
    assert render(loaded, {}).texts() == (("user", text),)


@given(st.lists(texts.filter(bool), min_size=1, max_size=3), values, texts.filter(bool))
@settings(max_examples=100)
def test_written_prompts_read_back_equal_and_are_written_the_same_again(contents, value, default):
    prompt = prompt_of(
        *(escape_literal(content) for content in contents),
        model={"params": {"stop": value, "temperature": 0.0}, "requires": {"k": None}},
        variables={"name": {"default": default, "description": default}},
        variants=[{"id": "b", "messages": [{"role": "user", "content": "{{ name }}\n "}]}],
        tools=[
            {"name": "a-b_1", "description": default, "parameters": {"type": "object", "x": value}},
            {"name": "c", "description": "C", "parameters": {"type": "object"}, "strict": True},
        ],
        **{"x-note": value},
    )
    text = dump_prompt(prompt)
    assert parse_prompt(text).prompt == prompt
    assert dump_prompt(parse_prompt(text).prompt) == text


@given(texts.filter(bool), st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=100)
def test_every_character_of_a_text_is_found_in_the_file(content, line_end):
    text = dump_prompt(prompt_of(escape_literal(content))).replace("\n", line_end)
    file = parse_prompt(text)
    lines = text.split("\n")
    source = file.prompt.messages[0].content
    for offset, char in enumerate(source):
        place = file.locate(0, offset)
        line = lines[place.line - 1]
        if place.column <= len(line) and line[place.column - 1] not in ("\\", "\r"):
            assert line[place.column - 1] == char
        else:
            assert char == "\n" or not char.isprintable() or char in '"\\'
