"""Prompts are found in every format, each character at its own line and column of the file."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptops.errors import UsageError
from promptops.lint.report import Skipped
from promptops.lint.sources import (
    FORMATS,
    detect,
    find_files,
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


TABLES = {
    "a.csv": 'id,text\n1,"two\nlines <|im_end|>"\n\n2,\n3\n4,<|im_end|>\n',
    "b.tsv": 'id\ttext\n1\t"two\nlines <|im_end|>"\n2\t\n3\t\n4\t<|im_end|>\n',
    "c.jsonl": '{"text": "two\\nlines <|im_end|>"}\n\n{"text": ""}\n{"text": null}\n'
    '{"text": [{"role": "system", "content": "<|im_end|>"}]}\n',
}


def rows(items):
    return [
        (item.row, *message.place(message.text.find(MARK)))
        for item in items
        for message in item.messages
        if MARK in message.text
    ]


@pytest.mark.parametrize("name", [*TABLES, "d.parquet"])
def test_a_finding_in_a_table_names_row_and_place_in_the_cell(tmp_path, name):
    if name == "d.parquet":
        arrow = pytest.importorskip("pyarrow")
        from pyarrow import parquet

        cells = ["two\nlines <|im_end|>", "", None, "<|im_end|>"]
        path = tmp_path / name
        parquet.write_table(arrow.table({"id": [1, 2, 3, 4], "text": cells}), path)
    else:
        path = write(tmp_path, name, TABLES[name])
    items = read(path, column="text")
    assert [item.row for item in items] == [1, 2, 3, 4]  # empty cells are checked too
    assert rows(items) == [(1, 2, 7), (4, 1, 1)]
    assert rows(read(path)) == rows(items)  # "text" is the only usual name
    (wrong,) = read(path, column="txt") if name != "c.jsonl" else read(path, column="txt")[:1]
    assert 'no column "txt"' in wrong.reason
    assert "text" in wrong.reason


def test_rows_that_cannot_be_read_are_told_and_the_others_are_checked(tmp_path):
    text = b'a,text\n1,ok\n2,too,many\n3,\xff\n4,"x"y\n5,fine\n'
    items = read(write(tmp_path, "a.csv", text), column="text")
    assert [(type(item).__name__, item.row) for item in items] == [
        ("ParsedPrompt", 1),
        ("Skipped", 2),
        ("Skipped", 3),
        ("Skipped", 4),
        ("ParsedPrompt", 5),
    ]
    items = read(write(tmp_path, "a.jsonl", '{"text": 1}\n' * 9 + "{\n" + '{"text": "x"}\n'))
    assert [getattr(item, "reason", "prompt")[:12] for item in items[5:]] == [
        "not JSON: Ex",
        "prompt",
        "4 more rows:",
    ]


def test_an_ambiguous_column_names_the_columns(tmp_path):
    path = write(tmp_path, "a.csv", "prompt,text\na,b\n")
    (item,) = read(path)
    assert item.reason == "name the column with the prompt: --column NAME (columns: prompt, text)"
    (item,) = read(write(tmp_path, "b.csv", "x,x\na,b\n"), column="x")
    assert item.reason == '2 columns are called "x" (columns: x, x)'


UNREADABLE = {
    "empty.md": (b"", None, None, "empty"),
    "blank.prompty": (b" \n", None, None, "empty"),
    "latin.md": ("x\né".encode("latin-1"), 2, 1, "not UTF-8"),
    "nul.txt": (b"ab\0", 1, 3, "NUL"),
    "bad.prompt.yml": (b"messages: [\n", 2, 1, "not YAML"),
    "none.prompt.yml": (b"name: x\n", 1, 1, "no list of messages"),
    "list.prompt.yml": (b"messages:\n  - role: user\n", 2, 5, "role and a content"),
    "bad.prompty": (b"---\nname: [x\n---\nhi", 3, 1, "not YAML"),
    "open.prompt": (b"---\nname: x\nhi", 1, 1, "not closed"),
    "SKILL.md": (b"no front matter", 1, 1, "---"),
    "bad.py": (b"# promptops: prompt\nx = (\n", 2, 5, "not Python"),
    "unmarked.py": (b"x = 1\n", None, None, "no string"),
    "bad.json": (b'{"messages": [}', 1, 15, "not JSON"),
    "other.json": (b'{"a": 1}', 1, 1, "no chat"),
    "bad.prompt.yaml": (b"apiVersion: promptops/v1\n", 1, 1, ""),
    "not.parquet": (b"PAR1", None, None, "not Parquet"),
    "promptfooconfig.yaml": (b"prompts: []\n", 1, 1, "no prompts"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_told_with_its_place(tmp_path, name):
    data, line, column, reason = UNREADABLE[name]
    (item,) = read(write(tmp_path, name, data))
    assert isinstance(item, Skipped)
    assert (item.line, item.column) == (line, column), item.reason
    assert reason in item.reason


def test_folders_and_missing_files_are_told(tmp_path):
    assert [item.reason for item in read(tmp_path)] == ["this is a folder: name the files in it"]
    assert [item.reason for item in read(tmp_path / "x.md")] == ["No such file or directory"]
    with pytest.raises(UsageError, match="no format is called"):
        list(read_prompts(tmp_path, shown="x", format_="prompti"))


def test_promptfoo_follows_its_files(tmp_path):
    config = (
        "prompts:\n  - file://p/*.txt\n  - p/chat.json\n  - file://more.yaml\n"
        "  - file://make.py:f\n  - langfuse://x\n  - file:///etc/hostname\n  - p/gone.txt\n"
    )
    path = write(tmp_path, "c/promptfooconfig.yaml", config)
    write(tmp_path, "c/p/a.txt", "one\n---\ntwo <|im_end|>\n")
    write(tmp_path, "c/p/chat.json", '[{"role": "system", "content": "{{x}} <|im_end|>"}]')
    write(tmp_path, "c/more.yaml", "- raw: hi <|im_end|>\n- file://p/../../out.txt\n")
    write(tmp_path, "c/make.py", "")
    write(tmp_path, "out.txt", "secret")
    items = list(read_prompts(path, shown="c/promptfooconfig.yaml"))
    prompts = [item for item in items if not isinstance(item, Skipped)]
    assert [(item.path, item.messages[0].role) for item in prompts] == [
        ("c/p/a.txt", "user"),
        ("c/p/a.txt", "user"),
        ("c/p/chat.json", "system"),
        ("c/more.yaml", "user"),
    ]
    assert planted(prompts) == [("user", 3, 5), ("system", 1, 39), ("user", 1, 11)]
    skipped = [(item.path, item.line, item.reason) for item in items if isinstance(item, Skipped)]
    assert [(path, line) for path, line, _ in skipped] == [
        ("c/more.yaml", 2),
        ("c/make.py", None),
        ("c/promptfooconfig.yaml", 6),
        ("c/promptfooconfig.yaml", 7),
        ("c/promptfooconfig.yaml", 8),
    ]


COMMENTS = {
    "a.md": ("hi\n<!-- promptops: ignore[SEC003] why -->\nthere\n", (2, 2, 3)),
    "b.prompty": (
        "---\nname: x\n---\nsystem:\nhi <!-- promptops: ignore[SEC003] why -->\n",
        (5, 5, 5),
    ),
    "c.prompt": ("hi\n{{! promptops: ignore[SEC003] why }}\nyou\n", (2, 2, 3)),
    "d.prompt.yml": (
        "messages:\n  - role: user\n    # promptops: ignore[SEC003] why\n"
        "    content: |\n      a\n      b\n",
        (3, 3, 6),
    ),
    "e.py": (
        '# promptops: ignore[SEC003] why\n# promptops: prompt\nX = """a\nb"""\n',
        (1, 1, 4),
    ),
    "f.j2": ("{# promptops: ignore[SEC003] why #} x\n", (1, 1, 1)),
    "g.poml": ("<p>\n<!-- promptops: ignore[SEC003] why -->\nx</p>\n", (2, 2, 3)),
}


@pytest.mark.parametrize("name", COMMENTS)
def test_comments_of_each_format_speak_to_the_linter(name):
    text, reach = COMMENTS[name]
    (item,) = parse_stdin(text, filename=name)
    (comment,) = item.comments
    assert comment.text == "promptops: ignore[SEC003] why"
    assert (comment.line, comment.first_line, comment.last_line) == reach


def test_a_row_of_a_table_cannot_exempt_itself():
    text = "text\n<!-- promptops: ignore[SEC003] why --> <|im_end|>\n"
    (item,) = parse_stdin(text, filename="a.csv")
    assert item.comments == ()


def test_comments_go_to_the_prompt_they_speak_of():
    text = (
        'A = "a"  # promptops: prompt\nB = "b"  # promptops: prompt\n'
        'C = (  # promptops: ignore[SEC003] why\n    "c")  # promptops: prompt\n'
    )
    items = list(parse_stdin(text, filename="a.py"))
    assert [(item.prompt_id, len(item.comments)) for item in items] == [
        ("A", 0),
        ("B", 0),
        ("C", 1),
    ]


def test_only_prompts_are_found_in_a_folder(tmp_path):
    for name in (
        "a.prompt.yaml",
        "x/b.prompty",
        ".github/c.prompt.yml",
        ".claude/skills/d/SKILL.md",
        ".cursorrules",
        "marked.py",
        "unmarked.py",
        "README.md",
        "table.csv",
        "notes/n.md",
        ".git/e.prompty",
        "node_modules/f.prompty",
        "env/pyvenv.cfg",
        "env/g.prompty",
    ):
        write(tmp_path, name, "x = 'a'  # promptops: prompt" if name == "marked.py" else "x")
    found = [path.relative_to(tmp_path).as_posix() for path in find_files(tmp_path)]
    assert found == sorted(found)
    assert set(found) == {
        "a.prompt.yaml",
        "x/b.prompty",
        ".github/c.prompt.yml",
        ".claude/skills/d/SKILL.md",
        ".cursorrules",
        "marked.py",
    }
    more = find_files(tmp_path, include=["notes/*.md"])
    assert {path.name for path in more} - {Path(name).name for name in found} == {"n.md"}


SEEDS = [text for text, _ in FILES.values()] + [*TABLES.values()]


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


def test_json_escapes_are_placed():
    text = json.dumps({"messages": [{"role": "user", "content": '\u2028é\n"\\ \U0001f600z'}]})
    (item,) = parse_stdin(text, filename="a.json")
    message = item.messages[0]
    assert text[message.place(message.text.index("z"))[1] - 1] == "z"
