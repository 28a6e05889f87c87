"""Fingerprints and baselines: what an edit elsewhere leaves alone, and what counts as new."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.errors import SettingsError
from promptops.lint import LintOptions, LintReport, Skipped, lint_files
from promptops.lint.baseline import Baseline
from promptops.lint.documentation import as_prompt_file
from promptops.lint.fingerprint import anchor, fingerprint
from promptops.prompts.loader import parse_prompt

TOKEN = "<|im_end|>"
ONLY = LintOptions(select=frozenset({"SEC003", "REG001"}))


def prompt(*lines: str, path: str = "example.prompt.yaml", head: str = "") -> LintReport:
    text = "messages:\n  - role: user\n    content: |\n" + "".join(f"      {t}\n" for t in lines)
    return lint_files([parse_prompt(as_prompt_file(head + text), path)], options=ONLY)


BEFORE = prompt("Be kind.", f"First {TOKEN} here.", f"Second {TOKEN} there.")
SAME = {
    "the same text": prompt("Be kind.", f"First {TOKEN} here.", f"Second {TOKEN} there."),
    "a renamed file": prompt(
        "Be kind.", f"First {TOKEN} here.", f"Second {TOKEN} there.", path="sub/new.prompt.yaml"
    ),
    "lines that moved down": prompt(
        "New.", "Be kind.", "And new.", f"First {TOKEN} here.", f"Second {TOKEN} there."
    ),
    "lines that changed places": prompt(f"Second {TOKEN} there.", f"First {TOKEN} here."),
    "a key above": prompt(
        f"First {TOKEN} here.", f"Second {TOKEN} there.", head="tags: [one, two]\n"
    ),
    "case and spaces": prompt(f"first  {TOKEN} HERE.", f"Second {TOKEN}   there."),
}
NEW = {
    "another place": ([f"First {TOKEN} here.", f"Second {TOKEN} there.", f"Third {TOKEN}."], 1),
    "a defect settled here and made there": ([f"First {TOKEN} here.", f"Other {TOKEN} there."], 1),
    "a known line copied": ([f"First {TOKEN} here."] * 3 + [f"Second {TOKEN} there."], 2),
}


@pytest.mark.parametrize("report", SAME.values(), ids=SAME)
def test_what_moves_is_known(report):
    split = Baseline.of(BEFORE.findings).split(report)
    assert (split.report.findings, split.known, split.stale) == ((), 2, ())


@pytest.mark.parametrize(("lines", "new"), NEW.values(), ids=NEW)
def test_what_is_added_is_new(lines, new):
    report = prompt(*lines)
    split = Baseline.of(BEFORE.findings).split(report)
    assert len(split.report.findings) == new
    assert set(split.report.findings) <= set(report.findings)
    assert split.known == len(report.findings) - new


def test_an_entry_that_is_no_longer_found_is_stale_and_can_be_pruned():
    baseline = Baseline.of(BEFORE.findings)
    report = prompt(f"First {TOKEN} here.")
    split = baseline.split(report)
    assert [(entry.code, entry.count) for entry in split.stale] == [("SEC003", 1)]
    assert baseline.pruned(split.stale) == Baseline.of(report.findings)


def test_what_was_not_checked_is_not_stale():
    baseline = Baseline.of(BEFORE.findings)
    empty = LintReport(findings=(), checked=1)
    assert len(baseline.split(empty).stale) == 2
    assert baseline.split(empty, prompts={"another"}).stale == ()
    assert baseline.split(empty, codes={"AMB001"}).stale == ()
    skipped = LintReport(findings=(), checked=0, skipped=(Skipped(path="a", reason="broken"),))
    assert baseline.split(skipped).stale == ()


def test_a_file_is_read_back_and_equal_baselines_are_equal_bytes(tmp_path):
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    baseline = Baseline.of(BEFORE.findings)
    baseline.write(one)
    Baseline.of(reversed(BEFORE.findings)).write(two)
    assert one.read_bytes() == two.read_bytes()
    assert Baseline.load(one) == baseline
    assert "example.prompt.yaml" not in one.read_text()
    Baseline().write(one)
    assert Baseline.load(one) == Baseline()


BROKEN = {
    "nothing there": (None, "no lint baseline"),
    "a merge conflict": ("<<<<<<< ours\n", "not JSON"),
    "another document": ('{"findings": []}', "not a lint baseline"),
    "a tower of brackets": ("[" * 100_000, "not a lint baseline"),
    "an entry that is none": (
        '{"format": "promptops-lint-baseline/1", "findings": [3]}',
        "not an entry",
    ),
    "an entry without its count": (
        '{"format": "promptops-lint-baseline/1", "findings": [{"fingerprint": "a", "code": "b"}]}',
        '"name" is missing',
    ),
}


@pytest.mark.parametrize(("text", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused_by_name(tmp_path, text, said):
    path = tmp_path / "lint-baseline.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(SettingsError, match=said) as problem:
        Baseline.load(path)
    assert str(path) in problem.value.where
    assert problem.value.hint


def test_measurements_in_a_message_do_not_make_it_another_finding():
    (found,) = prompt("Be kind.", head="owner: null\n").findings
    assert found.anchor == ""
    longer, longest = (replace(found, message=f"it has {n} tokens") for n in ("4,012", "4,013"))
    assert fingerprint(longer) == fingerprint(longest) != fingerprint(found)


@given(st.text(max_size=30), st.text(alphabet="abc12", min_size=1, max_size=40))
def test_a_concealed_anchor_does_not_depend_on_the_secret(before, secret):
    def mark(value: str) -> str:
        start = len(before) + len("key=")
        text = f"{before}key={value}; keep it."
        return anchor(text, (start, start + len(value)), conceal=True)

    assert mark(secret) == mark("other")
