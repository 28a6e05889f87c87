import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptops.errors import GoldenSetError
from promptops.golden.case import GoldenCase, GoldenSet
from promptops.golden.loading import load_golden, write_golden

ROWS = [
    {
        "id": "a",
        "inputs": {"q": "007", "n": 3},
        "expected": {"label": "refund"},
        "tags": ["t", "u"],
    },
    {"id": "b", "inputs": {"q": "NA"}, "expected": None, "critical": True, "cluster": "group 1"},
    {
        "id": "c",
        "inputs": {"q": 'a "quoted", text\nof two lines'},
        "answers": {"2026-06": "30 days", "2026-11": None},
        "evidence": "returns.md",
    },
    {"id": "d", "inputs": {}, "expected": 1.5, "split": "test"},
]


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def golden(tmp_path) -> GoldenSet:
    return load_golden(write(tmp_path / "refund.jsonl", ROWS))


def test_cases_keep_every_field_and_their_line(golden):
    assert golden.name == "refund"
    assert len(golden) == 4
    assert golden.labels == ("2026-06", "2026-11")
    a, b, c, d = golden.cases
    assert (a.inputs, a.expected, a.tags) == (
        {"q": "007", "n": 3},
        {"label": "refund"},
        ("t", "u"),
    )
    assert (b.critical, b.cluster, b.line) == (True, "group 1", 2)
    assert (c.answers, c.cluster) == ({"2026-06": "30 days", "2026-11": None}, "returns.md")
    assert d.split == "test"


def test_the_digest_follows_content_not_form(tmp_path, golden):
    other = tmp_path / "other.jsonl"
    other.write_text(
        "\n\n".join(json.dumps(dict(reversed(row.items())), indent=None) for row in ROWS)
    )
    assert load_golden(other).digest == golden.digest
    changed = [{**ROWS[0], "expected": {"label": "Refund"}}, *ROWS[1:]]
    assert load_golden(write(other, changed)).digest != golden.digest
    assert load_golden(write(other, [ROWS[1], ROWS[0], *ROWS[2:]])).digest != golden.digest


BROKEN = {
    "a line that is not JSON": ('{"id": "a", "expected": 1}\n{"id": }\n', ":2:8", "not JSON"),
    "a line that is no object": ("[1]\n", ":1:1", "JSON object"),
    "no id": ('{"expected": 1}\n', ":1", '"id" is missing'),
    "an empty id": ('{"id": "", "expected": 1}\n', ":1", '"id"'),
    "an id that is a number": ('{"id": 7, "expected": 1}\n', ":1", '"id": input should be a'),
    "no answer": ('{"id": "a", "inputs": {}}\n', ":1", '"expected" is missing'),
    "a mistyped field": ('{"id": "a", "expectd": 1}\n', ":1", 'did you mean "expected"'),
    "an id used twice": (
        '{"id": "a", "expected": 1}\n\n{"id": "a", "expected": 2}\n',
        ":3",
        "taken by line 1",
    ),
    "inputs that are text": ('{"id": "a", "inputs": "x", "expected": 1}\n', ":1", '"inputs"'),
    "an unknown part": ('{"id": "a", "expected": 1, "split": "val"}\n', ":1", '"split"'),
    "a number JSON does not have": ('{"id": "a", "expected": NaN}\n', ":1", "nan"),
    "several broken rows": ("{}\n{}\n{}\n", ":1", "and 2 more broken rows"),
    "nothing": ("\n", "", "at least one case"),
}


@pytest.mark.parametrize(("text", "place", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_says_where(tmp_path, text, place, message):
    path = tmp_path / "g.jsonl"
    path.write_text(text)
    with pytest.raises(GoldenSetError) as caught:
        load_golden(path)
    assert caught.value.where == f"{path}{place}"
    assert message in str(caught.value)


def test_a_missing_file_suggests_its_neighbor(tmp_path):
    write(tmp_path / "refund.jsonl", ROWS)
    with pytest.raises(GoldenSetError, match=r"refund\.jsonl"):
        load_golden(tmp_path / "refunds.jsonl")


def test_an_unknown_form_names_the_known_ones(tmp_path):
    (tmp_path / "g.xlsx").write_bytes(b"PK")
    with pytest.raises(GoldenSetError, match=r"\.csv"):
        load_golden(tmp_path / "g.xlsx")


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".tsv", ".parquet"])
def test_what_is_written_is_read_back(tmp_path, golden, suffix):
    path = tmp_path / f"copy{suffix}"
    write_golden(golden.cases, path)
    assert load_golden(path).digest == golden.digest


def test_a_spreadsheet_needs_no_json(tmp_path):
    path = tmp_path / "g.csv"
    path.write_text(
        "id,inputs.q,inputs.tone,expected,answers.2026-06,answers.2026-11,critical,tags\n"
        "a,How long?,,30 days,,,yes,x; y\n"
        "b,Who?,plain,,Ann,,,\n",
        encoding="utf-8-sig",
    )
    a, b = load_golden(path).cases
    assert (a.inputs, a.expected, a.critical, a.tags, a.line) == (
        {"q": "How long?"},
        "30 days",
        True,
        ("x", "y"),
        2,
    )
    assert b.answers == {"2026-06": "Ann"}
    assert not b.is_labeled("2026-11")


BROKEN_TABLES = {
    "a cell that is neither true nor false": ("id,expected,critical\na,1,perhaps\n", ":2"),
    "a cell that is no JSON": ("id,expected_json\na,1\nb,{oops\n", ":3"),
    "a column twice": ("id,expected,expected\na,1,2\n", ":1"),
    "no header": ("", ":1"),
    "more cells than columns": ("id,expected\na,1\nb,2,3\n", ":3"),
    "fewer cells than columns": ("id,expected\na,1\nb\n", ":3"),
}


@pytest.mark.parametrize(("text", "place"), BROKEN_TABLES.values(), ids=BROKEN_TABLES)
def test_a_broken_table_says_where(tmp_path, text, place):
    path = tmp_path / "g.csv"
    path.write_text(text)
    with pytest.raises(GoldenSetError) as caught:
        load_golden(path)
    assert caught.value.where == f"{path}{place}"


def test_a_broken_parquet_is_told(tmp_path):
    (tmp_path / "g.parquet").write_bytes(b"PAR1 nothing more")
    with pytest.raises(GoldenSetError, match="cannot be read"):
        load_golden(tmp_path / "g.parquet")


def test_a_folder_saved_by_hugging_face_is_read(tmp_path):
    import datasets

    rows = [{"id": "a", "inputs.q": "x", "expected": "1"}]
    datasets.Dataset.from_list(rows).save_to_disk(tmp_path / "saved")
    (case,) = load_golden(tmp_path / "saved").cases
    assert (case.inputs, case.expected) == ({"q": "x"}, "1")


ANSWERS = {
    "one answer for all versions": ({"expected": "x"}, "2026-06", "x"),
    "one answer, no version named": ({"expected": "x"}, None, "x"),
    "the answer of this version": ({"answers": {"1": "x", "2": "y"}}, "2", "y"),
    "must abstain in this version": ({"answers": {"1": "x", "2": None}}, "2", None),
    "must abstain always": ({"expected": None}, "2", None),
    "another version's answer does not count": ({"answers": {"1": "x"}, "expected": "z"}, "2", "z"),
}


@pytest.mark.parametrize(("fields", "label", "answer"), ANSWERS.values(), ids=ANSWERS)
def test_the_right_answer_depends_on_the_knowledge_base(fields, label, answer):
    case = GoldenCase(id="a", inputs={}, **fields)
    assert case.is_labeled(label)
    assert case.expected_for(label) == answer


@pytest.mark.parametrize("label", ["3", None])
def test_a_version_nobody_labeled_is_no_abstention(label):
    case = GoldenCase(id="a", inputs={}, answers={"1": "x", "2": None})
    assert not case.is_labeled(label)
    with pytest.raises(GoldenSetError, match="has answers for: 1, 2"):
        case.expected_for(label)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(max_examples=40)
@given(
    st.lists(
        st.fixed_dictionaries(
            {"inputs": st.dictionaries(st.text(max_size=5), values, max_size=3)},
            optional={
                "expected": values,
                "answers": st.dictionaries(st.text(min_size=1, max_size=5), values, min_size=1),
                "critical": st.booleans(),
                "evidence": st.text(min_size=1, max_size=5),
            },
        ).filter(lambda row: "expected" in row or "answers" in row),
        min_size=1,
        max_size=4,
    )
)
def test_any_rows_survive_writing_and_reading(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("any")
    golden = load_golden(
        write(folder / "a.jsonl", [{"id": str(n), **row} for n, row in enumerate(rows)])
    )
    write_golden(golden.cases, folder / "b.jsonl")
    assert load_golden(folder / "b.jsonl").cases == golden.cases
