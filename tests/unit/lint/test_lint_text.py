"""Regions, slots and sentences; patterns that cannot run away."""

import re
import re._parser as regex_parser
from importlib import import_module
from pkgutil import walk_packages

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import promptops.lint
from promptops.lint import lint_prompts, parse_text
from promptops.lint.phrases import LazyPattern
from promptops.lint.regions import REGIONS, paint
from promptops.lint.slots import tags
from promptops.lint.text import lower, sentences, shingles
from promptops.lint.validators import is_card_number, is_iban, is_ssn

REGION_OF_X = {
    "plain text": ("Say X now.", "instruction"),
    "double quotes": ('Say "hello X there" now and then go on with the task.', "quote"),
    "curly quotes": ("Say “hello X there” now and then go on with the task.", "quote"),
    "quotes over a line end": ('Flag texts such as "hello X\nthere" and go on with it.', "quote"),
    "curly quotes over two line ends": (
        "Flag texts such as “hello\nX\nthere” and then go on with the task at hand.",
        "quote",
    ),
    "guillemets over a line end": (
        "Markiere Texte wie «hallo\n  X dort» und mache dann damit weiter.",
        "quote",
    ),
    "an odd inch mark": ('Use a 5" screen.\nThen X and show it on a 7" one.', "instruction"),
    "a mark apart from words": ('Split at " here.\nThen X and join at " again.', "instruction"),
    "a stray opening mark": ('Say "hello to them.\n\nThen X and say bye" to all.', "instruction"),
    "a list between two marks": ('- Say "hello to them.\n- X and say bye".', "instruction"),
    "quotes over four lines": ('Say "a\nb\nX\nd" and go on with the task.', "instruction"),
    "a block quote": ("They wrote to us again last week, at length:\n> X\n", "quote"),
    "a fence": ("Read this piece of code, please:\n```\nX\n```\n", "code"),
    "a code span": ("Run `X` now.", "code"),
    "an unclosed fence": ("Read this:\n```\nX\n", "instruction"),
    "an example section": ("# Task\nDo it.\n## Examples\nX\n", "example"),
    "after an example section": ("## Examples\na\n## Task\nX\n", "instruction"),
    "an example tag": ("Do it.\n<example>X</example>", "example"),
    "an example paragraph": ("Do it.\nExample: X\n\nMore.", "example"),
    "after an example paragraph": ("Do it.\nExample: a\n\nX", "instruction"),
    "an aside": ("Name fruit (e.g. X) only.", "example"),
    "after an aside": ("Name fruit (e.g. a) X only.", "instruction"),
    "an apostrophe is no quote": ("It's X and that's it.", "instruction"),
    "all in one fence": ("```\nIgnore this X\n```", "instruction"),
    "all in quotes": ('"Ignore this X"', "instruction"),
}


@pytest.mark.parametrize(("text", "region"), REGION_OF_X.values(), ids=REGION_OF_X)
def test_each_character_has_its_region(text, region):
    assert REGIONS[paint(text)[text.index("X")]].value == region


def test_tags_are_found_and_loops_traced():
    source = (
        "{# c #}{% for d in docs %}{{ d.title }}{% endfor %}{{ '{{' }}{% raw %}{{ x }}{% endraw %}"
    )
    found = [(tag.kind, tag.name) for tag in tags(source)]
    assert found == [
        ("comment", ""),
        ("statement", ""),
        ("value", "docs"),
        ("statement", ""),
        ("literal", ""),
        ("statement", ""),
        ("statement", ""),
    ]


SENTENCES = {
    "two sentences": ("One. Two.", ["One.", "Two."]),
    "an abbreviation": ("Use e.g. This one.", ["Use e.g. This one."]),
    "a wrapped line": ("One\ntwo three.", ["One\ntwo three."]),
    "list items": ("- one\n- two", ["- one", "- two"]),
    "a label": ("Rules:\nOne.", ["Rules:", "One."]),
}


@pytest.mark.parametrize(("text", "wanted"), SENTENCES.values(), ids=SENTENCES)
def test_sentences(text, wanted):
    assert [text[start:end] for start, end in sentences(text)] == wanted


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_is_checked_and_places_stay_inside(text):
    assert len(lower(text)) == len(text)
    # The dotted capital I aside, which two characters replace.
    assert lower(text) == "\u0130".join(part.lower() for part in text.split("\u0130"))
    assert len(paint(text)) == len(text)
    report = lint_prompts([parse_text(text, path="a")])
    assert not report.skipped
    lines = text.split("\n")
    for found in report.findings:
        assert 1 <= found.line <= found.end_line <= len(lines)
        assert 1 <= found.column <= len(lines[found.line - 1]) + 1


def modules() -> list:
    found = walk_packages(promptops.lint.__path__, "promptops.lint.")
    return [import_module(module.name) for module in found]


def patterns(value, depth: int = 3) -> list[re.Pattern]:
    if isinstance(value, re.Pattern | LazyPattern):
        return [value]
    if isinstance(value, type) and depth:
        return [p for part in vars(value).values() for p in patterns(part, depth - 1)]
    if isinstance(value, tuple) and depth:
        return [p for part in value for p in patterns(part, depth - 1)]
    return []


def unbounded(tree, *, nested: bool = False) -> list[str]:
    """Repetitions without a bound, and bounded ones nested deep enough to multiply."""
    faults = []
    for operation, argument in tree:
        if operation in {regex_parser.MAX_REPEAT, regex_parser.MIN_REPEAT}:
            _, most, inner = argument
            single = len(inner) == 1 and inner[0][0] in {
                regex_parser.IN,
                regex_parser.LITERAL,
                regex_parser.NOT_LITERAL,
                regex_parser.ANY,
            }
            if most is regex_parser.MAXREPEAT:
                faults.append(f"no bound: {argument}")
            if nested and not single and most > 2:
                faults.append(f"nested: {argument}")
            faults += unbounded(inner, nested=nested or most > 2)
        elif operation is regex_parser.SUBPATTERN:
            faults += unbounded(argument[3], nested=nested)
        elif operation is regex_parser.BRANCH:
            faults += [f for branch in argument[1] for f in unbounded(branch, nested=nested)]
        elif operation in {regex_parser.ASSERT, regex_parser.ASSERT_NOT}:
            faults += unbounded(argument[1], nested=nested)
    return faults


# What reads our own words only: reports and the reference.
OURS = ("promptops.lint.reporters", "promptops.lint.reference")
SHORT_TEXTS_ONLY = {"_BY_NAME", "_SECTION", "_REPEATED", "_HEX", "_KEY", "_NAME"}


def test_no_pattern_over_prompts_can_run_away():
    checked = 0
    for module in modules():
        if module.__name__.startswith(OURS):
            continue
        for name, value in vars(module).items():
            borrowed = isinstance(value, type) and value.__module__ != module.__name__
            if name in SHORT_TEXTS_ONLY or borrowed:
                continue
            for pattern in patterns(value):
                checked += 1
                faults = unbounded(regex_parser.parse(pattern.pattern, pattern.flags))
                assert not faults, f"{module.__name__}.{name}: {faults[0][:200]}"
    assert checked > 100


PUMPED = [
    "a", " ", "\n", '"', "'", "`", "```\n", "{", "{{", "<a>", "<", "[a", "- a\n", "# a\n",
    "e.g. ", "1", "1 ",
    "return only ", "ignore all ", "a@", "a.", "MUST ", "://", "&#", "é", "A1b2", "\u200b",
]  # fmt: skip


@pytest.mark.parametrize("piece", PUMPED)
def test_long_and_monotonous_texts_end(piece):
    text = piece * (60_000 // len(piece)) + "x"
    assert lint_prompts([parse_text(text, path="a")]).checked == 1


def test_numbers_are_checked_and_not_only_shaped():
    assert is_card_number("4539148803436467")
    assert not is_card_number("4539148803436468")
    assert is_iban("DE89370400440532013000")
    assert not is_iban("DE88370400440532013000")
    assert is_ssn("536228741")
    assert not is_ssn("900228741")


def test_shingles_of_short_texts_are_the_text():
    assert shingles("One two") == {"one two"}
    assert shingles("") == frozenset()
