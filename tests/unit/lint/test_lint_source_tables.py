"""Tables of prompts: every row is checked or told, each finding in its row and cell."""

import pytest

from promptops.lint.sources import parse_source, read_prompts

MARK = "<|im_end|>"

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


SEPARATED = {
    "semicolons": "id;text\n1;fine, indeed\n2;{}\n",
    "tabs": "id\ttext\n1\tfine, indeed\n2\t{}\n",
    "what gives the column asked for": "a,b;text\n1;fine\n2;{}\n",
    "quotes": '"id";"text"\n"1";"fine, indeed"\n"2";"{}"\n',
    "a first line for spreadsheets": "sep=;\r\nid;text\r\n1;fine\r\n2;{}\r\n",
    "a mark, blank lines": "\ufeff\n\nid;text\n1;fine\n2;{}\n",
}


@pytest.mark.parametrize("text", SEPARATED.values(), ids=SEPARATED)
@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_a_header_tells_what_separates_the_columns(tmp_path, name, text):
    path = write(tmp_path, name, text.format(MARK))
    assert rows(read(path, column="text")) == [(2, 1, 1)]
    stream = list(parse_source(text.format(MARK), shown=name, format_="csv", column="text"))
    assert rows(stream) == [(2, 1, 1)]


def test_a_header_that_is_one_name_is_not_cut_without_being_told(tmp_path):
    path = write(tmp_path, "a.csv", "question; in full\nWhat; when?\n")
    (item,) = read(path)
    assert 'the header is one column, "question; in full": is it separated by sem' in item.reason
    (item,) = read(path, column="question; in full")
    assert item.messages[0].text == "What; when?"
    (item,) = read(write(tmp_path, "b.csv", '"question, in full"\n"What, when?"\n'))
    assert item.messages[0].text == "What, when?"


def read(path, **kwargs):
    return list(read_prompts(path, shown=path.name, **kwargs))


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path
