"""``promptops cluster`` over a table, without a workspace, and over a workspace twice."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from promptops.cli import main
from promptops.testing.workspace import label_prompt, make_workspace

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


ROWS = ("1", "2")
FOUND = {
    "the only column": ("ask\n{}\n{}\n", ROWS, ""),
    "the only one beside id": ("id,ask\na,{}\nb,{}\n", ("a", "b"), ""),
    "the only one with a usual name": ("id,text,topic\na,{},x\nb,{},y\n", ("a", "b"), ""),
    "semicolons": ("id;text;topic\na;{};x\nb;{};y\n", ("a", "b"), ""),
    "semicolons behind quotes": ('"id";"text"\na;{}\nb;{}\n', ("a", "b"), ""),
    "tabs": ("id\ttext\na\t{}\nb\t{}\n", ("a", "b"), ""),
    "an id twice": ("id,text\na,{}\na,{}\n", ROWS, '1 id more than once, such as "a"'),
    "a row without an id": ("id,text\na,{}\n,{}\n", ROWS, "1 row without an id"),
}


@pytest.mark.parametrize(("rows", "ids", "told"), FOUND.values(), ids=FOUND)
def test_texts_and_ids_of_a_table_are_found(
    run: Run, tmp_path: Path, rows: str, ids: tuple[str, ...], told: str
):
    (tmp_path / "t.csv").write_text(rows.format('"My card, lost; where?"', '"Tomato soup."'))
    code, out, err = run("cluster", "--texts", "t.csv", "--format", "csv")
    assert (code, tuple(row["id"] for row in csv.DictReader(io.StringIO(out)))) == (0, ids)
    assert ("texts are called by their row" in err, told in err) == (bool(told), True)
    code, out, err = run("duplicates", "--texts", "t.csv", "--format", "json")
    assert (code, json.loads(out)["items"], told in err) == (0, 2, True)


ODD = {
    "a missing cell, NaN and a number": (
        '{"body": null}\n{"body": NaN}\n{"body": 3}\n{"body": "My card is lost."}\n',
        ["1: the cell holds no text: it is missing", "3: the cell holds no text: int"],
    ),
    "one text": ('{"body": "My card is lost."}\n', []),
    "no words": ('{"body": "!!!"}\n{"body": "😀"}\n', ["1: the text has no words"]),
}


@pytest.mark.parametrize(("rows", "told"), ODD.values(), ids=ODD)
def test_odd_rows_are_answered_and_told(run: Run, tmp_path: Path, rows: str, told: list[str]):
    (tmp_path / "t.jsonl").write_text(rows)
    table = ("cluster", "--texts", "t.jsonl", "--column", "body")
    code, out, _ = run(*table, "--format", "csv")
    found = list(csv.DictReader(io.StringIO(out)))
    assert (code, len(found)) == (0, rows.count("\n"))
    assert all(row["cluster"] == "" for row in found)
    err = run(*table)[2]
    assert all(f"left out: {line}" in err for line in told)


def test_the_map_of_a_table_is_a_picture_and_a_page(run: Run, tmp_path: Path):
    texts = [text for topic in TOPICS.values() for text in topic]
    (tmp_path / "t.csv").write_text("\n".join(["body", *texts]) + "\n")
    drawn = ("--png", "map.png", "--html", "map.html")
    code, out, err = run("cluster", "--texts", "t.csv", "--column", "body", *drawn)
    assert (code, "map: map.png" in err, "8 texts: 2 clusters" in out) == (0, True, True)
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")
    page = (tmp_path / "map.html").read_text()
    assert ("8 texts in 2 clusters" in page, page.count("<circle")) == (True, 8)
    assert "prompt" not in page.partition("<main")[2].partition("</main")[0].lower()


def test_a_second_run_tells_what_changed(run: Run, tmp_path: Path):
    wordings = {
        f"{topic}-{n}": text for topic, many in TOPICS.items() for n, text in enumerate(many)
    }
    workspace = make_workspace(
        tmp_path,
        prompts={name: label_prompt(name, wording=text) for name, text in wordings.items()},
    )
    assert "since" not in run("cluster")[1]
    (workspace.prompts / "soup-0.prompt.yaml").unlink()
    code, out, _ = run("cluster")
    assert (code, "gone prompts 1: soup-0" in out) == (0, True)
    drift = json.loads(run("cluster", "--format", "json")[1])["drift"]
    assert (drift["removed"], drift["added"]) == (["soup-0"], [])


WRONG = {
    "an empty file": (["--texts", "e.csv", "--column", "body"], "no row is in this file"),
    "a column with a slip": (["--texts", "t.csv", "--column", "bodi"], 'did you mean "body"'),
    "calls without titles": (["--titles-calls", "3"], "--titles-calls goes with --titles"),
    "a column of no table": (["--column", "body"], "--column goes with --texts"),
    "no column that is clearly the one": (["--texts", "two.csv"], "columns: id, from, to"),
    "a header that only looks like columns": (
        ["--texts", "spaced.csv", "--column", "body"],
        'the header is one column, "id; body": is it separated by semicolons?',
    ),
    "another column": (["--texts", "t.csv", "--column", "text"], 'no column "text"'),
    "no such file": (["--texts", "u.csv", "--column", "body"], "cannot be read"),
    "titles outside of a workspace": (
        ["--texts", "t.csv", "--column", "body", "--titles", "x/y"],
        "promptops init",
    ),
}


@pytest.mark.parametrize(("arguments", "says"), WRONG.values(), ids=WRONG)
def test_a_wrong_input_is_one_line(run: Run, tmp_path: Path, arguments: list[str], says: str):
    (tmp_path / "t.csv").write_text("id,body\n1,Hello.\n")
    (tmp_path / "e.csv").write_text("")
    (tmp_path / "two.csv").write_text("id,from,to\n1,Hello.,Bye.\n")
    (tmp_path / "spaced.csv").write_text("id; body\n1; Hello.\n")
    code, out, err = run("cluster", *arguments)
    assert (code, out) == (2, "")
    assert says in err
