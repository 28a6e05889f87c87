from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from promptops.errors import RunLogError
from promptops.tracking.run_log import RUN_COLUMNS, LoggedRun, RunLog

START = datetime(2026, 11, 20, 23, 59, 59, 250000, tzinfo=UTC)


def logged(number, **changes):
    row = LoggedRun(
        run_id=f"r{number}",
        at=START + timedelta(seconds=number),
        prompt_id="refund",
        prompt_digest="sha256:" + "0" * 64,
        target="small#short",
        model="small",
        variant="short",
        input_tokens=120,
        output_tokens=7,
        cost_usd=0.00012,
        latency_ms=81.5,
        quality=0.5,
        case_id=f"c{number}",
        error=None,
        topic="support",
    )
    return replace(row, **changes)


def test_runs_come_back_as_they_were_in_order_of_time(tmp_path):
    log = RunLog(tmp_path / "runs")
    late = logged(3, variant=None, target="small", quality=None, case_id=None, error="timeout: 1")
    log.append([late, logged(1)])
    log.append([logged(2)])
    assert log.records() == [logged(1), logged(2), late]
    assert {name: str(kind) for name, kind in log.read().dtypes.items()} == RUN_COLUMNS


def test_a_run_logged_again_counts_once(tmp_path):
    log = RunLog(tmp_path)
    first = log.append([logged(1), logged(2)])
    assert log.append([logged(1), logged(2)]) == first
    log.append([logged(2), logged(3)])
    assert [row.run_id for row in log.records()] == ["r1", "r2", "r3"]


def test_an_empty_log_has_its_columns(tmp_path):
    log = RunLog(tmp_path / "none")
    assert log.append([]) is None
    assert log.records() == []
    assert list(log.read().columns) == list(RUN_COLUMNS)
    assert not (tmp_path / "none").exists()


def cut(path):
    path.write_bytes(path.read_bytes()[:-40])


def without_model(path):
    import pandas as pd

    pd.read_parquet(path).drop(columns=["model"]).to_parquet(path)


def text_for_tokens(path):
    import pandas as pd

    pd.read_parquet(path).assign(input_tokens="many").to_parquet(path)


BROKEN = {
    "a part cut short": (cut, "cannot be read"),
    "a part without a column": (without_model, 'column "model" is missing'),
    "a column of another type": (text_for_tokens, "another type"),
}


@pytest.mark.parametrize(("damage", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_part_is_named(tmp_path, damage, message):
    log = RunLog(tmp_path)
    path = log.append([logged(1)])
    damage(path)
    with pytest.raises(RunLogError, match=message) as caught:
        log.read()
    assert caught.value.where == str(path)
