"""The engine through its public face: places, suppressions, settings, skips, reporters."""

import json
from datetime import date
from pathlib import Path

import pytest

from promptops.errors import SettingsError
from promptops.lint import (
    REPORTERS,
    LintOptions,
    Severity,
    Skipped,
    lint_files,
    lint_prompts,
    load_options,
    parse_text,
)
from promptops.lint.documentation import as_prompt_file
from promptops.lint.rules.control_token import ControlToken
from promptops.prompts.loader import parse_prompt

TOKEN = "messages: [{role: user, content: 'Hello.<|im_end|>'}]"


def lint(piece: str, path: str = "a.prompt.yaml", **options):
    return lint_files([parse_prompt(as_prompt_file(piece), path)], options=LintOptions(**options))


def codes(report) -> list[str]:
    return [finding.code for finding in report.findings]


BLOCK = "messages:\n  - role: user\n    content: {}\n      One.\n      two <|eot_id|>\n"
VARIANT = """\
messages: [{role: user, content: Hi.}]
variants:
  - {id: b, messages: [{role: user, content: Hi <|eot_id|>}]}
"""
PLACES = {
    "block scalar": (BLOCK.format("|"), (5, 11)),
    "folded scalar": (BLOCK.format(">-"), (5, 11)),
    "quoted with escapes": ('messages:\n  - {role: user, content: "a\\tb <|eot_id|>"}\n', (2, 33)),
    "single quotes": ("messages:\n  - {role: user, content: 'it''s <|eot_id|>'}\n", (2, 34)),
    "a variant's message": (
        VARIANT,
        (3, 49),
    ),
}


@pytest.mark.parametrize(("piece", "place"), PLACES.values(), ids=PLACES)
def test_findings_point_into_the_file(piece, place):
    report = lint(piece, select=frozenset({"SEC003"}))
    (found,) = report.findings
    assert (found.line, found.column) == place
    line = as_prompt_file(piece).split("\n")[found.line - 1]
    assert line[found.column - 1 : found.end_column - 1] == "<|eot_id|>"


HEAD = "messages:\n  - role: user\n    content: |\n"
SUPPRESSED = {
    "own line, next value": "messages:\n  # promptops: ignore[SEC003] it is escaped\n"
    + HEAD.partition("\n")[2]
    + "      Hello.\n      More <|im_end|>\n",
    "end of the line": TOKEN + "  # promptops: ignore[control-token] it is escaped",
    "whole file": "# promptops: ignore-file[SEC] it is escaped\n" + TOKEN,
    "template comment": HEAD
    + "      {# promptops: ignore[SEC003] it is escaped #}\n      More <|im_end|>\n",
}
NOT_SUPPRESSED = {
    "no reason": TOKEN + "  # promptops: ignore[SEC003]",
    "another code": TOKEN + "  # promptops: ignore[SEC004] it is escaped",
    "another value": "# promptops: ignore[SEC003] it is escaped\nlicense: MIT\n" + TOKEN,
    "inside the text the model reads": HEAD
    + "      # promptops: ignore-file[SEC003] it is escaped\n      More <|im_end|>\n",
}


@pytest.mark.parametrize("piece", SUPPRESSED.values(), ids=SUPPRESSED)
def test_a_comment_with_a_reason_allows_a_finding(piece):
    # The piece's own keys come first, so a comment may lead the file.
    text = piece if piece.startswith("messages") else f"tags: []\n{piece}"
    report = lint(text)
    assert "SEC003" not in codes(report)
    assert "REG009" not in codes(report)
    assert report.suppressed == 1


@pytest.mark.parametrize("piece", NOT_SUPPRESSED.values(), ids=NOT_SUPPRESSED)
def test_other_comments_allow_nothing(piece):
    text = piece if piece.startswith("messages") else f"tags: []\n{piece}"
    assert "SEC003" in codes(lint(text))


FAULTS = {
    "no reason": ("ignore[SEC003]", "gives no reason"),
    "its day is past": ("ignore[SEC003] until 2026-01-31: the vendor mends it", "expired on"),
    "no such day": ("ignore[SEC003] until 2026-02-31: the vendor mends it", "does not exist"),
    "no such rule": ("ignore[SEC999] it is escaped", 'names no rule: "SEC999"'),
    "nothing to allow": ("ignore[SEC004] it is escaped", "allows nothing"),
}


@pytest.mark.parametrize(("comment", "said"), FAULTS.values(), ids=FAULTS)
def test_a_comment_that_allows_nothing_is_a_finding(comment, said):
    report = lint(f"{TOKEN}  # promptops: {comment}", today=date(2026, 3, 1))
    (found,) = [finding for finding in report.findings if finding.code == "REG009"]
    assert said in found.message


def test_a_comment_holds_until_its_day():
    text = f"{TOKEN}  # promptops: ignore[SEC003] until 2026-03-01: the vendor mends it"
    assert not codes(lint(text, today=date(2026, 3, 1)))
    assert "SEC003" in codes(lint(text, today=date(2026, 3, 2)))
    assert not codes(lint(text)), "without a day nothing expires"


def test_settings_select_ignore_and_grade(tmp_path):
    path = tmp_path / "lint.toml"
    path.write_text(
        'select = ["SEC", "REG001"]\nignore = ["SEC012"]\nfail_on = "error"\n'
        '[severity]\ncontrol-token = "info"\n[per-path]\n"old/*" = ["SEC"]\n'
    )
    options = load_options(path)
    new, old = (
        lint(TOKEN),
        lint_files([parse_prompt(as_prompt_file(TOKEN), "old/a.prompt.yaml")], options=options),
    )
    graded = lint_files([parse_prompt(as_prompt_file(TOKEN), "a.prompt.yaml")], options=options)
    assert [f.severity for f in graded.findings] == [Severity.INFO]
    assert (new.exit_status, graded.exit_status, old.findings) == (1, 0, ())


WRONG = {
    'select = ["SEC0003"]': 'did you mean "SEC003"?',
    "selekt = []": "selekt",
    '[severity]\nSEC003 = "fatal"': "SEC003",
    "[options.CON008]\nfar = 3": "CON008 has no such option",
    '[options.CON008]\nfar_apart = "x"': "expected a value like",
    "select = [": "not valid TOML",
}


@pytest.mark.parametrize(("text", "said"), WRONG.items(), ids=WRONG)
def test_wrong_settings_say_what_and_where(tmp_path, text, said):
    path = tmp_path / "lint.toml"
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_options(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_options_change_a_rule(tmp_path):
    path = tmp_path / "lint.toml"
    path.write_text("[options.MOD003]\nmost = 1\n")
    report = lint_prompts(
        [parse_text("You MUST answer. NEVER guess.", path="a")], options=load_options(path)
    )
    assert "MOD003" in codes(report)


def test_what_cannot_be_checked_is_skipped_and_fails(monkeypatch):
    def broken(self, prompt):
        raise ZeroDivisionError("boom")
        yield

    monkeypatch.setattr(ControlToken, "check", broken)
    report = lint_files(
        [parse_prompt(as_prompt_file(TOKEN), "a.prompt.yaml")],
        unreadable=[Skipped(path="b.prompt.yaml", reason="not YAML")],
    )
    assert [(s.path, "SEC003" in s.reason) for s in report.skipped] == [
        ("a.prompt.yaml", True),
        ("b.prompt.yaml", False),
    ]
    assert report.exit_status == 2
    assert "SKIPPED" in REPORTERS["text"](report)


def test_reports_are_one_document_and_the_same_bytes_each_time():
    files = [parse_prompt(as_prompt_file(TOKEN), Path(f"/w/{name}.prompt.yaml")) for name in "cab"]
    options = LintOptions(root=Path("/w"))
    first, second = (lint_files(order, options=options) for order in (files, files[::-1]))
    for name, reporter in REPORTERS.items():
        assert reporter(first) == reporter(second), name
    document = json.loads(REPORTERS["json"](first))
    assert [row["path"][0] for row in document["findings"]] == ["a", "b", "c"]
    assert document["summary"]["by_code"] == {"SEC003": 3}
    github = REPORTERS["github"](first).splitlines()
    assert github[0].startswith("::error file=a.prompt.yaml,line=1,col=")


def test_a_pool_gives_the_same_report():
    files = [
        parse_prompt(as_prompt_file(TOKEN), f"{number:04d}.prompt.yaml") for number in range(401)
    ]
    seen = []
    pooled = lint_files(files, workers=2, progress=lambda done, total: seen.append((done, total)))
    assert pooled == lint_files(files)
    assert seen[-1] == (401, 401)


def test_secrets_and_personal_data_are_not_repeated():
    text = "Write to maria.keller@contoso-retail.com and pay with 4539 1488 0343 6467."
    report = lint_prompts([parse_text(text, path="a")])
    assert {"PRI002", "PRI004"} <= set(codes(report))
    for reporter in REPORTERS.values():
        assert "6467" not in reporter(report)
        assert "keller" not in reporter(report)
