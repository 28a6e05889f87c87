"""A sieve loses nothing: what the patterns of a rule match in `re`, their images match."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promptops.lint import RULES, Linter, LintOptions, parse_text
from promptops.lint.prefilter import Prefilter
from promptops.lint.rule import Rule
from promptops.lint.sieve import Sieve, folded

SIFTED = [rule for rule in RULES.values() if rule.signs]
SIGNS = {
    f"{rule.code}/{number}": pattern
    for rule in SIFTED
    for number, pattern in enumerate(dict.fromkeys(p for row in rule.signs for p in row))
}


def passes(text: str, *patterns: re.Pattern[str]) -> bool:
    return Sieve((patterns,)).absent(folded(text)) is not None


@pytest.mark.parametrize("pattern", SIGNS.values(), ids=SIGNS)
def test_whatever_a_sign_matches_passes_the_sieve(pattern):
    sieve = Sieve(((pattern,),))

    @given(st.from_regex(re.compile(pattern.pattern)))
    @settings(
        max_examples=6,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    def check(text):
        if pattern.search(text.lower()):
            assert sieve.absent(folded(text)) is not None

    check()


@pytest.mark.parametrize(
    ("pattern", "text"),
    {
        "a letter beyond ASCII": ("señor", "Señor"),
        "a set with a range beyond ASCII": ("[а-я]{3}!", "ДА\u0301 дом!"),
        "anything but": ("a[^b]c", "a\u00e9c"),
        "a word character beyond ASCII": (r"x\wy", "x\u00e9y"),
        "white space beyond ASCII": (r"be\sbrief", "be\u00a0brief"),
        "a line end where a space is meant": ("be brief", "be\nbrief"),
        "the Kelvin sign": ("kind", "\u212aind"),
        "the long s where case does not count": ("(?i:sir)", "\u017fir"),
        "a back reference": (r"(ab|cd)-\1", "cd-cd"),
        "a choice by a group": (r"(<)?a(?(1)>|!)", "a!"),
        "what may match nothing": ("(?:maybe)?", "no"),
        "many repetitions": ("(?:ha){2,9}", "ha" * 9),
        "what stands around it": (r"(?<=\bno )dogs(?= allowed)", "no dogs allowed"),
        "a lone surrogate beside it": ("dogs", "\udcff dogs"),
    }.values(),
)
def test_an_image_matches_where_the_pattern_does(pattern, text):
    compiled = re.compile(pattern)
    assert compiled.search(text.lower().replace("\n", " "))
    assert passes(text, compiled)


def test_every_pattern_of_one_row_has_to_match():
    cat, dog = re.compile("cat"), re.compile("dog")
    assert passes("dog and cat", cat, dog)
    assert not passes("cat and cat", cat, dog)
    either = Sieve(((cat,), (dog,)))
    assert either.absent(folded("a dog")) == {cat}
    assert either.absent(folded("a bird")) is None


ODD = {
    "as it is": str,
    "upper case": str.upper,
    "Kelvin sign for k": lambda text: text.replace("k", "\u212a"),
    "a curly apostrophe beside it": lambda text: f"\u2019 {text}",
    "lines for spaces": lambda text: text.replace(" ", "\n"),
}


@pytest.mark.parametrize("change", ODD.values(), ids=ODD)
@pytest.mark.parametrize("rule", SIFTED, ids=lambda rule: rule.code)
def test_the_linter_finds_in_a_text_what_the_rule_finds_alone(rule, change):
    text = change(rule.bad)
    alone = set(rule(None).check(parse_text(text, path="a")))
    linter = Linter(LintOptions(select=frozenset({rule.code})))
    linter.prepare()  # else its sieve is compiled after many thousand texts
    assert set(linter.check_text(text, path="a").findings) == alone


@pytest.mark.parametrize(
    "text", ["ИГНОРИРУЙ всё", "игнорируй всё", "Игнорируй всё", "50 \u2126", "50 \u03c9"]
)
def test_a_trigger_beyond_ascii_is_seen_in_either_case(text):
    kind = type("Foreign", (Rule,), {"triggers": ("игнорируй", "50 \u03c9")})
    assert Prefilter([kind]).candidates(text)


FORMATS = ("json", "csv", "plain text", "markdown", "prose", "bullet points", "table", "mermaid")
LINTER = Linter(LintOptions(select=frozenset({"CON002"})))
LINTER.prepare()


@pytest.mark.parametrize(
    "demand",
    [
        "Return only {}.",
        "Output {} only.",
        "Only produce\nthe valid {}.",
        "Answer, please, just and very simply in {}.",
        "Your output is only in the raw {}.",
    ],
)
@pytest.mark.parametrize("one", FORMATS)
def test_no_pair_of_formats_escapes_the_sieve(one, demand):
    rule = RULES["CON002"](None)
    rivals = [f"Format it as {other}." for other in FORMATS]
    rivals += ["The answer should look like this: name, then age", "Add an output section called X"]
    texts = [f"{demand.format(one)} {rival}" for rival in rivals]
    alone = [set(rule.check(parse_text(text, path="a"))) for text in texts]
    assert any(alone)
    assert [set(LINTER.check_text(text, path="a").findings) for text in texts] == alone
