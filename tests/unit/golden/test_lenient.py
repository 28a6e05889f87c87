"""Of a golden set with broken rows, the sound ones are read and the others are named."""

import json

import pytest

from promptops.errors import GoldenSetError
from promptops.golden.lenient import load_sound
from promptops.golden.loading import load_golden

GOOD = '{"id": "a", "inputs": {}, "expected": 1}'
OTHER = '{"id": "z", "inputs": {}, "expected": 2}'

BROKEN = {
    "not JSON": ('{"id": "b",', "Expecting property name"),
    "no object": ("[1]", "a row is a JSON object"),
    "no answer": ('{"id": "b"}', '"expected" is missing'),
    "an unknown field": ('{"id": "b", "expcted": 1, "expected": 1}', '"expcted" is no field'),
    "an id that is taken": ('{"id": "a", "expected": 1}', 'id "a" is taken by line 1'),
}


@pytest.mark.parametrize(("row", "says"), BROKEN.values(), ids=BROKEN)
def test_a_broken_row_is_named_and_left_out(tmp_path, row, says):
    path = tmp_path / "g.jsonl"
    path.write_text(f"{GOOD}\n\n{row}\n{OTHER}\n")
    golden, problems = load_sound(path)
    assert [case.id for case in golden.cases] == ["a", "z"]
    ((line, message),) = problems
    assert line == 3
    assert says in message
    with pytest.raises(GoldenSetError, match="--skip-broken-rows"):
        load_golden(path)
    path.write_text(f"{GOOD}\n{row}\n{{\n")
    with pytest.raises(GoldenSetError, match="and 1 more broken row"):
        load_golden(path)


def test_tables_are_read_row_by_row_too(tmp_path):
    path = tmp_path / "g.csv"
    path.write_text("id,expected,critical\na,1,true\nb,2,maybe\n")
    golden, problems = load_sound(path)
    assert [case.id for case in golden.cases] == ["a"]
    assert problems == ((3, '"critical": "maybe" is neither true nor false'),)


def test_a_sound_set_is_the_same_either_way(tmp_path):
    path = tmp_path / "g.jsonl"
    path.write_text(f"{GOOD}\n{OTHER}\n")
    golden, problems = load_sound(path)
    assert (golden, problems) == (load_golden(path), ())
    assert golden.digest == load_golden(path).digest
    assert json.loads(golden.cases[0].canonical_row()) == json.loads(GOOD)


@pytest.mark.parametrize("text", ["", "{\n", None], ids=["empty", "no sound row", "no file"])
def test_a_set_without_a_sound_row_is_refused(tmp_path, text):
    path = tmp_path / "g.jsonl"
    if text is not None:
        path.write_text(text)
    with pytest.raises(GoldenSetError):
        load_sound(path)
