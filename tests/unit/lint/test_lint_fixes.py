"""Fixes change what they say and nothing else, in every kind of file."""

import csv
import json
import os
import re
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, TemplateSyntaxError, meta

from promptops.errors import InputError
from promptops.lint import Rule, lint_files, lint_prompts, parse_file, parse_text
from promptops.lint.documentation import as_prompt_file
from promptops.lint.finding import Edit, Finding, Fix, Severity
from promptops.lint.fixes import fix_text, fix_until_stable, is_applicable, unified_diff
from promptops.lint.slots import tags
from promptops.prompts.loader import parse_prompt

STYLES = ("|", ">", '"', "'", "")
PATH = "a.prompt.yaml"


loaded = partial(yaml.load, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


class Styled(str):
    """A text with the YAML style that it is to be written in."""

    __slots__ = ("style",)


class Dumper(yaml.SafeDumper):
    """Writes a `Styled` text in its style."""


def _represent(dumper: Dumper, text: Styled) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style=text.style or None)


Dumper.add_representer(Styled, _represent)


def prompt_file(text: str, style: str) -> str:
    """A prompt file whose one message is ``text`` in a YAML style."""
    content = Styled(text)
    content.style = style
    piece = {"messages": [{"role": "user", "content": content}]}
    return as_prompt_file(yaml.dump(piece, Dumper=Dumper, width=60, allow_unicode=True))


def of_text(text: str, path: str = "a.txt") -> list[Finding]:
    return list(lint_prompts([parse_text(text, path=path)]).findings)


def of_prompt(text: str) -> list[Finding]:
    return list(lint_files([parse_prompt(text, PATH)]).findings)


def message(text: str) -> str:
    return parse_prompt(text, PATH).prompt.messages[0].content


def naive(text: str, applied: list[Finding]) -> str:
    """Put the edits into a plain text from the last to the first, with nothing else."""
    starts = [0]
    newline = "\r\n" if 2 * text.count("\r\n") > text.count("\n") else "\n"
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    places = [
        (
            starts[e.line - 1] + e.column - 1,
            starts[e.end_line - 1] + e.end_column - 1,
            e.text.replace("\n", newline),
        )
        for finding in applied
        for e in finding.fix.edits
    ]
    for start, end, new in sorted(places, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def edit(line: int, column: int, end_column: int, text: str, **other) -> Finding:
    """A finding of an unknown rule with one edit."""
    fields = {"applicability": "safe", "end_line": line, "path": "a.txt", **other}
    fix = Fix(
        title="change it",
        applicability=fields.pop("applicability"),
        edits=(
            Edit(
                line=line,
                column=column,
                end_line=fields.pop("end_line"),
                end_column=end_column,
                text=text,
            ),
        )
        * fields.pop("times", 1),
    )
    base = {"code": "XXX001", "name": "made-up", "severity": Severity.INFO, "message": "m"}
    place = {"line": line, "column": column, "end_line": line, "end_column": end_column}
    rest = {"advice": "", "region": "instruction", "prompt_id": "", "fix": fix}
    return Finding(**{**base, **place, **rest, **fields})


FIXABLE = ["in order to", "In order to", "prior to", "please", "Please", "wo\u200brd"]
HARMLESS = [
    "answer",
    "é",
    "日本",
    "🙂",
    "it's",
    ":",
    "- x",
    "# y",
    "\t",
    "<b>",
    "100%",
    "\\n",
    "a  b",
]
MARKUP = ['"quoted in order to"', "`in order to`", "{name}", "[topic]", "\n", "\n\n"]
FENCE = "\n```\nprior to\n```\n"
WORDS = st.sampled_from([*FIXABLE, *HARMLESS, *MARKUP, FENCE])
TEXTS = st.lists(WORDS, min_size=1, max_size=25).map(" ".join).filter(str.strip)


@given(TEXTS, st.booleans())
@settings(max_examples=150, deadline=None)
def test_plain_texts_change_only_inside_the_edits_and_only_once(text, unsafe):
    before = of_text(text)
    outcome = fix_text(text, before, unsafe=unsafe)
    assert outcome.text == naive(text, outcome.applied)
    assert not [f for f in outcome.applied if f.fix.applicability == "display"]
    stable = fix_until_stable(text, of_text, unsafe=unsafe)
    again = fix_until_stable(stable.text, of_text, unsafe=unsafe)
    assert (again.text, again.applied) == (stable.text, ())
    assert again.refused == stable.refused


@given(TEXTS, st.sampled_from(STYLES), st.sampled_from(["\n", "\r\n"]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_a_prompt_file_stays_itself_around_the_fixed_message(text, style, newline, bom):
    text = text.strip() if style in ("", ">") else text
    source = prompt_file(text, style).replace("\n", newline)
    fixed = fix_until_stable(source, of_prompt)
    document = loaded(source)
    document["messages"][0]["content"] = message(fixed.text)
    assert loaded(fixed.text) == document
    assert fixed.text.count("\r\n") == (fixed.text.count("\n") if newline == "\r\n" else 0)
    if style == "|":
        assert not fixed.refused
        assert message(fixed.text) == fix_until_stable(message(source), _same_rules).text
    marked = fix_until_stable(f"\ufeff{source}", of_prompt)
    assert marked.text == f"\ufeff{fixed.text}"


def _same_rules(text: str) -> list[Finding]:
    """What the linter finds in the message when it is part of a prompt file."""
    inside = {(f.code, f.message) for f in of_prompt(prompt_file(text, "|"))}
    return [f for f in of_text(text) if (f.code, f.message) in inside]


TAKEN = {
    "in the middle": ("Say it now.\n", edit(1, 5, 7, "that"), "Say that now.\n"),
    "an insertion": ("Say it.\n", edit(1, 7, 7, " now"), "Say it now.\n"),
    "a whole line with its end": ("a\nb\nc\n", edit(2, 1, 2, "", end_line=2), "a\n\nc\n"),
    "a line end": ("a\nb\n", edit(1, 2, 1, " ", end_line=2), "a b\n"),
    "without a last line break": ("Say it", edit(1, 5, 7, "that"), "Say that"),
    "new lines follow the file": ("a\r\nb\r\n", edit(1, 2, 2, "\nx"), "a\r\nx\r\nb\r\n"),
    "beside a template tag": ("Say {{ x }}it", edit(1, 12, 14, ""), "Say {{ x }}"),
}


@pytest.mark.parametrize(("before", "finding", "after"), TAKEN.values(), ids=TAKEN)
def test_edits_that_are_made(before, finding, after):
    outcome = fix_text(before, [finding])
    assert (outcome.text, outcome.applied) == (after, (finding,))


ONE = as_prompt_file(
    "messages:\n  - role: user\n    content: |\n      First line.\n      Second line.\n"
    "      Third line.\n"
)
JOINED = "First line. Second line.\nThird line.\n"
BLOCKS = {
    "the first line goes": (edit(4, 7, 7, "", end_line=5), "Second line.\nThird line.\n"),
    "a middle line goes": (edit(5, 7, 7, "", end_line=6), "First line.\nThird line.\n"),
    "the last line goes": (edit(6, 7, 1, "", end_line=7), "First line.\nSecond line.\n"),
    "a line is put in": (edit(5, 7, 7, "New.\n"), "First line.\nNew.\nSecond line.\nThird line.\n"),
    "two lines become one": (edit(4, 18, 7, " ", end_line=5), JOINED),
}


@pytest.mark.parametrize(("finding", "after"), BLOCKS.values(), ids=BLOCKS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_lines_of_a_block_text_come_and_go(finding, after, newline):
    outcome = fix_text(ONE.replace("\n", newline), [replace(finding, path=PATH)])
    assert outcome.refused == ()
    assert message(outcome.text) == after


QUOTED = as_prompt_file(
    'messages: [{role: user, content: "say\\tit {{ now }}"}]\n'
    "variables: {now: {type: string, max_length: 9}}"
)
SINGLE = as_prompt_file("messages: [{role: user, content: 'say it'}]")
FENCED = "Say\n```\nit\n```\nSay it all again, and again, and again."
REFUSED = {
    "inside a template tag": ("Say {{ x }}.", edit(1, 6, 9, ""), "template tag"),
    "joining braces into a tag": ("Say { {x}}.", edit(1, 6, 7, ""), "template tag"),
    "a statement": ("Say it.", edit(1, 1, 4, "{% if x %}"), "template statement"),
    "into a code fence": (FENCED, edit(1, 1, 3, "", end_line=3), "does not speak"),
    "a place that is not there": ("Say it.", edit(3, 1, 2, ""), "has changed"),
    "past the line's end": ("Say it.\nNow.", edit(1, 12, 14, ""), "has changed"),
    "front matter": ("---\na: b\n---\nSay it.", edit(2, 4, 5, "c"), "front matter"),
    "edits that overlap": ("Say it.", edit(1, 1, 4, "", times=2), "overlap"),
    "a cell": ("Say it.", edit(1, 1, 2, "", row=3), "cell of a table"),
    "source code": ("x = 'Say it.'", edit(1, 1, 2, "", path="a.py"), ".py files"),
    "a file that does not load": ("a: [", edit(1, 1, 2, "", path=PATH), "cannot be read"),
    "the name of a variable": (QUOTED, edit(1, 47, 50, "then", path=PATH), "template tag"),
    "a variable nobody declared": (SINGLE, edit(1, 38, 40, "{{ x }}", path=PATH), "not load"),
    "a key": (SINGLE, edit(1, 1, 9, "massages", path=PATH), "more than one value"),
    "a role": (SINGLE, edit(1, 19, 23, "robot", path=PATH), "not load"),
    "a line break in quotes": (SINGLE, edit(1, 38, 40, "it\n\nnow", path=PATH), "make it a block"),
}


@pytest.mark.parametrize(("text", "finding", "reason"), REFUSED.values(), ids=REFUSED)
def test_edits_that_are_refused_say_why(text, finding, reason):
    outcome = fix_text(text, [finding])
    assert (outcome.text, outcome.applied) == (text, ())
    assert reason in outcome.refused[0].reason


def test_overlapping_fixes_wait_and_the_rest_is_applied():
    findings = [edit(1, 1, 4, "Tell"), edit(1, 3, 7, "x"), edit(1, 8, 11, "later")]
    outcome = fix_text("Say it now.", findings)
    assert outcome.text == "Tell it later."
    assert outcome.waiting == (findings[1],)


def test_what_may_change_the_meaning_is_applied_only_on_demand():
    unsafe = edit(1, 1, 4, "Tell", applicability="unsafe")
    shown = edit(1, 5, 7, "", applicability="display")
    assert fix_text("Say it.", [unsafe, shown]).text == "Say it."
    assert fix_text("Say it.", [unsafe, shown], unsafe=True).text == "Tell it."
    assert [is_applicable(f, unsafe=True) for f in (unsafe, shown)] == [True, False]


def test_the_caller_may_refuse_one_fix_and_keep_the_others():
    def verify(before, after):
        if "later" in after:
            raise InputError("not later")

    findings = [edit(1, 1, 4, "Tell"), edit(1, 8, 11, "later")]
    outcome = fix_text("Say it now.", findings, verify=verify)
    assert outcome.text == "Tell it now."
    assert [(r.finding, r.reason) for r in outcome.refused] == [(findings[1], "not later")]


def test_fixes_that_undo_each_other_end_in_an_error_that_names_them():
    with pytest.raises(InputError, match="XXX001 made-up"):
        fix_until_stable("ab", lambda text: [edit(1, 1, 3, text[::-1])])


def test_a_diff_shows_the_change_and_the_missing_last_line_break():
    assert unified_diff("p.txt", "a\nb", "a\nc") == (
        "--- a/p.txt\n+++ b/p.txt\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n"
        "+c\n\\ No newline at end of file\n"
    )
    assert unified_diff("p.txt", "a", "a") == ""


def real_folder() -> Path:
    root = Path(__file__).parents[3]
    folder = Path(os.environ.get("PROMPTOPS_DATA", root.parent / "shared" / "data"))
    folder = folder / "intel" / "prompts"
    if not folder.is_dir():
        pytest.skip(f"needs real prompts: set PROMPTOPS_DATA ({folder} is not there)")
    return folder


def real_prompts() -> list[str]:
    folder = real_folder()
    csv.field_size_limit(10**9)
    with (folder / "awesome-chatgpt-prompts.csv").open(newline="") as stream:
        texts = [row["prompt"] for row in csv.DictReader(stream)]
    for name in ("fabric_patterns.jsonl", "agent_skills_SKILL_md.jsonl"):
        for line in (folder / name).read_text().splitlines() if (folder / name).exists() else ():
            row = json.loads(line)
            texts += [v for v in row.values() if isinstance(v, str) and len(v) > 200]
    return [text for text in texts if text.strip()]


class EveryFewWords(Rule):
    """Puts another word, or nothing, in the place of every seventh run of words."""

    code = "XXX002"
    name = "every-few-words"
    severity = Severity.INFO

    def check(self, prompt):
        """Yield the fixes, whatever region they fall in."""
        for message in prompt.messages:
            for number, match in enumerate(re.finditer(r"\w+(?: \w+)?\s?", message.text)):
                if number % 7 == 3:
                    word = ("", "x ", "é\nz", "'\"\\\\: #")[number % 4]
                    yield self.found(prompt, message, match.span(), "m", fix=("change it", word))


def check_real(texts: list[str]) -> int:
    fixed = 0
    for text in texts:
        stable = fix_until_stable(text, of_text, unsafe=True)
        assert not fix_until_stable(stable.text, of_text, unsafe=True).applied
        fixed += bool(stable.applied)
        findings = [*of_text(text), *EveryFewWords().check(parse_text(text, path="a.txt"))]
        outcome = fix_text(text, findings, unsafe=True)
        assert outcome.text == naive(text, outcome.applied)
        assert [tag.body for tag in tags(outcome.text)] == [tag.body for tag in tags(text)]
        check_inside_yaml(text)
    return fixed


def check_inside_yaml(text: str) -> None:
    """The same edits in the text alone and in a prompt file around it give the same text."""
    clean = "".join(c for c in text[:20_000] if c.isprintable() or c == "\n").strip()
    clean = clean.replace("{", "(").lstrip("-\n")
    plain = fix_text(clean, [*EveryFewWords().check(parse_text(clean, path="a.txt"))]).text
    for style in ("|", '"', "'", ">"):
        source = prompt_file(clean, style)
        file = parse_prompt(source, PATH)
        if file.prompt.messages[0].content != clean:
            continue  # folding does not keep every text
        outcome = fix_text(source, [*EveryFewWords().check(parse_file(file, shown_path=PATH))])
        document = loaded(source)
        document["messages"][0]["content"] = message(outcome.text)
        assert loaded(outcome.text) == document
        if style in ("|", '"'):
            assert message(outcome.text) == plain


@pytest.mark.parametrize(
    ("part", "least"),
    [(slice(0, None, 40), 1), pytest.param(slice(None), 30, marks=pytest.mark.slow)],
)
def test_real_prompts_stay_themselves_around_their_fixes(part, least):
    assert check_real(real_prompts()[part]) >= least


class AnyTemplate(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Reads the objects of the collection as plain mappings."""


AnyTemplate.add_multi_constructor("!", lambda loader, _, node: loader.construct_mapping(node))


def real_templates(part: slice) -> list[str]:
    """Jinja texts of a public collection."""
    texts = []
    rows = (real_folder() / "promptsource_templates_yaml.jsonl").read_text().splitlines()
    for row in rows[part]:
        document = yaml.load(json.loads(row)["text"], Loader=AnyTemplate)
        texts += [template["jinja"] for template in document["templates"].values()]
    return [text for text in texts if isinstance(text, str) and text.strip()]


def names(text: str) -> set[str] | None:
    """What a Jinja text wants filled in, by Jinja itself; None when it is no template."""
    try:
        return meta.find_undeclared_variables(Environment().parse(text))
    except TemplateSyntaxError:
        return None


def check_templates(texts: list[str]) -> tuple[int, int]:
    applied = refused = 0
    for text in texts:
        outcome = fix_text(text, [*EveryFewWords().check(parse_text(text, path="a.txt"))])
        assert [tag.body for tag in tags(outcome.text)] == [tag.body for tag in tags(text)]
        assert names(outcome.text) == names(text)
        applied += len(outcome.applied)
        refused += sum("template tag" in item.reason for item in outcome.refused)
    return applied, refused


@pytest.mark.parametrize(
    "part", [slice(0, None, 40), pytest.param(slice(None), marks=pytest.mark.slow)]
)
def test_edits_all_over_real_templates_leave_their_tags_alone(part):
    applied, refused = check_templates(real_templates(part))
    assert applied > 30
    assert refused > 30
