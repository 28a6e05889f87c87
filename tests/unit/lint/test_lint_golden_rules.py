"""Prompts against their golden sets: what no case exercises, and what the cases contradict."""

import pytest

from promptops.lint import Finding, LintOptions, parse_text
from promptops.lint.project.demands import label_lists
from promptops.lint.project.languages import languages_of
from promptops.lint.project_engine import lint_project
from promptops.testing.projects import project_of

EVALS = (
    "evals: [{{id: gold, dataset: datasets/golden/example.jsonl, metrics: {{{}: {{min: 0.1}}}}}}]\n"
)


def project(prompt: str, golden: list[str], metric: str = "exact_match") -> str:
    """A prompt (a text, or a piece of a file) with the rows of its golden set."""
    if not prompt.startswith(("messages:", "output:", "variables:")):
        prompt = f"messages:\n  - role: user\n    content: |-\n      {prompt}\n"
    rows = "\n".join(f"  - {row}" for row in golden)
    return f"id: p\n{EVALS.format(metric)}{prompt}---\ngolden:\n{rows}\n"


def texts(*expected: str) -> list[str]:
    return [f"expected: {text!r}" for text in expected]


def lint(code: str, text: str) -> tuple[Finding, ...]:
    checked = lint_project(project_of(text), LintOptions(select=frozenset({code})))
    assert not checked.skipped
    return checked.findings


def told(code: str, text: str) -> list[str]:
    return [finding.message for finding in lint(code, text)]


LABELS = "output: {schema: {type: object, properties: {label: {enum: [a b, c, d]}}}}\n"
FLAG = "output: {schema: {type: object, properties: {urgent: {type: boolean}, n: {}}}}\n"
SITE = """\
variables:
  q: {type: string, max_length: 9}
  site: {type: string, default: Ghent, enum: [Ghent, Lyon]}
"""
TONE = """\
variables: {q: {type: string, max_length: 9}, tone: {type: string, required: false}}
messages: [{role: user, content: "{% if tone %}Be {{ tone }}.{% endif %} {{ q }}"}]
"""
SAME_LANGUAGE = "Answer in the language of the question."
ENGLISH = [
    f"{{inputs: {{q: 'where is the shop and is it open {n}'}}, expected: x}}" for n in "12345"
]
FRENCH = "{inputs: {q: 'où est la boutique et que faire pour les retours'}, expected: x}"

UNTESTED = {
    "a label of the schema": (LABELS, ["expected: {label: a_b}", "expected: {label: C}"], ['"d"']),
    "a label as a bare text": (LABELS, texts("a b", "c"), ['"d"'], "label_match"),
    "a truth value": (
        FLAG,
        ["expected: {urgent: true, n: 1}"],
        ['expects "urgent" to be false'],
    ),
    "a key": (FLAG, ["expected: {urgent: true}", "expected: {urgent: false}"], ['the key "n"']),
    "every label is expected": (
        LABELS,
        ["expected: {label: d}", *texts("a b", "c")],
        [],
        "label_match",
    ),
    "a label of the wording": (
        "Labels: red, green, blue.",
        texts("red", "green"),
        ['expects "blue"'],
    ),
    "labels as a list": (
        "Answer with one of these labels:\n      - red: it burns\n      - green\n      - deep blue",
        texts("red", "green"),
        ['expects "deep blue"'],
    ),
    "an enumeration that is no list of labels": (
        "You know topics such as tents, stoves and boots.",
        texts("yes", "no"),
        [],
    ),
    "a branch with its answer": (
        'If there is no date, answer "none". Otherwise answer with the date.',
        texts("2026-01-01"),
        ['leads to "none"'],
    ),
    "a branch that a case leads to": (
        'If there is no date, answer "none".',
        texts("2026-01-01", "None."),
        [],
    ),
    "a branch to abstaining": (
        'If the text does not say, answer "not stated".',
        ["expected: null", *texts("x")],
        [],
    ),
    "words that somebody else says": (
        'If they say "yes," go on. If necessary, you can use "maybe".',
        texts("x"),
        [],
    ),
    "a branch inside an example": (
        'Answer.\n\n      Example:\n      If it rains, say "wet".',
        texts("x"),
        [],
    ),
    "a value of a closed variable": (
        SITE,
        ["{inputs: {q: a, site: Ghent}, expected: x}", "{inputs: {q: b}, expected: x}"],
        ['has "site" as "Lyon"'],
    ),
    "the default counts": (
        SITE,
        ["{inputs: {q: a, site: Lyon}, expected: x}", "{inputs: {q: b}, expected: x}"],
        [],
    ),
    "a branch of the template never taken": (
        TONE,
        ["{inputs: {q: a}, expected: x}"],
        ["never take this branch"],
    ),
    "a branch of the template always taken": (
        TONE,
        ["{inputs: {q: a, tone: kind}, expected: x}"],
        ["always take this branch"],
    ),
    "a branch of the template both ways": (
        TONE,
        ["{inputs: {q: a, tone: kind}, expected: x}", "{inputs: {q: a}, expected: x}"],
        [],
    ),
    "one language": (SAME_LANGUAGE, ENGLISH, ["every golden case is in English"]),
    "two languages": (SAME_LANGUAGE, [*ENGLISH, FRENCH], []),
    "too few cases to tell the language": (SAME_LANGUAGE, ENGLISH[:3], []),
}


@pytest.mark.parametrize("case", UNTESTED.values(), ids=UNTESTED)
def test_what_no_case_exercises_is_named(case):
    prompt, golden, said, *metric = case
    found = told("REG010", project(prompt, golden, *metric))
    assert len(found) == len(said), found
    for message, words in zip(found, said, strict=True):
        assert words in message


TYPED = "output: {schema: {type: object, properties: {n: {type: integer}, d: {pattern: '^LF'}}}}\n"
SUMMARY = """\
messages: [{role: user, content: Write a summary of at most three words. Keep the title long.}]
output: {schema: {type: object, properties: {summary: {type: string}, title: {type: string}}}}
"""
SHOT = """\
messages:
  - {role: user, content: one}
  - {role: assistant, content: '{"name": "x"}'}
  - {role: user, content: two}
"""
CONTRADICTED = {
    "a label that the schema does not list": (
        LABELS,
        ["expected: {label: a-B}", "expected: {label: e}"],
        ['case "c2"', 'expects "e" as "label"'],
    ),
    "a type": (TYPED, ["expected: {n: some}", "expected: {d: LF-1}"], ['expects "some" as "n"']),
    "a number written as text": (TYPED, ["expected: {n: '12'}"], []),
    "a number written as text, with bounds": (
        "output: {schema: {properties: {n: {type: number, minimum: 0}}}}\n",
        ["expected: {n: '12'}", "expected: {n: -1}"],
        ['expects "-1" as "n"'],
    ),
    "a pattern": (TYPED, ["expected: {d: XX}"], ['expects "XX" as "d"']),
    "a key": (TYPED, ["expected: {n: 1, name: x}"], ['the key "name"', "declared output"]),
    "a key that only a shot shows": (SHOT, ["expected: {title: x}"], ['the key "title"']),
    "a key that a shot shows": (SHOT, ["expected: {name: y}"], []),
    "abstaining": (TYPED, ["expected: {n: null}", "expected: null"], []),
    "too many words": (
        "Answer in at most three words.",
        texts("a b c", "a b c d", "a b c d e"),
        ['case "c2"', "(and 1 more)", 'against "at most three words"'],
    ),
    "fewer than excludes the number": ("Use fewer than three words.", texts("a b c"), ['"a b c"']),
    "a limit of another part": ("Give each item a title of at most two words.", texts("a b c"), []),
    "a conditional limit": ("If it is urgent, use at most two words.", texts("a b c"), []),
    "one sentence": ("Reply in one short sentence.", texts("One. Two."), ["One. Two."]),
    "a limit of one key": (SUMMARY, ["expected: {summary: a b c d, title: a b c d}"], ["a b c d"]),
    "letters": ("Answer in lower case.", texts("ok", "Oh"), ['expects "Oh"']),
    "letters that the metric does not tell apart": (
        "Answer in lower case.",
        texts("ok", "Oh"),
        [],
        "normalized_match",
    ),
    "the form of dates": (
        "Write dates as YYYY-MM-DD.",
        texts("2026-01-31", "31.01.2026", "three days"),
        ['expects "31.01.2026"', "YYYY-MM-DD"],
    ),
    "a label that the wording does not list": (
        "Labels: red, green, blue.",
        texts("red", "green", "Dark blue"),
        ['expects "Dark blue"'],
    ),
    "an enumeration that is no list of labels": (
        "Topics: tents, stoves, boots.",
        texts("tents", "yes", "no", "maybe"),
        [],
    ),
}


@pytest.mark.parametrize("case", CONTRADICTED.values(), ids=CONTRADICTED)
def test_what_the_cases_contradict_is_named_with_its_case(case):
    prompt, golden, said, *metric = case
    found = told("REG011", project(prompt, golden, *metric))
    assert len(found) == bool(said), found
    for words in said:
        assert words in found[0]


ODD_SCHEMAS = {
    "a reference": "{$ref: '#/$defs/size'}",
    "several types": "{type: [string, 'null']}",
    "a list of objects": "{enum: [{a: 1}, [2], null]}",
    "alternatives": "{anyOf: [{type: string, maxLength: 2}, {type: boolean}]}",
    "a list": "{type: array, items: {type: number}}",
    "anything": "true",
}
ODD_VALUES = ["null", "'text'", "7", "{size: null}", "{size: [a]}", "{size: {a: 1}}", "{size: big}"]


@pytest.mark.parametrize("part", ODD_SCHEMAS.values(), ids=ODD_SCHEMAS)
def test_no_schema_and_no_answer_breaks_a_rule(part):
    defs = "$defs: {size: {enum: [small, big]}}"
    output = f"output: {{schema: {{{defs}, properties: {{size: {part}}}}}}}\n"
    text = project(output, [f"expected: {value}" for value in ODD_VALUES])
    codes = frozenset({"REG010", "REG011", "CON009", "SEC020", "REG012"})
    assert lint_project(project_of(text), LintOptions(select=codes)).skipped == ()


def test_a_reference_of_the_schema_is_followed():
    output = (
        "output: {schema: {$defs: {s: {enum: [a]}}, properties: {size: {$ref: '#/$defs/s'}}}}\n"
    )
    assert lint("REG011", project(output, ["expected: {size: a}"])) == ()
    assert len(lint("REG011", project(output, ["expected: {size: b}"]))) == 1


def test_answers_for_a_knowledge_base_version_count():
    golden = ["answers: {old: red, new: green}", "answers: {old: blue}"]
    assert lint("REG010", project("Labels: red, green, blue.", golden)) == ()


def test_a_finding_points_at_the_words():
    text = project("Be kind. Answer in at most two words.", texts("a b c"))
    (found,) = lint("REG011", text)
    line = project_of(text).members[0].file.text.split("\n")[found.line - 1]
    assert line[found.column - 1 : found.end_column - 1] == "at most two words"


LISTS = {
    "Labels: angry, neutral, happy.": ("angry", "neutral", "happy"),
    "Classify the mail as `spam`, `ham` or `unsure`.": ("spam", "ham", "unsure"),
    "Answer with yes or no.": ("yes", "no"),
    "Sort it into one of these categories:\n1. Refund (money)\n2. Late delivery": (
        "Refund",
        "Late delivery",
    ),
    "Label each: Sure / Likely / Open.": ("Sure", "Likely", "Open"),
    "Topics: cars, boats, etc.": None,
    "Topics: a thing that nobody would ever take for one label, and more": None,
}


@pytest.mark.parametrize(("text", "labels"), LISTS.items())
def test_lists_of_labels_are_read(text, labels):
    found = [item.labels for item in label_lists(parse_text(text, path="x"))]
    assert found == ([labels] if labels else [])


TONGUES = {
    "English": "Where is my order, and is it on the way?",
    "German": "Wo ist die Bestellung und warum kommt sie nicht?",
    "Greek": "Πού είναι η παραγγελία μου;",
    "": "OK 123",
}


@pytest.mark.parametrize(("name", "text"), TONGUES.items())
def test_languages_are_told_by_script_and_function_words(name, text):
    assert languages_of([{"q": text}]) == ({name} if name else set())
