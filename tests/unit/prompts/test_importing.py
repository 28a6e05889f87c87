"""Collections of others: every text survives byte for byte, every refusal says why."""

import csv
import json
import sys

import pytest

from promptops.errors import ImportFormatError
from promptops.prompts.importing import import_collection
from promptops.prompts.loader import load_prompt
from promptops.prompts.registry import Registry
from promptops.prompts.rendering import render


def texts(report):
    return [render(load_prompt(path).prompt, {}).messages[0].content for path in report.files]


def test_braces_line_ends_and_spaces_survive(tmp_path):
    rows = [
        {"act": "Terminal", "prompt": "say {{name}} {% if %} {# no #} {x}\r\n  end  \n\n"},
        {"act": "Terminal", "prompt": "{% raw %}{{ x }}{% endraw %} {{"},
        {"act": "", "prompt": "\tÜber \u2028 \x07 {{{{ }}"},
        {"act": "blank", "prompt": "  \n"},
        {"act": "日本", "prompt": "NUL \0 here"},
        {"act": "Long " * 30, "prompt": "x" * 300_000},
    ]
    source = tmp_path / "c.csv"
    with source.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, ["act", "prompt"])
        writer.writeheader()
        writer.writerows(rows)
    seen = []
    report = import_collection(source, tmp_path / "out", license="CC0-1.0", progress=seen.append)
    assert texts(report) == [row["prompt"] for row in rows[:3]]
    assert [path.name.split(".")[0] for path in report.files][:2] == ["terminal", "terminal-2"]
    assert report.skipped == ((f"{source}:8", "empty"),)
    reasons = [reason for _, reason in report.failed]
    assert "U+0000" in reasons[0]
    assert "256 KiB" in reasons[1]
    assert seen[-1] == len(rows)
    assert import_collection(source, tmp_path / "out", license="CC0-1.0").files == report.files


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_is_cut_where_its_header_is(tmp_path, mark):
    source = tmp_path / "c.csv"
    source.write_text(f"act{mark}prompt\nGreet{mark}Say hello!\n")
    report = import_collection(source, tmp_path / "out")
    assert (texts(report), report.files[0].name) == (["Say hello!"], "greet.prompt.yaml")


def test_a_file_that_says_something_else_is_never_overwritten(tmp_path):
    source = tmp_path / "notes"
    (source / "sum" / ".git").mkdir(parents=True)
    (source / "sum" / "system.md").write_text("# Sum up\n")
    (source / "sum" / "user.md").write_text("INPUT")
    (source / "sum" / ".git" / "x.md").write_text("no")
    report = import_collection(source, tmp_path / "out", area="outside/notes")
    assert [path.name for path in report.files] == ["sum.prompt.yaml", "sum-user.prompt.yaml"]
    assert load_prompt(report.files[0]).prompt.messages[0].role == "system"
    edited = report.files[0].read_text().replace("Sum up", "Summarize")
    report.files[0].write_text(edited)
    again = import_collection(source, tmp_path / "out", area="outside/notes")
    assert again.imported == 1
    assert "says something else" in again.skipped[0][1]
    assert again.kept == (report.files[0],)
    assert report.files[0].read_text() == edited


LICENSES = (
    "MIT",
    "LicenseRef-Internal",
    "(MIT OR GPL-2.0+) AND GPL-2.0-only WITH Bison-exception-2.2",
)


@pytest.mark.parametrize("license_", LICENSES)
def test_a_license_expression_is_taken(license_, tmp_path):
    source = tmp_path / "a.txt"
    source.write_text("Hello")
    report = import_collection(source, tmp_path / "out", license=license_)
    assert load_prompt(report.files[0]).prompt.license == license_


REFUSED = {
    "no such file": ("missing.csv", None, {}, "no such file"),
    "another format": ("x.docx", b"x", {}, "cannot import"),
    "the column is not there": (
        "x.csv",
        b"act,prompt\na,b\n",
        {"text_column": "promt"},
        '"prompt"?',
    ),
    "no column to guess": ("x.csv", b"a,b\n1,2\n", {}, "columns: a, b"),
    "not UTF-8": ("x.csv", b"act,prompt\na,caf\xe9\n", {}, "not UTF-8"),
    "an empty table": ("x.csv", b"act,prompt\n", {}, "there are none"),
    "not JSON": ("x.jsonl", b"prompt\n", {}, "x.jsonl:1: no prompt could be imported: not JSON"),
    "an area that leaves the registry": ("x.txt", b"hi", {"area": "../x"}, "not an area"),
    "a license that is none": ("x.txt", b"hi", {"license": "a; b"}, "no SPDX license"),
    "a license in words": ("x.txt", b"hi", {"license": "foo bar"}, "no SPDX license"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_what_is_not_a_collection_is_refused(case, tmp_path):
    name, content, options, part = case
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ImportFormatError) as caught:
        import_collection(tmp_path / name, tmp_path / "out", **options)
    assert part in str(caught.value)


def test_fifteen_hundred_prompts_of_others_survive(data, tmp_path):
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    source = data / "intel" / "prompts" / "awesome-chatgpt-prompts.csv"
    with source.open(encoding="utf-8-sig", newline="") as stream:
        expected = [row["prompt"] for row in csv.DictReader(stream)]
    report = import_collection(source, tmp_path, text_column="prompt", id_column="act")
    assert (report.imported, report.skipped, report.failed) == (1529, (), ())
    files, errors = Registry(tmp_path).load_all()
    assert (len(files), errors) == (1529, ())
    by_path = {file.path: render(file.prompt, {}).texts() for file in files}
    assert [by_path[path] for path in report.files] == [(("user", text),) for text in expected]


def test_patterns_with_paths_for_names_survive(data, tmp_path):
    source = data / "intel" / "prompts" / "fabric_patterns.jsonl"
    expected = [json.loads(line)["text"] for line in source.read_text("utf-8").splitlines()]
    report = import_collection(source, tmp_path)
    assert texts(report) == expected
    assert report.files[0].name == "agility-story.prompt.yaml"
