from hypothesis import given
from hypothesis import strategies as st

from promptops.knowledge.chunking import chunk, chunk_kb
from promptops.knowledge.diff import diff_kb
from promptops.knowledge.kb import KnowledgeBase, make_document

PAGE = """---
title: "Returns"
tags: [a]
---
Before any heading.

## Deadlines

You can return an item within 30 days.

### Rugs ##

Only 14 days.

## Empty

## Code

```sh
# this is no heading
run
```
"""


def chunks(text, path="area/my-page.md"):
    return chunk(make_document(path, text))


def knowledge(**pages):
    documents = tuple(make_document(f"{name}.md", text) for name, text in sorted(pages.items()))
    return KnowledgeBase(name="kb", label="1", documents=documents)


def test_a_document_is_cut_at_its_headings():
    assert [part.text for part in chunks(PAGE)] == [
        "Returns\nBefore any heading.",
        "Returns > Deadlines\nYou can return an item within 30 days.",
        "Returns > Deadlines > Rugs\nOnly 14 days.",
        "Returns > Empty",
        "Returns > Code\n```sh\n# this is no heading\nrun\n```",
    ]
    assert {part.doc for part in chunks(PAGE)} == {"area/my-page.md"}


def test_text_without_a_title_is_headed_by_its_file():
    assert [part.text for part in chunks("Hello.")] == ["my page\nHello."]
    assert chunks("") == ()


def test_a_heading_without_a_body_is_said_once():
    assert [part.text for part in chunks("# Do you ship to Norway? No.")] == [
        "Do you ship to Norway? No."
    ]
    assert [part.text for part in chunks("# A\n## B\n## C\nx")] == ["A > B", "A > C\nx"]


def test_a_deeper_first_heading_is_no_fault():
    assert [part.heading for part in chunks("### C\nx\n# A\ny\n### B\nz\n## D\nw")] == [
        "C",
        "A",
        "A > B",
        "A > D",
    ]


def test_a_wrapping_or_a_move_keeps_the_id():
    (before,) = chunks("# A\nOne two\nthree.")
    (after,) = chunks("# A\n\nOne\ntwo three.  ", path="elsewhere.md")
    assert before.id == after.id
    assert before.id != chunks("# A\nOne two four.")[0].id
    assert before.id != chunks("# B\nOne two three.")[0].id


def test_a_long_section_is_cut_between_blocks():
    paragraphs = [f"Paragraph {n}: " + "word " * 60 for n in range(9)]
    parts = chunks("# A\n" + "\n\n".join(paragraphs))
    assert len(parts) == 3
    assert all(len(part.text) <= 1010 for part in parts)
    assert "".join("".join(part.text.removeprefix("A").split()) for part in parts) == "".join(
        "".join(text.split()) for text in paragraphs
    )


def test_a_cut_table_repeats_its_header():
    rows = [f"| product {n} | {'x' * 80} |" for n in range(30)]
    parts = chunks("# A\nPrices:\n\n| product | note |\n|---|---|\n" + "\n".join(rows))
    assert len(parts) > 2
    assert parts[0].text.startswith("A\nPrices:\n| product | note |\n|---|---|\n| product 0 |")
    for part in parts[1:]:
        assert part.text.startswith("A\n| product | note |\n|---|---|\n| product ")
    told = [line for part in parts for line in part.text.split("\n")]
    assert [row for row in told if row in rows] == rows


@given(st.text(alphabet="ab .\n#|`-", max_size=3000))
def test_nothing_said_is_lost(text):
    body = "# T\nx\n" + text
    together = "".join("".join(part.text.split()) for part in chunks(body))
    for word in body.replace("#", " ").split():
        if not set(word) <= set("|-`."):
            assert word in together


@given(st.text(alphabet="ab .\n", max_size=4000))
def test_pieces_are_never_too_large(text):
    assert all(len(part.text) <= 1000 + len("my page\n") for part in chunks(text))


def test_of_equal_chunks_one_stays():
    kb = knowledge(a="# A\nSame.", b="# A\nSame.\n## B\nOther.")
    assert [(part.doc, part.heading) for part in chunk_kb(kb)] == [("a.md", "A"), ("b.md", "A > B")]


def test_a_difference_counts_documents_and_chunks():
    old = knowledge(a="# A\nOne.\n## B\nTwo.", gone="# G\nGone.", same="# S\nSame\nthing.")
    new = knowledge(a="# A\nOne.\n## B\nTwo!", fresh="# F\nNew.", same="# S\nSame thing.")
    difference = diff_kb(old, new)
    assert difference.to_json() == {
        "added": ["fresh.md"],
        "removed": ["gone.md"],
        "changed": ["a.md"],
        "chunks": {"added": 2, "removed": 2, "kept": 2},
    }
    assert difference.documents == ("a.md", "fresh.md", "gone.md")
    assert not difference.is_empty
    assert diff_kb(old, old).is_empty
