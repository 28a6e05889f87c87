import json
from datetime import UTC, datetime

import pytest

from promptops.errors import DataContractError, GoldenSetError, KnowledgeBaseError, RunLogError
from promptops.golden.contracts import (
    ContractReport,
    check_golden,
    check_kb,
    check_runs,
    data_digest,
)
from promptops.golden.expectations import _RUN_COLUMNS
from promptops.tracking.run_log import RUN_COLUMNS, LoggedRun, RunLog

# The library itself takes seconds to import.
pytestmark = pytest.mark.slow


def found(report):
    return [(v.rule, v.column, v.rows) for v in report.violations]


@pytest.fixture
def golden(tmp_path):
    def write(change=lambda rows: None, count=12):
        rows = [
            {"id": f"c{n}", "inputs": {"message": f"m{n}"}, "expected": "x"} for n in range(count)
        ]
        change(rows)
        path = tmp_path / "g.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return path

    return write


def test_a_sound_golden_set_passes(golden):
    report = check_golden(golden())
    assert (report.ok, report.checked_rows, report.violations) == (True, 12, ())
    report.require()


def optional_input(rows):
    rows[3]["inputs"]["tone"] = "plain"
    rows[4]["inputs"] = {}


def abstention(rows):
    rows[3]["expected"] = None


def asked_twice(rows):
    rows[3]["inputs"] = rows[2]["inputs"]


@pytest.mark.parametrize("change", [optional_input, abstention, asked_twice])
def test_what_is_unusual_but_right_passes(golden, change):
    assert check_golden(golden(change)).ok


BROKEN_GOLDEN = {
    "an id used twice": (lambda rows: rows[2].update(id="c1"), ("unique-id", "id", (2, 3))),
    "no answer": (lambda rows: rows[3].pop("expected"), ("case", "", (4,))),
    "one fault in two rows": (
        lambda rows: (rows[3].update(x=1), rows[9].update(x=1)),
        ("case", "", (4, 10)),
    ),
    "a mistyped input": (
        lambda rows: rows[4].update(inputs={"mesage": "q"}),
        ("inputs-fit", "inputs", (5,)),
    ),
    "an answer of another type": (
        lambda rows: rows[5].update(expected=["x"]),
        ("one-type", "expected", (6,)),
    ),
    "a contradiction": (
        lambda rows: rows[6].update(inputs=rows[7]["inputs"], expected="y"),
        ("agrees", "expected", (7, 8)),
    ),
    "evidence outside the knowledge base": (
        lambda rows: rows[8].update(evidence="../secret.md"),
        ("evidence-path", "evidence", (9,)),
    ),
    "no cases": (lambda rows: rows.clear(), ("not-empty", "", ())),
}


@pytest.mark.parametrize(("change", "violation"), BROKEN_GOLDEN.values(), ids=BROKEN_GOLDEN)
def test_a_broken_golden_set_names_its_rows(golden, change, violation):
    assert found(check_golden(golden(change))) == [violation]


def test_a_file_that_cannot_be_read_is_a_violation_with_its_line(tmp_path):
    path = tmp_path / "g.jsonl"
    path.write_text('{"id": "a", "expected": 1}\n{oops\n')
    report = check_golden(path)
    assert found(report) == [("readable", "", (2,))]
    assert "not JSON" in report.violations[0].message


def test_what_depends_on_a_broken_set_is_stopped_in_one_line(golden):
    def change(rows):
        rows[2]["id"] = "c1"
        rows[5]["expected"] = 5

    path = golden(change)
    with pytest.raises(DataContractError) as caught:
        check_golden(path).require()
    assert str(caught.value) == (
        f"{path}: rows 2, 3: id: ids must be unique (and 1 more broken rules)"
    )


def test_a_report_survives_json(golden):
    report = check_golden(golden(lambda rows: rows[2].update(id="c1")))
    assert ContractReport.from_json(json.loads(json.dumps(report.to_json()))) == report


def test_the_digest_is_known_without_checking(golden):
    path = golden()
    assert check_golden(path).digest == data_digest(path)


def logged(number, **changes):
    values = {
        "run_id": f"r{number}",
        "at": datetime(2026, 11, 1, tzinfo=UTC),
        "prompt_id": "refund",
        "prompt_digest": "sha256:" + "0" * 64,
        "target": "small#short",
        "model": "small",
        "variant": "short",
        "input_tokens": 1,
        "output_tokens": 1,
        "cost_usd": 0.0,
        "latency_ms": 9.5,
    }
    return LoggedRun(**{**values, **changes})


def test_sound_runs_pass_also_when_two_parts_hold_one_run(tmp_path):
    log = RunLog(tmp_path)
    log.append([logged(1), logged(2, variant=None, target="small", quality=0.5)])
    log.append([logged(2, variant=None, target="small", quality=0.5)])
    report = check_runs(tmp_path)
    assert (found(report), report.checked_rows) == ([], 3)


BROKEN_RUNS = {
    "a run twice": ({"run_id": "r1"}, ("unique-run", "run_id", (1, 2))),
    "no model": ({"model": ""}, ("target", "target", (2,))),
    "a target that is not its model": ({"target": "small"}, ("target", "target", (2,))),
    "an id with capitals": ({"prompt_id": "Refund"}, ("prompt-id", "prompt_id", (2,))),
    "a short digest": ({"prompt_digest": "sha256:00"}, ("digest", "prompt_digest", (2,))),
    "negative cost": ({"cost_usd": -0.1}, ("range", "cost_usd", (2,))),
    "quality over 1": ({"quality": 1.5}, ("range", "quality", (2,))),
    "a call of days": ({"latency_ms": 1e9}, ("range", "latency_ms", (2,))),
}


@pytest.mark.parametrize(("change", "violation"), BROKEN_RUNS.values(), ids=BROKEN_RUNS)
def test_broken_runs_name_their_part_and_row(tmp_path, change, violation):
    path = RunLog(tmp_path).append([logged(1), logged(2, **change)])
    report = check_runs(tmp_path)
    assert found(report) == [violation]
    assert report.violations[0].file == path.name


def test_a_missing_column_is_told_once(tmp_path):
    import pandas as pd

    path = RunLog(tmp_path).append([logged(1)])
    pd.read_parquet(path).drop(columns=["model"]).to_parquet(path)
    assert found(check_runs(path)) == [("columns", "model", ())]


def test_text_where_numbers_belong_is_told(tmp_path):
    import pandas as pd

    path = RunLog(tmp_path).append([logged(1)])
    pd.read_parquet(path).assign(latency_ms="long").to_parquet(path)
    (violation,) = check_runs(path).violations
    assert (violation.rule, violation.column) == ("range", "latency_ms")
    assert "cannot be checked" in violation.message


def test_the_contract_knows_the_columns_of_the_log():
    assert list(_RUN_COLUMNS) == list(RUN_COLUMNS)


@pytest.fixture
def kb(tmp_path):
    (tmp_path / "kb.yaml").write_text("name: shop\nlabel: 2026-06\n")
    (tmp_path / "a.md").write_text("# A\nOne.\n")
    (tmp_path / "b.md").write_text("# B\nTwo.\n")
    return tmp_path


def test_a_sound_knowledge_base_passes(kb):
    report = check_kb(kb)
    assert (found(report), report.checked_rows) == ([], 2)


BROKEN_KB = {
    "not UTF-8": (b"# B\n\xff\xfe", ("utf-8", "", (2,))),
    "blank": (b" \n\n", ("not-blank", "", (2,))),
    "half-merged": (b"# B\n<<<<<<< HEAD\nx\n", ("merged", "", (2,))),
    "too large": (b"# B\n" + b"x" * (4 * 1024 * 1024), ("size", "", (2,))),
}


@pytest.mark.parametrize(("content", "violation"), BROKEN_KB.values(), ids=BROKEN_KB)
def test_a_broken_document_is_named(kb, content, violation):
    (kb / "b.md").write_bytes(content)
    report = check_kb(kb)
    assert found(report) == [violation]
    assert report.violations[0].file == "b.md"


def test_the_same_document_twice_is_told(kb):
    (kb / "b.md").write_text("# A\n\nOne.\n")
    assert [(v.rule, v.file) for v in check_kb(kb).violations] == [
        ("said-once", "a.md"),
        ("said-once", "b.md"),
    ]


def test_a_knowledge_base_without_its_label_is_told(kb):
    (kb / "kb.yaml").write_text("name: shop\n")
    assert found(check_kb(kb)) == [("readable", "", ())]


def test_what_is_not_there_is_an_input_error(tmp_path):
    with pytest.raises(GoldenSetError):
        check_golden(tmp_path / "none.jsonl")
    with pytest.raises(RunLogError):
        check_runs(tmp_path / "none")
    with pytest.raises(KnowledgeBaseError):
        check_kb(tmp_path / "none")
