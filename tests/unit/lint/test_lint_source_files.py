"""Files that cannot be read, files that name others, comments, and which files are prompts."""

from pathlib import Path

import pytest

from promptops.errors import UsageError
from promptops.lint.report import Skipped
from promptops.lint.sources import find_files, parse_stdin, read_prompts

MARK = "<|im_end|>"


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


UNREADABLE = {
    "empty.md": (b"", None, None, "empty"),
    "blank.prompty": (b" \n", None, None, "white space"),
    "open.j2": (b"Hello {{ name }", 1, 7, "unexpected"),
    "crossed.j2": (b"Hi\n{% if x %} hi {% endfor %}", 2, 1, "endfor"),
    "unended.prompty": (b"---\nname: x\n---\nsystem:\n{% if x %} hi {{ n }", 5, 1, "unexpected"),
    "block.prompt": (b"{{#if u}}Hello {{u}}", 1, 1, "not closed"),
    "end.prompt": (b"---\nmodel: m\n---\nHi {{/if}}", 4, 4, "not open"),
    "inside.prompt": (b"{{#if a}}\n{{#each b}}x{{/if}}{{/each}}", 2, 13, "inside"),
    "brace.prompt": (b"Hi {{ name }\n{{ b }}", 1, 4, "not closed"),
    "open.prompt.yml": (
        b'messages:\n  - role: user\n    content: "Hi {{ n }, {{a}} }}"',
        3,
        18,
        "not closed",
    ),
    "promptfooconfig.json": (b'{"prompts": ["Hi {{ name }"]}', 1, 18, "not closed"),
    "header.csv": (b"prompt\n", None, None, "no row"),
    "header.tsv": (b"prompt", None, None, "no row"),
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


FINE = {
    "prose with braces": ("a.j2", 'Fill in {x}: {"a": {"b": 1}} of \\frac{a}{b}'),
    "a tag of an extension": ("a.j2", "{% if x %}{% component y %}{% endcomponent %}{% endif %}"),
    "a raw block": ("a.prompty", "system:\n{% raw %}{{ name }{% endraw %}"),
    "a loop over turns": ("a.prompty", "{% for t in h %}\nuser:\n{{ t }}\n{% endfor %}"),
    "an else of a block": ("a.prompt", "{{#each a as |b|}}{{b}}{{else}}none{{/each}} }}"),
    "another else": ("a.prompt", "{{#if a}}x{{^}}y{{/if}}{{^b}}z{{/b}}"),
    "escaped braces": ("a.prompt", "write \\{{name in the text"),
    "braces in a string": ("a.prompt", '{{helper "}{"}}'),
    "a raw block of Handlebars": ("a.prompt", "{{{{raw}}}} {{/if}} {{{{/raw}}}}"),
    "single braces": ("a.prompt.yml", "messages:\n- {role: user, content: 'Hi {x} {{a}} }} {{'}"),
    "comments": ("promptfooconfig.yaml", "prompts: ['{# {{ a } #} {% raw %}{{ b }{% endraw %}']"),
    "no template language": ("a.md", "Write {{ name } and {% if %}"),
}


@pytest.mark.parametrize("case", FINE)
def test_what_a_template_language_takes_is_no_fault(case):
    name, text = FINE[case]
    (item,) = parse_stdin(text, filename=name)
    assert not isinstance(item, Skipped), item


def test_a_text_from_a_pipe_tells_its_bad_bytes():
    (item,) = parse_stdin(b"a\nb\x80".decode("utf-8", "surrogateescape"))
    assert isinstance(item, Skipped)
    assert (item.line, item.column, "0x80" in item.reason) == (2, 2, True)


def test_a_file_that_promptfoo_names_three_times_is_read_once(tmp_path):
    write(tmp_path, "a.txt", "Hello")
    config = "prompts:\n" + "  - file://a.txt\n" * 2 + "  - file://*.txt\n"
    (item,) = read(write(tmp_path, "promptfooconfig.yaml", config))
    assert item.path == "a.txt"


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_told_with_its_place(tmp_path, name):
    data, line, column, reason = UNREADABLE[name]
    (item,) = read(write(tmp_path, name, data))
    assert isinstance(item, Skipped)
    assert (item.line, item.column) == (line, column), item.reason
    assert reason in item.reason


MISSING = {
    "note.md": 'did you mean "notes.md"?',
    "x.prompt.yaml": "check the path, or name a whole folder",
    "y/notes.md": "there is no folder {}/y either",
}


def test_folders_and_missing_files_are_told(tmp_path):
    assert [item.reason for item in read(tmp_path)] == ["this is a folder: name the files in it"]
    write(tmp_path, "notes.md", "x")
    for name, advice in MISSING.items():
        (item,) = read(tmp_path / name)
        assert item.reason == f"No such file or directory: {advice.format(tmp_path)}"
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
        "messages:\n- role: user\n  # promptops: ignore[SEC003] why\n  content: |\n    a\n    b\n",
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
