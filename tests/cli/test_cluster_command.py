"""``promptops cluster`` over a table, without a workspace."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from promptops.cli import main

Run = Callable[..., tuple[int, str, str]]
TOPICS = {
    "card": [
        "My card is lost.",
        "I lost my bank card.",
        "The card was stolen.",
        "Where is my card?",
    ],
    "soup": [
        "Cook a tomato soup.",
        "A recipe for soup.",
        "How do I cook soup?",
        "Write a soup recipe.",
    ],
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line outside of any workspace; its exit status, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(list(arguments))
        told = capsys.readouterr()
        return int(end.value.code or 0), told.out, told.err

    return call


def test_texts_of_a_table_get_an_id_a_cluster_a_label_and_a_probability(run: Run, tmp_path: Path):
    rows = [
        (f"{topic}-{n}", text) for topic, texts in TOPICS.items() for n, text in enumerate(texts)
    ]
    with (tmp_path / "t.csv").open("w", newline="") as sheet:
        csv.writer(sheet).writerows([("id", "body"), *rows, ("empty", "")])
    code, out, _ = run("cluster", "--texts", "t.csv", "--column", "body", "--format", "csv")
    assert code == 0
    found = {row["id"]: row for row in csv.DictReader(io.StringIO(out))}
    assert set(found) == {"empty", *(name for name, _ in rows)}
    for topic in TOPICS:
        assert len({row["cluster"] for name, row in found.items() if name.startswith(topic)}) == 1
    assert found["card-0"]["cluster"] != found["soup-0"]["cluster"]
    assert found["empty"]["cluster"] == ""
    code, _, err = run("cluster", "--texts", "t.csv", "--column", "body")
    assert (code, "left out: empty" in err) == (0, True)


WRONG = {
    "no column named": (["--texts", "t.csv"], "belong together"),
    "another column": (["--texts", "t.csv", "--column", "text"], 'no column "text"'),
    "no such file": (["--texts", "u.csv", "--column", "body"], "cannot be read"),
    "a page of no prompts": (["--texts", "t.csv", "--column", "body", "--html", "x"], "--html"),
}


@pytest.mark.parametrize(("arguments", "says"), WRONG.values(), ids=WRONG)
def test_a_wrong_input_is_one_line(run: Run, tmp_path: Path, arguments: list[str], says: str):
    (tmp_path / "t.csv").write_text("id,body\n1,Hello.\n")
    code, out, err = run("cluster", *arguments)
    assert (code, out) == (2, "")
    assert says in err
