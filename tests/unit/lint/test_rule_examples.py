"""Every rule fires on its own bad example and is silent on its good one.

Rules about several prompts are held to theirs in `test_lint_project`.
"""

import pytest

from promptops.lint import RULES, LintOptions, lint_files
from promptops.lint.documentation import as_prompt_file
from promptops.prompts.loader import parse_prompt

SECTIONS = ("summary", "rationale", "bad", "good", "advice", "source")


def codes(example: str, code: str) -> set[str]:
    report = lint_files([parse_prompt(as_prompt_file(example), "example.prompt.yaml")])
    assert not report.skipped
    return {finding.code for finding in report.findings} & {code}


@pytest.mark.parametrize("code", [code for code in RULES if not RULES[code].needs_project])
def test_the_bad_example_is_found_and_the_good_one_is_not(code):
    rule = RULES[code]
    assert codes(rule.bad, code) == {code}, "the bad example is not found"
    assert codes(rule.good, code) == set(), "the good example is found"


@pytest.mark.parametrize("code", RULES)
def test_a_rule_is_documented_in_full(code):
    rule = RULES[code]
    missing = [section for section in SECTIONS if not getattr(rule, section)]
    assert not missing
    assert rule.__module__.rpartition(".")[2] == rule.name.replace("-", "_")


def test_codes_and_names_are_unique_and_in_order():
    assert list(RULES) == sorted(RULES)
    assert len({rule.name for rule in RULES.values()}) == len(RULES)
    assert LintOptions().rules() == tuple(RULES.values())
