"""The reference is written from the rules, its tags are known, its pages are current."""

import json
import re
from pathlib import Path

import pytest

from promptops.errors import InputError, UsageError
from promptops.lint import RULES
from promptops.lint.accuracy import accuracy_rows, read_accuracy, share
from promptops.lint.reference import explain, find_rule, rule_pages, write_pages
from promptops.lint.taxonomy import frameworks, tag, tags

PAGES = Path(__file__).parents[3] / "docs" / "reference" / "rules"


def test_the_committed_pages_are_current():
    committed = {path.name: path.read_text() for path in PAGES.glob("*.md")}
    pages = rule_pages()
    changed = sorted(
        name for name in {*committed, *pages} if committed.get(name) != pages.get(name)
    )
    assert not changed, "run `python -m promptops.lint.reference docs/reference/rules`"


def test_every_tag_of_a_rule_is_known():
    unknown = {
        code: wrong for code, rule in RULES.items() if (wrong := sorted({*rule.tags} - {*tags()}))
    }
    assert not unknown


def test_tags_are_unique_described_and_linked():
    assert len(tags()) == sum(len(framework.tags) for framework in frameworks().values())
    for entry in tags().values():
        assert re.fullmatch(r"https://\S+", entry.url), entry.id
        assert entry.text.endswith("."), entry.id
        assert entry.text.count(". ") == 0, entry.id
        assert entry.id.startswith(f"{entry.framework}-" if entry.framework != "owasp-llm" else "")
    assert tag("owasp-llm01").label == "LLM01:2025 Prompt Injection"
    with pytest.raises(InputError, match='did you mean "gdpr-art5"'):
        tag("gdpr-art-5")


ASKED = {"ECO001": "ECO001", "eco001": "ECO001", "filler": "ECO001", "vague_quantifier": "AMB001"}


@pytest.mark.parametrize(("asked", "code"), ASKED.items())
def test_a_rule_is_found_by_code_or_name(asked, code):
    assert find_rule(asked).code == code


def test_a_check_that_asks_a_model_is_explained_too():
    page = explain("llm002")
    assert page.startswith("# LLM002 ")
    assert "Agreement with labels" in page
    assert "`--llm`" in page


def test_an_unknown_rule_names_the_nearest():
    with pytest.raises(UsageError, match=r'no rule is called "filer".*did you mean "filler"'):
        explain("filer")


def test_a_page_says_what_why_how_and_how_to_allow_it():
    page = explain("filler")
    rule = RULES["ECO001"]
    for text in (rule.summary, rule.rationale, rule.bad, rule.good, rule.advice, rule.source):
        assert text in page
    assert "| Fix | safe: `--fix` makes it |" in page
    assert "# promptops: ignore[filler] why it is right here" in page


@pytest.mark.parametrize("code", RULES)
def test_a_page_is_whole_markdown(code):
    page = explain(code)
    fences = re.findall(r"^(`{3,})(\w*)$", page, re.MULTILINE)
    depth, opened = 0, ""
    for marks, info in fences:
        if not opened:
            opened, depth = marks, depth + 1
        elif marks == opened and not info:
            opened, depth = "", depth - 1
    assert depth == 0
    for name in RULES[code].defaults:
        assert f"\n{name} = " in page


def test_pages_of_rules_that_are_gone_are_deleted(tmp_path):
    gone = tmp_path / "AMB999-gone.md"
    gone.write_text("x")
    kept = tmp_path / "notes.md"
    kept.write_text("x")
    assert gone in write_pages(tmp_path)
    assert (gone.exists(), kept.exists()) == (False, True)
    assert write_pages(tmp_path) == []


def test_accuracy_is_told_with_its_set_and_interval(tmp_path):
    path = tmp_path / "accuracy.json"
    row = {"set": "hand", "labeled": 40, "found": 38, "true": 36, "precision": 0.947}
    row |= {"precision_interval": [0.83, 0.99], "recall": None}
    sets = {"hand": {"size": 1200, "description": "real prompts"}}
    path.write_text(json.dumps({"made": "2026-01-31", "sets": sets, "rules": {"AMB001": row}}))
    card = read_accuracy(path)["AMB001"]
    assert share(card.precision, card.precision_interval) == "0.95 (0.83 to 0.99)"
    assert share(card.recall, card.recall_interval) == "-"
    assert (card.set_size, card.made) == (1200, "2026-01-31")
    assert accuracy_rows(["XXX999"])[0][:2] == ("XXX999", "not measured")
