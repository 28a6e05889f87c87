"""Digests, computed versions and diffs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptops.prompts.diff import diff
from promptops.prompts.digests import file_digest, semantic_digest, variant_digest
from promptops.prompts.loader import parse_prompt
from promptops.prompts.resolve import resolve
from promptops.prompts.versions import next_version, required_bump
from promptops.prompts.writing import dump_prompt

# sentence: (replacements, the version that follows 2.1.0)
CHANGES = {
    "nothing": ([], "2.1.0"),
    "title and tags": ([("Answer a refund", "Reply to a refund"), (", refund]", "]")], "2.1.0"),
    "trust": ([(", trust: untrusted", "")], "2.1.0"),
    "a bar of an eval": ([("min: 0.8", "min: 0.9")], "2.1.0"),
    "an x-key": ([("tags:", "x-a: 1\ntags:")], "2.1.0"),
    "wording": ([("Answer from", "Reply from")], "2.1.1"),
    "a parameter": ([("max_tokens: 120", "max_tokens: 99")], "2.1.1"),
    "wording of a variant": ([("<context>", "<c>")], "2.1.1"),
    "another knowledge-base version": ([("kb: support", 'kb: support, version: "v2"')], "2.1.1"),
    "a default": ([("default: plain", "default: formal")], "2.1.1"),
    "a new optional variable": ([("  tone:", "  a: {default: x}\n  tone:")], "2.2.0"),
    "a variable becomes optional": ([("required: true", "required: false")], "2.2.0"),
    "a longer text is allowed": ([("2000", "3000")], "2.2.0"),
    "a value more in an enum": ([("[plain, ", "[plain, warm, ")], "2.2.0"),
    "a new variant": ([("variants:", "variants:\n  - id: short")], "2.2.0"),
    "an optional property more": ([("{answer: ", "{note: {type: string}, answer: ")], "2.2.0"),
    "a new required variable": ([("  tone:", "  a: {type: string}\n  tone:")], "3.0.0"),
    "a renamed variable": ([("  tone:", "  voice:"), ("{{ tone }}", "{{ voice }}")], "3.0.0"),
    "a retyped variable": (
        [("type: string, required: true, max_length: 2000", "type: number")],
        "3.0.0",
    ),
    "a shorter text": ([("2000", "1000")], "3.0.0"),
    "a value less in an enum": ([("[plain, formal]", "[plain]")], "3.0.0"),
    "a required property more": ([("required: [answer]", "required: [answer, why]")], "3.0.0"),
    "another type of answer": ([("answer: {type: string}", "answer: {type: integer}")], "3.0.0"),
    "a variant is gone": ([("id: claude", "id: opus")], "3.0.0"),
}


# What the code before tools computed for the example.
OLD_SEMANTIC = "sha256:07a0ce0e5fdf3ccce9d539cc5e9911aa1029f08163bef1ca52dcf6f5cdbaeca9"
OLD_VARIANT = "sha256:97d69cf731787a7dfb07440bdfa875bcf8db3b72d3f7023c235c9ce70c3d3d00"
TOOLS = """\
tools:
  - name: find_order
    description: Find an order by its number.
    parameters: {type: object, required: [number], properties: {number: {type: integer}}}
  - name: refund
    description: Pay an order back.
    parameters: {type: object, properties: {number: {type: integer}, note: {type: string}}}
model:"""
CHANGES_OF_TOOLS = {
    "the first tools": (("model:", TOOLS), "2.2.0"),
    "a tool more": (
        ("tools:", "tools:\n  - {name: a, description: A., parameters: {type: object}}"),
        "2.2.0",
    ),
    "a tool is gone": ((TOOLS[TOOLS.index("  - name: refund") : -6], ""), "3.0.0"),
    "a renamed tool": (("name: refund", "name: pay_back"), "3.0.0"),
    "an argument more": (("{number: {type: integer}, note", "{sum: {}, note"), "3.0.0"),
    "an argument of another type": (
        ("{number: {type: integer}}}\n  -", "{number: {}}}\n  -"),
        "3.0.0",
    ),
    "an argument is described": (
        ("note: {type: string}", "note: {type: string, description: Why.}"),
        "2.1.1",
    ),
    "another description": (("Pay an order back.", "Refund an order."), "2.1.1"),
    "a tool becomes strict": (("description: Pay", "strict: true\n    description: Pay"), "2.1.1"),
}


@pytest.mark.parametrize("case", CHANGES_OF_TOOLS.values(), ids=CHANGES_OF_TOOLS)
def test_the_version_follows_from_the_tools(case, example):
    (before, after), version = case
    base = example if before == "model:" else example.replace("model:", TOOLS, 1)
    assert before in base
    old, new = (parse_prompt(text).prompt for text in (base, base.replace(before, after, 1)))
    assert next_version(old, new) == version
    assert semantic_digest(old) != semantic_digest(new)
    assert variant_digest(old, "claude") != variant_digest(new, "claude")
    assert {change.path.split("/")[1] for change in diff(old, new).changes} == {"tools"}


def test_the_order_of_tools_is_wording(example):
    old = parse_prompt(example.replace("model:", TOOLS, 1)).prompt
    new = old.replace(tools=old.tools[::-1])
    assert semantic_digest(old) != semantic_digest(new)
    assert next_version(old, new) == "2.1.1"


def test_a_prompt_without_tools_keeps_the_digests_it_always_had(example):
    prompt = parse_prompt(example).prompt
    assert semantic_digest(prompt) == OLD_SEMANTIC
    assert variant_digest(prompt) == OLD_VARIANT


@pytest.mark.parametrize("case", CHANGES.values(), ids=CHANGES)
def test_the_version_follows_from_the_change(case, example):
    replacements, version = case
    text = example
    for before, after in replacements:
        assert before in text
        text = text.replace(before, after)
    old, new = parse_prompt(example).prompt, parse_prompt(text).prompt
    assert next_version(old, new) == version
    same_meaning = semantic_digest(old) == semantic_digest(new)
    assert same_meaning is (version == "2.1.0")
    assert (required_bump(old, new) == "none") is same_meaning
    assert bool(diff(old, new).changes) is (old != new)


def test_a_diff_names_paths_and_shows_lines(example):
    old = parse_prompt(example).prompt
    new = parse_prompt(example.replace("  tone:", "  voice:").replace("{{ tone }}", "{{ voice }}"))
    found = diff(old, new.prompt)
    assert [(change.path, change.kind, change.bump) for change in found.changes] == [
        ("/variables/voice", "renamed", "major"),
        ("/messages/0/content", "changed", "patch"),
    ]
    assert '-    content: "Answer from the context only. Tone: {{ tone }}."' in found.unified
    assert found.bump == "major"


def test_digests_name_behavior_wording_and_bytes(example):
    prompt = parse_prompt(example).prompt
    assert semantic_digest(parse_prompt(dump_prompt(prompt)).prompt) == semantic_digest(prompt)
    assert file_digest(example) != file_digest(example + "\n")
    assert variant_digest(prompt, "claude") != variant_digest(prompt)
    rebound = prompt.replace(retrieval=prompt.retrieval.model_copy(update={"version": "v2"}))
    assert variant_digest(rebound) == variant_digest(prompt)
    assert semantic_digest(rebound) != semantic_digest(prompt)
    # The order of keys in the file is no behavior.
    swapped = example.replace(
        "temperature: 0, max_tokens: 120", "max_tokens: 120, temperature: 0.0"
    )
    assert semantic_digest(parse_prompt(swapped).prompt) == semantic_digest(prompt)


def test_a_variant_lays_its_params_over(example):
    resolved = resolve(parse_prompt(example).prompt, "claude")
    assert resolved.params == {"temperature": 0, "max_tokens": 200}
    assert resolved.variants == ()
    assert variant_digest(resolved) == variant_digest(parse_prompt(example).prompt, "claude")


BLANK = 20  # the empty line inside a text


@given(places=st.lists(st.integers(0, 34).filter(lambda line: line != BLANK), max_size=5))
@settings(max_examples=60)
def test_no_comment_is_lost_and_none_changes_the_prompt(places, example):
    lines = example.split("\n")
    for number, place in enumerate(sorted(places, reverse=True)):
        indent = len(lines[place]) - len(lines[place].lstrip())
        lines.insert(place, " " * indent + f"# note {number}.")
    file = parse_prompt("\n".join(lines))
    text = dump_prompt(file.prompt, like=file)
    assert parse_prompt(text).prompt == file.prompt
    assert all(text.count(f"# note {number}.") == 1 for number in range(len(places)))


def test_comments_stay_at_their_keys(example):
    commented = "# who: support\n" + example.replace(
        "  - role: user\n", "  # keep: the question comes last\n  - role: user  # asked\n", 1
    ).replace("version: ", "version:   ").replace("\nvariants:", "\n# per family\nvariants:")
    file = parse_prompt(commented + "# end\n")
    text = dump_prompt(file.prompt, like=file)
    lines = text.split("\n")
    assert lines[0] == "# who: support"
    at = lines.index("  # keep: the question comes last")
    assert lines[at + 1] == "  - role: user  # asked"
    assert lines[lines.index("# per family") + 1] == "variants:"
    assert lines[-2:] == ["# end", ""]
    again = parse_prompt(text)
    assert again.prompt == file.prompt
    assert dump_prompt(again.prompt, like=again) == text
