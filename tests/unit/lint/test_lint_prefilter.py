"""The prefilter loses nothing: what a rule would find, it lets through."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promptops.lint import RULES, LintOptions, parse_text
from promptops.lint.prefilter import Prefilter
from promptops.lint.rule import PhraseRule, Rule
from promptops.lint.secrets.gate import WINDOW

TEXT_RULES = [rule for rule in RULES.values() if rule.triggers or rule.shapes]
PHRASES = [
    rule for rule in TEXT_RULES if issubclass(rule, PhraseRule) and "check" not in vars(rule)
]

SECRETS = Prefilter([RULES["PRI001"]])


def found(rule: type[Rule], text: str) -> bool:
    return any(True for _ in rule(None).check(parse_text(text, path="a")))


@pytest.mark.parametrize("rule", PHRASES, ids=lambda rule: rule.code)
def test_every_text_that_a_pattern_matches_holds_a_trigger(rule):
    prefilter = Prefilter([rule])

    @given(st.from_regex(re.compile(rule.pattern.pattern)))
    @settings(
        max_examples=12,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    def check(text):
        if rule.pattern.search(text.lower()):
            assert prefilter.candidates(text)

    check()


ODD = {
    "upper case": str.upper,
    "dotted capital I beside it": lambda text: f"\u0130 {text}",
    "Kelvin sign for k": lambda text: text.replace("k", "\u212a"),
    "long text before": lambda text: "x" * 5000 + "\n\n" + text,
    "a lone surrogate beside it": lambda text: f"\udcff {text}",
    "a NUL beside it": lambda text: f"\0 {text}",
    "fullwidth digits beside it": lambda text: f"\uff11\uff12 {text}",
    "lines for spaces": lambda text: text.replace(" ", "\n"),
    "runs of white space for spaces": lambda text: text.replace(" ", "\t\n "),
    "no-break spaces for spaces": lambda text: text.replace(" ", "\u00a0"),
}


@pytest.mark.parametrize("change", ODD.values(), ids=ODD)
@pytest.mark.parametrize("rule", TEXT_RULES, ids=lambda rule: rule.code)
def test_no_odd_character_hides_a_finding_from_the_prefilter(rule, change):
    text = change(rule.bad)
    if found(rule, text):
        assert Prefilter([rule]).candidates(text)


def test_what_holds_no_trigger_is_not_looked_at():
    kinds = [rule for rule in LintOptions().rules() if rule.triggers or rule.shapes]
    assert len(Prefilter(kinds).candidates("Name the capital of France.")) < len(kinds) / 10


def test_triggers_are_lower_case_and_shapes_compile_in_ascii():
    for rule in TEXT_RULES:
        assert all(word == word.lower() and word.strip("\n") for word in rule.triggers), rule.code
        assert all(shape.isascii() for shape in rule.shapes), rule.code
        assert not any(re.escape(shape) == shape for shape in rule.shapes), f"{rule.code}: literal"
    Prefilter(TEXT_RULES)


def test_what_only_a_file_can_be_about_is_not_looked_up_in_bare_texts():
    kind = type("Keyed", (Rule,), {"triggers": ("json",), "file_triggers": ("markdown",)})
    assert Prefilter([kind]).candidates("Write Markdown.")
    assert not Prefilter([kind], bare=True).candidates("Write Markdown.")
    assert Prefilter([kind], bare=True).candidates("Write JSON.")


@given(st.from_regex(r"[a-z0-9_.~+/-]{0,15}[0-9][a-z0-9_.~+/-]{0,15}", fullmatch=True))
def test_every_long_run_with_a_digit_is_looked_at_for_secrets(run):
    if len(run) >= WINDOW:
        assert SECRETS.candidates(f"Take {run} and go on.")
