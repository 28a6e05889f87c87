"""A prompt file that is wrong says what is wrong and where, in one line."""

import pytest

from promptops.errors import PromptSyntaxError, TemplateError
from promptops.prompts.loader import load_prompt, parse_prompt

# sentence: (old text, new text, line:column, part of the message or hint)
BROKEN = {
    "a key appears twice": ("intent: answer", "id: other", "6:1", "twice, first on line 3"),
    "a key is mistyped": ("title:", "titel:", "5:1", 'did you mean "title"?'),
    "a nested key is mistyped": ("max_length", "maxlength", "12:44", 'did you mean "max_length"?'),
    "a key of an eval is mistyped": ("{min: 0.8}", "{mn: 0.8}", "34:79", 'did you mean "min"?'),
    "the field of x-* is not a key": ("tags:", "extra:", "9:1", 'unknown key "extra"'),
    "a required key is missing": ("kind: Prompt\n", "", "1:1", '"kind" is missing'),
    "several required keys are missing": (
        "kind: Prompt\nid: refund-answer\n",
        "",
        "1:1",
        'the keys "kind" and "id" are missing',
    ),
    "a mistyped key of one that is required": ("kind:", "knd:", "2:1", 'did you mean "kind"?'),
    "the only message has a mistyped role": (
        '      - role: user\n        content: "<',
        '      - role: usr\n        content: "<',
        "29:15",
        '"usr" is not one of system, user, assistant (did you mean "user"?)',
    ),
    "a tool has a name with a space": (
        "model:",
        "tools: [{name: a b, description: A, parameters: {type: object}}]\nmodel:",
        "24:16",
        '"a b" is not a name of letters, digits, _ and -',
    ),
    "a tool has no description": (
        "model:",
        "tools: [{name: a, parameters: {type: object}}]\nmodel:",
        "24:9",
        'the key "description" is missing',
    ),
    "the parameters of a tool are a list": (
        "model:",
        "tools: [{name: a, description: A, parameters: {type: array}}]\nmodel:",
        "24:47",
        'a schema of "type": "object"',
    ),
    "the parameters of a tool have a mistyped type": (
        "model:",
        (
            "tools: [{name: a, description: A, parameters: "
            "{type: object, properties: {n: {type: intger}}}}]\nmodel:"
        ),
        "24:47",
        'n: "intger" is not a JSON type',
    ),
    "two tools have one name": (
        "model:",
        (
            "tools: [{name: a, description: A, parameters: {type: object}},"
            " {name: a, description: B, parameters: {type: object}}]\nmodel:"
        ),
        "1:1",
        'two tools are called "a"',
    ),
    "a list is empty": ("metrics: {exact_match: {min: 0.8}}", "metrics: {}", "34:64", "be empty"),
    "a text is empty": ("title: Answer a refund question", 'title: ""', "5:9", "must not be empty"),
    "a title has two lines": (
        "title: Answer",
        'title: "a\\nb"  #',
        "5:9",
        r'"a\nb" is not one line',
    ),
    "a number is too small": ("top_k: 4", "top_k: 0", "32:58", "must be at least 1"),
    "a type of the schema is a mapping": ("type: object,", "type: {},", "23:18", "JSON type"),
    "the version is a number": ('"2.1.0"', "2.1", "4:10", "found number (quote it)"),
    "a list where a mapping belongs": (
        "metrics: {exact_match: {min: 0.8}}",
        "metrics: []",
        "34:64",
        "expected a mapping, found a list",
    ),
    "the version is no SemVer": ("2.1.0", "2.1", "4:11", "a version such as 1.2.0"),
    "the id has capitals": ("refund-answer", "Refund-answer", "3:5", "lower-case letters"),
    "the intent is unknown": ("intent: answer", "intent: anser", "6:9", 'did you mean "answer"?'),
    "the role is unknown": ("role: user", "role: usr", "17:11", 'did you mean "user"?'),
    "a default is not in the enum": ("default: plain", "default: plan", "13:9", "not one of plain"),
    "a required variable has a default": (
        "default: plain",
        "default: plain, required: true",
        "13:9",
        "no default",
    ),
    "a variable is named like a keyword": ("tone:", "loop:", "13:3", "word of the template"),
    "a flag is a text": ("required: true", 'required: "yes"', "12:39", "expected true or false"),
    "the schema has a mistyped type": ("type: object", "type: objct", "23:18", "objct"),
    "the dataset is outside the workspace": ("datasets/", "../", "34:25", "inside the workspace"),
    "an unquoted word is ambiguous": ("residency: [eu]", "residency: [no]", "10:66", "quote it"),
    "an anchor": ("tags: [", "tags: &t [", "9:7", "anchors"),
    "an alias": ("tags: [support, refund]", "tags: *t", "9:7", "aliases"),
    "a merge key": ("tags:", "<<:", "9:1", "merge keys"),
    "a python tag": ("title: ", "title: !!python/name:os.system ", "5:8", "tag"),
    "a bracket is not closed": ("[support, refund]", "[support, refund", "10:5", "not YAML"),
    "nested too deeply": ("[support, refund]", "[" * 21 + "]" * 21, "9:26", "20 levels"),
    "a raw control character": ("refund question", "refund\x07question", "5:23", "U+0007"),
    "a hidden line break": ("refund question", "refund\u2028question", "5:23", "U+2028"),
    "two documents": ("tags:", "---\ntags:", "9:1", "one document"),
}
BROKEN_TEMPLATES = {
    "an unknown variable": ("{{ tone }}", "{{ tne }}", "16:54", 'did you mean "tone"?'),
    "an unknown variable in a block": ("{{ question }}\no", "{{ q }}\no", "22:20", '"q"'),
    "an unknown variable in a variant": ("> {{ question }}", "> {{ q }}", "30:55", '"q"'),
    "the query uses what it finds": ('"{{ question }}"', '"{{ context }}"', "32:37", "context"),
    "a call": ("{{ tone }}", "{{ tone() }}", "16:58", "calls"),
    "an attribute of Python": ("{{ tone }}", "{{ tone.__class__ }}", "16:58", "start with _"),
    "a tag that is not closed": ("{{ tone }}", "{% if tone %}", "16:64", "{% if %} is not closed"),
}


@pytest.mark.parametrize("case", BROKEN.values(), ids=BROKEN)
def test_broken_files_say_where(case, example):
    old, new, place, part = case
    assert old in example
    with pytest.raises(PromptSyntaxError) as caught:
        parse_prompt(example.replace(old, new, 1), "p.yaml")
    assert str(caught.value).startswith(f"p.yaml:{place}: ")
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)
    for word in ("tuple", "dictionary", "input", "validation", "item after", "Extra"):
        assert word not in str(caught.value)


@pytest.mark.parametrize("case", BROKEN_TEMPLATES.values(), ids=BROKEN_TEMPLATES)
def test_broken_templates_say_where_in_the_file(case, example):
    old, new, place, part = case
    assert old in example
    with pytest.raises(TemplateError) as caught:
        parse_prompt(example.replace(old, new, 1), "p.yaml")
    assert str(caught.value).startswith(f"p.yaml:{place}: ")
    assert part in str(caught.value)


def test_the_example_of_the_design_loads(example):
    prompt = parse_prompt(example).prompt
    assert prompt.variables["question"].required
    assert not prompt.variables["tone"].required
    assert prompt.declared == {"question", "tone", "context"}
    assert prompt.output is not None
    assert prompt.output.schema_["required"] == ["answer"]
    assert prompt.evals[0].metrics["exact_match"].min == 0.8


def test_positions_name_the_first_character_of_a_text(example):
    file = parse_prompt(example)
    assert str(file.positions["/messages/0/content"]) == "16:15"
    assert str(file.positions["/messages/1/content"]) == "19:7"
    assert str(file.locate(1, len("Context:\n{{ context }}\n\nQ"))) == "22:8"
    assert str(file.locate("/variants/0/messages/0/content", 1)) == "30:20"
    assert str(file.key_position("/variables/tone")) == "13:3"


def test_windows_line_ends_and_byte_order_mark_change_nothing(example, tmp_path):
    path = tmp_path / "p.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + example.replace("\n", "\r\n").encode())
    file = load_prompt(path)
    assert file.prompt == parse_prompt(example).prompt
    assert str(file.positions["/messages/1/content"]) == "19:7"


def test_unreadable_files_are_prompt_errors(tmp_path):
    with pytest.raises(PromptSyntaxError, match="no such file"):
        load_prompt(tmp_path / "missing.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"title: caf\xe9")
    with pytest.raises(PromptSyntaxError, match="not UTF-8"):
        load_prompt(tmp_path / "latin.yaml")
    (tmp_path / "large.yaml").write_text("a: " + "x" * 300_000)
    with pytest.raises(PromptSyntaxError, match="larger than 256 KiB"):
        load_prompt(tmp_path / "large.yaml")


def test_extensions_are_kept_apart(example):
    prompt = parse_prompt(example + "x-team: {cost: [1, 2]}\n").prompt
    assert prompt.extra == {"x-team": {"cost": [1, 2]}}
