"""Rules about prompts together, and about a prompt and what stands around it."""

import random
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.lint import RULES, Finding, LintOptions, Severity, lint_files
from promptops.lint.project import ProjectRule, Unread
from promptops.lint.project.likeness import near_pairs
from promptops.lint.project_engine import lint_project, with_project
from promptops.testing.projects import project_of

PROJECT_RULES = {code: rule for code, rule in RULES.items() if issubclass(rule, ProjectRule)}


def lint(code: str, text: str, **options) -> tuple[Finding, ...]:
    chosen = LintOptions(select=frozenset({code}), **options)
    checked = lint_project(project_of(text), chosen)
    assert not checked.skipped
    return checked.findings


def told(found: Iterable[Finding]) -> list[tuple[str, str]]:
    return [(finding.prompt_id, finding.message) for finding in found]


@pytest.mark.parametrize("code", PROJECT_RULES)
def test_the_bad_example_is_found_and_the_good_one_is_not(code):
    rule = PROJECT_RULES[code]
    found = lint(code, rule.bad)
    assert {finding.code for finding in found} == {code}, "the bad example is not found"
    assert all(finding.advice and finding.line >= 1 for finding in found)
    assert lint(code, rule.good) == (), "the good example is found"


# A variable that a new version loses.

V1 = 'version: "1.2.0"\nvariables: {question: {type: string, max_length: 9}}\n'
V1_TEXT = "messages: [{role: user, content: '{{ question }}'}]\n"
NEW_VARIABLES = {
    "a variable is gone": ("1.3.0", "{}", 'the variable "question" of version 1.2.0 is gone'),
    "a variable is renamed": (
        "1.2.1",
        "{query: {type: string, max_length: 9}}",
        '"question" of version 1.2.0 is called "query" now',
    ),
    "the version says so": ("2.0.0", "{}", ""),
    "a variable is added": (
        "1.3.0",
        "{question: {type: string, max_length: 9}, tone: {type: string, default: kind}}",
        "",
    ),
    "a variable is narrowed": ("1.2.1", "{question: {type: string, max_length: 5}}", ""),
}


@pytest.mark.parametrize(
    ("version", "variables", "said"), NEW_VARIABLES.values(), ids=NEW_VARIABLES
)
def test_a_lost_variable_is_told_unless_the_version_says_so(version, variables, said):
    new = f'id: answer\nversion: "{version}"\nvariables: {variables}\n'
    found = lint("VAR004", f"{new}---\nearlier: answer\n{V1}{V1_TEXT}")
    assert told(found) == ([("answer", said)] if said else [])


def test_below_1_0_a_minor_version_may_break():
    text = 'id: a\nversion: "{}"\n---\nearlier: a\nversion: "0.4.1"\nvariables: {{x: {{}}}}\n'
    assert lint("VAR004", text.format("0.5.0")) == ()
    assert len(lint("VAR004", text.format("0.4.2"))) == 1


# Prompts that stand there twice.

LONG = "Sort the letter by the office that has to answer it. Take the first that fits. "
TAIL = "Never guess: a letter that fits none goes to the front desk, with a note that says why."
TWINS = {
    "other variables and case": (
        (LONG + "{{ a }} " + TAIL, LONG.upper() + "{{ b }}  " + TAIL, ""),
        (Severity.WARNING, 'this says word for word what "one" says'),
    ),
    "a word changed": (
        (LONG + TAIL, LONG + TAIL.replace("front desk", "main desk"), ""),
        None,
    ),
    "a word added at the end": (
        (LONG + TAIL, LONG + TAIL + " Thanks.", ""),
        (Severity.INFO, "of this is what"),
    ),
    "another output": (
        (LONG + TAIL, LONG + TAIL, "output: {schema: {type: object}}"),
        None,
    ),
    "too short to tell": (("Translate {{ a }}.", "Translate {{ b }}.", ""), None),
    "another order": ((LONG + TAIL, TAIL + " " + LONG, ""), None),
}


@pytest.mark.parametrize(("texts", "said"), TWINS.values(), ids=TWINS)
def test_duplicates_are_told_once_at_the_later_prompt(texts, said):
    one, two, extra = texts
    names = "variables: {a: {max_length: 9}, b: {max_length: 9}}\n"
    pieces = [
        f"id: {name}\n{names}{more}\nmessages:\n  - role: user\n    content: {text!r}\n"
        for name, text, more in (("one", one, ""), ("two", two, extra))
    ]
    found = lint("REG012", "---\n".join(pieces))
    assert [(finding.prompt_id, finding.severity) for finding in found] == (
        [("two", said[0])] if said else []
    )
    assert all(said[1] in finding.message for finding in found)


def test_a_house_style_does_not_make_prompts_alike():
    style = " ".join(f"Keep rule {n} of the handbook in mind at all times." for n in range(20))
    pieces = [
        f"id: p{n}\nmessages:\n  - role: user\n    content: {style} Do job {n} as job {n} says.\n"
        for n in range(12)
    ]
    assert lint("REG012", "---\n".join(pieces)) == ()


@given(
    st.lists(st.frozensets(st.integers(0, 12), max_size=9), max_size=9),
    st.sampled_from([0.3, 0.5, 0.8, 1.0]),
)
def test_near_pairs_are_those_of_comparing_all_pairs(sets, threshold):
    found = {(one, two): value for one, two, value in near_pairs(sets, threshold)}
    wanted = {}
    for two, right in enumerate(sets):
        for one, left in enumerate(sets[:two]):
            if left and right:
                value = len(left & right) / len(left | right)
                if value >= threshold:
                    wanted[one, two] = value
    assert found == wanted


# Stages that disagree.

SCORE = "output: {schema: {type: object, properties: {score: {type: number%s}}}}\n"
UNIT = SCORE % ", minimum: 0, maximum: 1"
PLAIN = SCORE % ""
READ = "variables: {score: {type: number}}\nmessages: [{role: user, content: '%s: {{ score }}'}]\n"
MOOD = "output: {schema: {type: object, properties: {mood: {enum: [%s]}}}}\n"
MOODS = "variables: {mood: {enum: [%s]}}\nmessages: [{role: user, content: '{{ mood }}'}]\n"
LOW = "messages: [{role: user, content: 'Give a score (0 to 1) to the draft.'}]\n"
SEAMS = {
    "another range in the wording": (
        (UNIT, READ % "A score of 1-10"),
        'writes "score" from 0 to 1',
    ),
    "a range that only the writer's wording gives": (
        (LOW + PLAIN, READ % "The score is between 1 and 5"),
        'writes "score" from 0 to 1',
    ),
    "the same range": ((UNIT, READ % "The score is between 0 and 1"), ""),
    "numbers that are no range of the key": ((UNIT, READ % "Score. Take 1 to 10 words"), ""),
    "no range": ((UNIT, READ % "The score"), ""),
    "another type": (
        (UNIT, "variables: {score: {type: boolean}}\n"),
        "as a number, this reads a boolean",
    ),
    "an integer where a number is read": (
        ("output: {schema: {properties: {score: {type: integer}}}}\n", READ % "It"),
        "",
    ),
    "a value that is not taken": ((MOOD % "good, bad, ugly", MOODS % "good, bad"), 'as "ugly" too'),
    "more values are taken": ((MOOD % "good, bad", MOODS % "good, bad, ugly"), ""),
    "the same key, nearly the same values": (
        (MOOD % "good, bad, ugly", MOOD % "good, bad, hard"),
        'writes nearly the same "mood": good, bad, ugly',
    ),
    "the same key, other values": ((MOOD % "good, bad", MOOD % "up, down, good"), ""),
    "the same key on another scale": (
        (UNIT, SCORE % ", minimum: 1, maximum: 5"),
        'writes "score" from 0 to 1',
    ),
}


@pytest.mark.parametrize(("pieces", "said"), SEAMS.values(), ids=SEAMS)
def test_stages_of_one_pipeline_agree(pieces, said):
    one, two = (
        f"id: {name}\nx-pipeline: p\n{each}" for name, each in zip("ab", pieces, strict=True)
    )
    found = lint("CON009", f"{one}---\n{two}")
    assert [finding.prompt_id for finding in found] == (["b"] if said else [])
    assert all(said in finding.message for finding in found)


RELATED = {
    "one pipeline": ("x-pipeline: p", "x-pipeline: p", [Severity.ERROR]),
    "one area": ("", "", [Severity.WARNING]),
    "two pipelines": ("x-pipeline: p", "x-pipeline: q", []),
    "a pipeline and none": ("x-pipeline: p", "", []),
    "two areas": ("x-area: one", "x-area: two", []),
}


@pytest.mark.parametrize(("one", "two", "severities"), RELATED.values(), ids=RELATED)
def test_only_prompts_that_belong_together_are_compared(one, two, severities):
    text = f"id: a\n{one}\n{UNIT}---\nid: b\n{two}\n{READ % 'A score of 1-10'}"
    assert [finding.severity for finding in lint("CON009", text)] == severities


def test_a_name_that_any_prompt_uses_is_no_seam_by_itself():
    text = MOOD.replace("mood", "label") % "a, b"
    read = MOODS.replace("mood", "label") % "c"
    assert lint("CON009", f"id: a\n{text}---\nid: b\n{read}") == ()
    assert (
        len(lint("CON009", f"id: a\nx-pipeline: p\n{text}---\nid: b\nx-pipeline: p\n{read}")) == 1
    )


# The data and the routing policy.

REFUSED = "  - {policy: p@1, target: m, constraint: %s, reason: so}\n"
TRAINS = "  - {policy: p@1, target: m, card: {trains_on_data: %s}}\n"
PERSONAL = "data: {classification: internal, contains_pii: true}\n"
PUBLIC = "data: {classification: public, contains_pii: false}\n"
ROUTES = {
    "no target may answer": (PUBLIC, REFUSED % "residency", [Severity.ERROR]),
    "no target fits for other reasons": (PUBLIC, REFUSED % "context", []),
    "one target may answer": (PERSONAL, REFUSED % "residency" + TRAINS % "false", []),
    "a target trains on personal data": (PERSONAL, TRAINS % "true", [Severity.WARNING]),
    "a target trains on restricted data": (
        "data: {classification: restricted, contains_pii: false}\n",
        TRAINS % "true",
        [Severity.WARNING],
    ),
    "a target trains on public data": (PUBLIC, TRAINS % "true", []),
    "the card does not say": (PERSONAL, "  - {policy: p@1, target: m, card: {region: eu}}\n", []),
}


@pytest.mark.parametrize(("data", "routes", "severities"), ROUTES.values(), ids=ROUTES)
def test_data_and_policy_go_together(data, routes, severities):
    found = lint("CMP010", f"id: a\n{data}---\nroutes:\n{routes}")
    assert [finding.severity for finding in found] == severities
    assert all("p@1" in finding.message for finding in found)


# Taint that passes through a prompt.

WRITES = """\
variables: {mail: {type: string, max_length: 9, trust: untrusted}}
messages: [{role: user, content: "<m>{{ mail }}</m>"}]
output: {schema: {type: object, properties: {wish: {%s}}}}
"""
READS = "variables: {wish: {type: string, max_length: 9}}\n%s\n"
IN_USER = 'messages: [{role: user, content: "{{ wish }}"}]'
IN_SYSTEM = 'messages: [{role: system, content: "{{ wish }}"}, {role: user, content: Go.}]'
TOOLS = "model: {requires: {tools: true}}\n" + IN_USER
CLEAN = WRITES.replace(", trust: untrusted", "")
TAINT = {
    "free text in the system message": (WRITES % "type: string", IN_SYSTEM, "the system message"),
    "free text where tools may be called": (WRITES % "type: string", TOOLS, "call tools"),
    "a list of texts": (WRITES % "type: array, items: {type: string}", IN_SYSTEM, "the system"),
    "a closed list": (WRITES % "enum: [refund, repair]", IN_SYSTEM, None),
    "a number": (WRITES % "type: number", IN_SYSTEM, None),
    "a pattern": (WRITES % "type: string, pattern: '^A-[0-9]+$'", IN_SYSTEM, None),
    "trusted sources": (CLEAN % "type: string", IN_SYSTEM, None),
}


@pytest.mark.parametrize(("writes", "reads", "said"), TAINT.values(), ids=TAINT)
def test_taint_is_followed_into_the_next_prompt(writes, reads, said):
    text = f"id: a\nx-pipeline: p\n{writes}---\nid: b\nx-pipeline: p\n{READS % reads}"
    found = lint("SEC020", text)
    assert [(finding.prompt_id, finding.severity) for finding in found] == (
        [("b", Severity.WARNING)] if said else []
    )
    assert all(said in finding.message for finding in found)


def test_taint_in_the_user_message_only_is_a_remark():
    text = f"id: a\nx-pipeline: p\n{WRITES % 'type: string'}---\nid: b\nx-pipeline: p\n"
    (found,) = lint("SEC020", text + READS % IN_USER)
    assert found.severity is Severity.INFO


def test_taint_runs_along_a_chain_whatever_the_prompts_in_between_declare():
    middle = READS % IN_USER + "output: {schema: {type: object, properties: {plan: {}}}}\n"
    last = "variables: {plan: {type: string}}\n" + IN_SYSTEM.replace("wish", "plan")
    pieces = [WRITES % "type: string", middle, last]
    text = "---\n".join(
        f"id: {name}\nx-pipeline: p\n{each}\n" for name, each in zip("abc", pieces, strict=True)
    )
    assert [(f.prompt_id, f.severity) for f in lint("SEC020", text)] == [
        ("b", Severity.INFO),
        ("c", Severity.WARNING),
    ]


# The engine around the rules.

BREAK = f'id: a\nversion: "1.2.1"\n---\nearlier: a\n{V1}'


def both(text: str, **context) -> tuple[list[str], int]:
    """The codes that a whole run reports, and how many findings comments allow."""
    project = project_of(text, **context)
    options = LintOptions(select=frozenset({"VAR004", "REG009"}))
    files = [replace(member.file, path=Path(member.path)) for member in project.members]
    report = with_project(lint_files(files, options=options), project, options)
    return [finding.code for finding in report.findings], report.suppressed


COMMENTS = {
    "none": ("", (["VAR004"], 0)),
    "a comment with its reason": (
        "# promptops: ignore-file[VAR004] no caller is left\n",
        ([], 1),
    ),
    "a group": ("# promptops: ignore-file[VAR] no caller is left\n", ([], 1)),
    "no reason": ("# promptops: ignore-file[VAR004]\n", (["REG009", "VAR004"], 0)),
}


@pytest.mark.parametrize(("comment", "expected"), COMMENTS.values(), ids=COMMENTS)
def test_comments_allow_findings_about_the_project(comment, expected):
    codes, suppressed = both(BREAK.replace("\n", f"\n{comment}", 1))
    assert (sorted(codes), suppressed) == expected


def test_a_comment_about_a_project_rule_is_idle_only_when_the_project_was_checked():
    text = "id: a\n# promptops: ignore-file[VAR004] no caller is left\n"
    member = project_of(text).members[0]
    options = LintOptions(select=frozenset({"VAR004", "REG009"}))
    assert lint_files([member.file], options=options).findings == ()
    assert both(text) == (["REG009"], 0)


def test_context_that_could_not_be_read_is_skipped_and_told_once():
    unread = Unread(need="history", where="a.prompt.yaml", reason="git is locked", prompt_id="a")
    checked = lint_project(
        project_of("id: a\n", unread=(unread,)), LintOptions(select=frozenset({"VAR004"}))
    )
    (skipped,) = checked.skipped
    assert skipped.path == "a.prompt.yaml"
    assert skipped.reason == "VAR004 not checked about a: git is locked"
    other = LintOptions(select=frozenset({"REG012"}))
    assert lint_project(project_of("id: a\n", unread=(unread,)), other).skipped == ()


def test_settings_hold_for_project_rules():
    (found,) = lint("VAR004", BREAK, severity={"VAR004": Severity.INFO})
    assert found.severity is Severity.INFO
    assert lint("VAR004", BREAK, per_path=(("support/*", frozenset({"VAR004"})),)) == ()


def test_the_order_of_the_files_does_not_change_what_is_said():
    project = project_of("---\n".join(f'id: p{n}\nversion: "1.2.{n}"\n' for n in range(5)))
    mixed = list(project.members)
    random.Random(7).shuffle(mixed)
    options = LintOptions(select=frozenset(PROJECT_RULES))
    shuffled = replace(project, members=tuple(mixed))
    assert lint_project(project, options) == lint_project(shuffled, options)
