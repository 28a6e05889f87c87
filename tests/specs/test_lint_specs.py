"""Runs the literate specs: every case of every `lint/*.md` is a test.

A case is a heading `## Found: …` or `## Not found: …`, a fenced text (a message) or piece of a
prompt file, and, when found, the exact words that the finding's place must point at.
"""

import re
from pathlib import Path

import pytest

from promptops.lint import RULES, lint_files
from promptops.lint.documentation import as_prompt_file
from promptops.prompts.loader import parse_prompt

FOLDER = Path(__file__).parent / "lint"
CASE = re.compile(
    r"^## (?P<kind>Found|Not found): (?P<title>[^\n]+)\n\n~~~~\w+\n(?P<text>.*?)\n~~~~\n"
    r"(?P<words>(?:\n- [^\n]*)*)",
    re.MULTILINE | re.DOTALL,
)
HEADING = re.compile(r"^## (?:Found|Not found)\b", re.MULTILINE)
WORDS = re.compile(r"^- (`+) ?(.*?) ?\1$", re.MULTILINE)
SPECS = {path.name[:6]: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.md"))}
CASES = [
    pytest.param(code, match, id=f"{code} {match['kind'].lower()}: {match['title']}")
    for code, text in SPECS.items()
    for match in CASE.finditer(text)
]


def pointed_at(code: str, piece: str) -> list[str]:
    """What the findings of one rule point at: their words, or the rest of the line they begin in.

    Only a finding inside one line of a message has an end to hold it to.
    """
    source = as_prompt_file(piece)
    report = lint_files([parse_prompt(source, "case.prompt.yaml")])
    assert not report.skipped
    words = []
    for found in report.findings:
        if found.code == code:
            rest = source.split("\n")[found.line - 1][found.column - 1 :]
            exact = found.line == found.end_line and found.end_column > found.column
            words.append(rest[: found.end_column - found.column] if exact else rest)
    return words


@pytest.mark.parametrize(("code", "case"), CASES)
def test_a_rule_keeps_its_spec(code, case):
    wanted = [words for _, words in WORDS.findall(case["words"])]
    assert bool(wanted) is (case["kind"] == "Found"), "a found case names its words"
    found = pointed_at(code, case["text"])
    assert len(found) == len(wanted), found
    for words, start in zip(found, wanted, strict=True):
        assert words.startswith(start)


def test_every_rule_has_a_spec_with_positive_and_negative_cases():
    kinds = {code: {m["kind"] for m in CASE.finditer(text)} for code, text in SPECS.items()}
    assert set(SPECS) == {code for code, rule in RULES.items() if not rule.needs_project}
    assert [code for code, found in kinds.items() if found != {"Found", "Not found"}] == []
    headings = sum(len(HEADING.findall(text)) for text in SPECS.values())
    assert headings == len(CASES), "a case of a spec is not in the form that is run"
