"""Deterministic compression: what goes, what stays, and that doing it twice changes nothing."""

import contextlib
import csv
import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.errors import TemplateError
from promptops.lint.regions import fenced
from promptops.optimize.compressing import STRENGTHS, compress
from promptops.optimize.compressing.literals import literals
from promptops.optimize.compressing.phrases import PHRASES
from promptops.optimize.compressing.sentences import said_in
from promptops.prompts.template import parse_template

ROOT = Path(__file__).parents[3]
DATA = Path(os.environ.get("PROMPTOPS_DATA", ROOT.parent / "shared" / "data")) / "intel/prompts"
LONGEST = 20_000

SHORTER = {
    "politeness": ("Please kindly sort the message.", "Sort the message."),
    "a request": ("Could you please sort it?", "Sort it?"),
    "wordy phrases": ("Read it in order to book prior to noon.", "Read it to book before noon."),
    "a phrase over two lines": ("Read it in\norder to book it.", "Read it to book it."),
    "a lead-in": ("Your task is to sort the mail.", "Sort the mail."),
    "a lead-in of an item": ("- Make sure to sort the mail.", "- Sort the mail."),
    "a hedge before a comma": ("Sort it, if possible, by day.", "Sort it, by day."),
    "a hedge at the end": ("Sort it, if possible.", "Sort it."),
    "a role without a field": ("You are a helpful assistant. Sort the mail.", "Sort the mail."),
    "said before": (
        "Answer with the label of the mail. Be quick. Answer with the label of the mail!",
        "Answer with the label of the mail. Be quick.",
    ),
    "an article fits the next word": ("Write an extremely short note.", "Write a short note."),
    "encouragement and thanks": ("Sort it. Do your best! Thank you in advance.", "Sort it."),
    "a call to think": (
        "Take a step back and think step-by-step about how to do it. Sort it.", "Sort it.",
    ),
    "a heading said twice": ("Sort it.\n\n# INPUT\n\nINPUT: x", "Sort it.\n\nINPUT: x"),
    "banners": ("A rule\n\n==========\n\nSort it.", "A rule\n\nSort it."),
    "long enumerations": ("Find marks such as a, b, c, d, and e.", "Find marks such as a, b, c."),
    "JSON layout": ('Answer:\n{\n  "a": "b"\n}', 'Answer:\n{"a": "b"}'),
}  # fmt: skip


@pytest.mark.parametrize(("text", "shorter"), SHORTER.values(), ids=SHORTER)
def test_what_is_taken_out(text, shorter):
    done = compress(text)
    assert done.text == shorter
    assert done.removals


STAYS = {
    "a quote": 'Reply "please wait" to it.',
    "a template tag": "Sort {{ please }} now.",
    "a raw block": "{% raw %}Please note that{% endraw %} is what they say.",
    "code": "Run `in order to` as it is.",
    "a fenced block": "Print:\n```\nplease  note\n\n\n\nthis\n```",
    "a prohibition said twice": "Never name a price of a rival. Go. Never name a price of a rival.",
    "a number in thanks": "Thank you for 3 examples of it.",
    "a tag in angle brackets": "Read <the very document> first.",
    "an order that the lead-in needs": "You should be quick.",
    "a statement": "You will be given a text.",
    "a role with a field": "You are an expert tax lawyer.",
    "JSON that is to be indented": 'Answer with indented JSON:\n{\n  "a": "b"\n}',
    "JSON with a key twice": 'Answer:\n{\n  "a": "b",\n  "a": "c"\n}',
    "the same words under two headings": "# A\n- Impact: who is hit.\n# B\n- Impact: who is hit.",
    "a sentence that points back": "Sort by day. Write this as a list. Sort. Write this as a list.",
    "instructions behind a deep breath": "Take a deep breath and then write the summary.",
}  # fmt: skip


@pytest.mark.parametrize("text", STAYS.values(), ids=STAYS)
def test_what_stays(text):
    assert literals(compress(text).text) == literals(text)
    assert compress(text, strength="moderate").text == text


def test_kept_sentences_stay_word_for_word():
    text = "Please  give advice.\nPlease sort it."
    assert compress(text, keep=["Please give advice."]).text == "Please  give advice.\nSort it."


def test_the_last_mention_of_a_term_stays():
    text = "Sort the mail. I hope you like the word refund."
    assert compress(text).text == "Sort the mail."
    assert compress(text, terms=["refund"]).text == text


def test_what_an_earlier_message_says_is_not_said_again():
    before = said_in("Answer with the label of the mail.")
    text = "Answer with the label of the mail. {{ mail }}"
    assert compress(text, before=before).text == "{{ mail }}"


def test_removals_are_told_in_words():
    done = compress("Please read it in order to sort it.", strength="careful")
    assert [str(each) for each in done.removals] == [
        'politeness: "Please"', 'wordy phrase: "in order to" -> "to"',
    ]  # fmt: skip


def test_phrases_are_well_formed_and_shorter():
    assert sum(len(table) for table in PHRASES.values()) > 400
    for table in PHRASES.values():
        for long, short in table.items():
            assert len(short) < len(long)
            assert long == " ".join(long.split()).lower()
            assert literals(long) == literals(short), long


PIECES = st.sampled_from(
    ["please ", "Please ", "in order to ", "Your task is to ", "{{ x }}", '"a', '" ', "`b` ", "3 ",
     "not ", "never ", "very ", "\n", "\n\n\n", "- ", "# A\n", "```\n", "word ", "Sort it. ",
     "{% raw %}", "{% endraw %}", "such as a, b, c, d, e. ", "Thank you! ", "**b** ", "İ ", "…",
     "{\n"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join), st.sampled_from(STRENGTHS))
def test_twice_is_once_and_literals_survive(text, strength):
    once = compress(text, strength=strength).text
    assert len(once) <= len(text)
    assert literals(once) == literals(text)
    assert compress(once, strength=strength).text == once


def real_prompts():
    csv.field_size_limit(10**9)
    file = DATA / "awesome-chatgpt-prompts.csv"
    if not file.exists():
        pytest.skip(f"needs outside data: set PROMPTOPS_DATA ({file} is not there)")
    with file.open(encoding="utf-8", newline="") as stream:
        yield from (row["prompt"] for row in csv.DictReader(stream))
    lines = (DATA / "fabric_patterns.jsonl").read_text(encoding="utf-8").splitlines()
    yield from (json.loads(line)["text"] for line in lines)


def must_survive(text):
    """What the contract names, read by patterns of its own."""
    names = None
    with contextlib.suppress(TemplateError):
        names = parse_template(text).names
    return {
        "template": names,
        "numbers": sorted(re.findall(r"\d+", text)),
        "negations": len(re.findall(r"(?i)\b(?:not|never|no|without|cannot)\b|n['’]t\b", text)),
        "placeholders": sorted(re.findall(r"\$\{[^{}\n]+\}", text)),
        "quotes": sorted(re.findall(r"“[^”\n]{1,300}”", text)),
        "code": [text[start:end] for start, end in fenced(text) if "{" not in text[start:end]],
    }


@pytest.mark.slow
@pytest.mark.parametrize("strength", ["moderate", "telegram"])
def test_real_prompts_keep_what_they_must(strength):
    count = shorter = 0
    for text in real_prompts():
        if len(text) > LONGEST:
            continue
        done = compress(text, strength=strength)
        assert must_survive(done.text) == must_survive(text)
        assert compress(done.text, strength=strength).text == done.text
        count += 1
        shorter += len(done.text) < len(text)
    assert count > 1700
    assert shorter > count / 2
