"""JSON that people wrote: every mistake has its place, none takes the program down."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.core.jsonl import parse_json, read_jsonl
from promptops.errors import GoldenSetError

REFUSED = {
    "a hundred thousand brackets": ("[" * 100_000, "nested more than 100 levels"),
    "as deep, closed": ('{"a": ' + "[" * 101 + "]" * 101 + "}", "nested more than 100 levels"),
    "a key given twice": ('{"id": "a", "id": "b"}', 'the key "id" appears twice'),
    "a key given twice below": ('{"in": {"x": 1, "x": 2}}', 'the key "x" appears twice'),
    "a number of 5,000 digits": ('{"n": ' + "9" * 5_000 + "}", "5,000 digits is too long"),
}


@pytest.mark.parametrize(("line", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_bad_line_is_named(tmp_path, line, reason):
    path = tmp_path / "g.jsonl"
    path.write_text('{"id": "fine"}\n\n' + line + "\n")
    with pytest.raises(GoldenSetError, match=reason) as caught:
        read_jsonl(path)
    assert caught.value.where.startswith(f"{path}:3:")
    assert "sys." not in str(caught.value)


def test_brackets_in_texts_are_not_depth():
    text = json.dumps({"text": '["{\\' * 200})
    assert parse_json(text) == json.loads(text)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_what_json_wrote_is_read_back(value):
    assert parse_json(json.dumps(value)) == value
