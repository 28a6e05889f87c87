"""Prompts are found in every format, each character at its own line and column of the file."""

import json
import os
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from promptops.lint.engine import Linter
from promptops.lint.report import Skipped
from promptops.lint.sources import (
    FORMATS,
    detect,
    parse_source,
    parse_stdin,
    read_prompts,
)

MARK = "<|im_end|>"

PROMPTOPS = """\
apiVersion: promptops/v1
kind: Prompt
id: a
version: 1.0.0
title: A
intent: classify
messages:
  - role: system
    content: |
      Say
      yes <|im_end|>.
"""
GITHUB = """\
name: Sum
model: openai/gpt-4o
messages:
  - role: system
    content: >-
      Be
      brief <|im_end|>.
  - {role: user, content: "tab\\t<|im_end|> {{input}}"}
"""
PROMPTY = """\
---
name: p
inputs:
  - {name: chat, kind: thread}
---
system:
Hello <|im_end|>
{{chat}} {% if a %}x{% endif %}

user[name="Al"]:
{{ question }} <|im_end|>
"""
DOTPROMPT = """\
# license

---
model: googleai/gemini
---
{{! a note }}
{{role "system"}}Be kind <|im_end|> {{@auth.name}}
{{role "model"}}Yes <|im_end|>
{{history}}{{#each xs}}{{this.name}}{{/each}}
"""
SKILL = """\
---
name: pdf
description: Read <|im_end|> files
---
# PDF

Use <|im_end|>.
"""
POML = """\
<poml>
  <!-- note -->
  <system-msg><b>Be</b> kind <|im_end|></system-msg>
  <task>{{ x }} <|im_end|></task>
</poml>
"""
PROMPTFOO = """\
prompts:
  - 'It''s {{topic}} <|im_end|>'
  - label: chat
    raw: |
      [{"role": "system", "content": "a\\n<|im_end|>"},
       {"role": "user", "content": "é \\"<|im_end|>"}]
"""
CHAT = """\
{"messages": [
  {"role": "developer", "content": "\\ud83d\\ude00 <|im_end|>"},
  {"role": "user", "content": [{"type": "text", "text": "b <|im_end|>"}]}
]}
"""
PYTHON = '''\
# promptops: prompt[system]
A = """é
<|im_end|> {name}"""

B = ask(  # promptops: prompt
    "model",
    f"x\\n{user['id']!r} {{}} "
    r'\\n<|im_end|>' + tail,
)
'''
JINJA = "{# c #}{% for x in xs %}{{ x.a }}{% endfor %} <|im_end|>\n"

FILES = {
    "a.prompt.yaml": (PROMPTOPS, ["system"]),
    "b.prompt.yaml": (GITHUB, ["system", "user"]),
    "c.prompt.yml": (GITHUB, ["system", "user"]),
    "d.prompty": (PROMPTY, ["system", "user"]),
    "e.prompt": (DOTPROMPT, ["system", "assistant"]),
    "SKILL.md": (SKILL, ["system", "system"]),
    "AGENTS.md": ("---\n\n---\nBe <|im_end|>\n", ["system"]),
    "rule.mdc": ("---\nglobs: *.ts\n---\nBe <|im_end|>\n", ["system"]),
    "a.prompt.md": ("---\nmode: ask\n---\nBe <|im_end|>\n", ["user"]),
    ".cursorrules": ("Be <|im_end|>\n", ["system"]),
    "f.poml": (POML, ["system", "user"]),
    "promptfooconfig.yaml": (PROMPTFOO, ["user", "system", "user"]),
    "g.json": (CHAT, ["system", "user"]),
    "h.py": (PYTHON, ["system", "user"]),
    "i.j2": (JINJA, ["user"]),
    "j.md": ("# T\r\n\r\nBe <|im_end|>\r\n", ["user"]),
    "system.txt": ("\ufeff<|im_end|>", ["system"]),
}


def read(path, **kwargs):
    return list(read_prompts(path, shown=path.name, **kwargs))


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def planted(items):
    """Role, line and column of each planted token."""
    found = []
    for item in items:
        assert not isinstance(item, Skipped), item
        for message in item.messages:
            offset = message.text.find(MARK)
            while offset >= 0:
                found.append((message.role, *message.place(offset)))
                offset = message.text.find(MARK, offset + 1)
    return found


@pytest.mark.parametrize("name", FILES)
def test_a_planted_token_is_found_where_it_stands(tmp_path, name):
    text, roles = FILES[name]
    path = write(tmp_path, name, text)
    places = [
        (number, match.start() + 1)
        for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1)
        for match in re.finditer(re.escape(MARK), line)
    ]
    expected = [(role, *place) for role, place in zip(roles, places, strict=True)]
    assert planted(read(path)) == expected
    # The same text from an editor says the same.
    source = parse_source(text, shown=name, format_=detect(path), path=path)
    assert planted(source) == expected


@pytest.mark.parametrize(
    ("name", "text", "slots"),
    [
        ("a.prompty", PROMPTY, [("chat", True), ("question", False)]),
        ("a.prompty", "---\ntemplate: mustache\n---\n{{{x}}} {{! c }}", [("x", False)]),
        (
            "a.prompt",
            DOTPROMPT,
            [("@auth", False), ("history", True), ("name", False)],
        ),
        (
            "a.prompt",
            "{{media url=pic}} {{json box indent=2}} \\{{no}} {{>p}}",
            [("pic", False), ("box", False)],
        ),
        ("a.prompt.yml", GITHUB, [("input", False)]),
        ("promptfooconfig.yaml", PROMPTFOO, [("topic", False)]),
        ("a.py", PYTHON, [("name", False), ("user", False), ("tail", False)]),
        (
            "a.py",
            'x = "{a} {{b}} {\\"k\\": 1}".format(a=1)  # promptops: prompt',
            [("a", False)],
        ),
        ("a.j2", JINJA, [("xs", False)]),
        ("a.md", "{{ x }}", []),
    ],
)
def test_values_that_are_filled_in_are_slots(name, text, slots):
    items = list(parse_stdin(text, filename=name))
    found = [slot for item in items for message in item.messages for slot in message.slots]
    assert [(slot.name, slot.untrusted) for slot in found] == slots
    for item in items:
        for message in item.messages:
            for slot in message.slots:
                assert str(message.region(slot.start)) == "data"


def test_python_strings_say_what_python_makes_of_them():
    text = (
        'x = ("a\\x41\\N{BULLET}\\\n" r"\\d" # note\n'
        "  '''\\u00e9\n\"q\"''')  # promptops: prompt\n"
    )
    (item,) = parse_stdin(text, filename="a.py")
    scope = {}
    exec(text, scope)
    assert item.messages[0].text == scope["x"]
    assert item.messages[0].place(item.messages[0].text.index("q")) == (4, 2)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('d = {"role": "long key", "content": "hi"}  # promptops: prompt', "long key"),
        ('d["a long key"] = "hi"  # promptops: prompt', "hi"),
        ("ask(\n  'gpt',\n  # promptops: prompt\n  text='hi there',\n)", "hi there"),
        ('# promptops: prompt\ndef f():\n    """Say hi."""\n', "Say hi."),
        ("X: str = dedent('''  hi''')  # promptops: prompt", "  hi"),
        ("return_ = 1\n# promptops: prompt\nif x:\n    y = 'no'\n", None),
        ("# promptops: prompt\nx = 1\n", None),
        ("x = 'hi'  # promptops: prompting\n", None),
    ],
)
def test_a_mark_means_the_string_it_stands_at(code, expected):
    (item,) = parse_stdin(code, filename="a.py")
    if expected is None:
        assert isinstance(item, Skipped)
    else:
        assert item.messages[0].text == expected


def test_json_escapes_are_placed():
    text = json.dumps({"messages": [{"role": "user", "content": '\u2028é\n"\\ \U0001f600z'}]})
    (item,) = parse_stdin(text, filename="a.json")
    message = item.messages[0]
    assert text[message.place(message.text.index("z"))[1] - 1] == "z"


SEEDS = [text for text, _ in FILES.values()] + [
    'a,text\n1,"two\nlines"\n',
    '{"text": "a"}\n{"text": null}\n',
]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_text_makes_a_reader_fail(data):
    name = data.draw(st.sampled_from(sorted(FORMATS)))
    text = data.draw(
        st.one_of(
            st.text(max_size=200),
            st.sampled_from(SEEDS).flatmap(
                lambda seed: st.tuples(
                    st.integers(0, len(seed)), st.integers(0, 9), st.text(max_size=6)
                ).map(lambda cut: seed[: cut[0]] + cut[2] + seed[cut[0] + cut[1] :])
            ),
        )
    )
    for item in parse_source(text, shown="x", format_=name):
        if isinstance(item, Skipped):
            assert "could not be read" not in item.reason, item
            continue
        plain = text.removeprefix("\ufeff")
        limit = plain.count("\n") + 1
        for message in item.messages:
            assert len(message.mask) == len(message.text)
            for offset in range(0, len(message.text), 7):
                line, column = message.place(offset)
                assert column >= 1
                assert 1 <= line <= limit or item.row is not None


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=300), name=st.sampled_from(sorted(FORMATS)))
def test_no_bytes_make_a_reader_fail(tmp_path_factory, data, name):
    path = tmp_path_factory.getbasetemp() / "bytes.bin"
    path.write_bytes(data)
    for item in read_prompts(path, shown="x", format_=name):
        assert not isinstance(item, Skipped) or "could not be read" not in item.reason


@pytest.fixture(scope="module")
def outside():
    """The folder of outside data; the test is skipped where it is not."""
    root = Path(__file__).parents[3]
    folder = Path(os.environ.get("PROMPTOPS_DATA", root.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"needs outside data: set PROMPTOPS_DATA ({folder} is not there)")
    return folder


def test_prompty_vectors(outside):
    path = outside / "formats/prompty_vectors/prompty_parse__ParseVectors.json"
    vectors = json.loads(path.read_text())
    for vector in vectors:
        if "thread_inputs" in vector["input"]:
            continue  # expanded when the prompt is rendered
        text = f"---\nname: x\n---\n{vector['input']['rendered']}"
        (item,) = parse_stdin(text, filename="a.prompty")
        expected = [
            (turn["role"], turn["content"][0]["value"]) for turn in vector["expected"]["messages"]
        ]
        roles = {"developer": "system"}
        found = [(message.role, message.text) for message in item.messages]
        assert found == [(roles.get(role, role), value) for role, value in expected], vector["name"]


def test_dotprompt_vectors(outside):
    cases = yaml.safe_load((outside / "formats/dotprompt/role.yaml").read_text())
    for case in cases:
        if "{{" in case["template"].replace("{{role", "") or "data" in case:
            continue
        (item,) = parse_stdin(case["template"], filename="a.prompt")
        expected = case["tests"][0]["expect"]["messages"]
        assert [(message.role, message.text) for message in item.messages] == [
            (turn["role"].replace("model", "assistant"), turn["content"][0]["text"])
            for turn in expected
        ]


def test_outside_samples_are_read_where_they_stand(outside):
    count = 0
    for path in sorted((outside / "intel/prompts").glob("*_samples/*")):
        lines = path.read_text().split("\n")
        for item in read_prompts(path, shown=path.name):
            if isinstance(item, Skipped):
                known = "not YAML|no prompt text|not a template: (?:a tag that|the (?:block|end))"
                assert re.search(known, item.reason), item
                continue
            count += 1
            for message in item.messages:
                for match in re.finditer(r"\w+", message.text):
                    line, column = message.place(match.start())
                    assert lines[line - 1][column - 1 :].startswith(match.group())
    assert count > 100


def test_allowing_works_in_other_formats():
    def codes(text, name):
        (prompt,) = parse_stdin(text, filename=name)
        return {finding.code for finding in Linter().check(prompt).findings}

    (code,) = codes("Say hi <|im_end|>\n", "a.md") - codes("Say hi\n", "a.md")
    allow = f"promptops: ignore[{code}] a lesson"
    assert code not in codes(f"<!-- {allow} -->\nSay hi <|im_end|>\n", "a.md")
    assert code not in codes(f'# {allow}\nX = """a\n<|im_end|>"""  # promptops: prompt\n', "a.py")
    assert code in codes(f"text\n<!-- {allow} --> <|im_end|>\n", "a.csv")
