import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.errors import KnowledgeBaseError
from promptops.knowledge.kb import dvc_md5, load_kb, normalize

TEXT = """# Returns

You can return an item within 30 days
of delivery.

- Keep the receipt,
  always.
- Pay no fee.

| item | days |
|------|------|
| rug  | 14   |

```python
if late:
    pay()
```
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "kb.yaml").write_text('name: shop\nlabel: "2026-06"\ntitle: Shop\n')
    (tmp_path / "returns.md").write_text(TEXT)
    (tmp_path / "area").mkdir()
    (tmp_path / "area" / "delivery.md").write_text("# Delivery\nThree days.\n")
    return tmp_path


def test_a_folder_is_loaded_in_order_of_path(folder):
    (folder / "notes.txt").write_text("not a document")
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "x.md").write_text("# X")
    kb = load_kb(folder)
    assert (kb.name, kb.label, kb.title) == ("shop", "2026-06", "Shop")
    assert [document.path for document in kb.documents] == ["area/delivery.md", "returns.md"]
    assert kb.document("returns.md").text == TEXT
    assert kb.document("none.md") is None


SAME = {
    "re-wrapped": lambda text: text.replace("30 days\nof delivery", "30\ndays of\ndelivery"),
    "spaces at line ends": lambda text: text.replace("\n", "  \n"),
    "Windows line ends": lambda text: text.replace("\n", "\r\n"),
    "more blank lines": lambda text: text.replace("\n\n", "\n\n\n\n"),
    "a wrapped list item": lambda text: text.replace("receipt,\n  always", "receipt, always"),
}
DIFFERENT = {
    "another fact": lambda text: text.replace("30", "14"),
    "another paragraph": lambda text: text.replace("30 days\nof", "30 days\n\nof"),
    "an item less": lambda text: text.replace("- Pay no fee.", "Pay no fee."),
    "code indented otherwise": lambda text: text.replace("    pay()", "pay()"),
    "a heading that is none": lambda text: text.replace("# Returns\n\n", "# Returns "),
    "a row moved up": lambda text: text.replace("|\n|---", "| |---"),
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_white_space_makes_no_version(folder, change):
    before = load_kb(folder).version
    (folder / "returns.md").write_bytes(change(TEXT).encode())
    assert load_kb(folder).version == before


@pytest.mark.parametrize("change", DIFFERENT.values(), ids=DIFFERENT)
def test_what_means_something_makes_a_version(folder, change):
    before = load_kb(folder).version
    (folder / "returns.md").write_text(change(TEXT))
    assert load_kb(folder).version != before


def test_a_renamed_document_makes_a_version_and_a_label_does_not(folder):
    before = load_kb(folder).version
    (folder / "kb.yaml").write_text('name: shop\nlabel: "2026-11"\n')
    assert load_kb(folder).version == before
    (folder / "returns.md").rename(folder / "refunds.md")
    assert load_kb(folder).version != before


LINES = " |# A|text|more  text|- item|  wrapped|---|===|> q|```|    code|~~~|````|1. one|#not|```sh"
lines = st.sampled_from(["", "| a |", *LINES.split("|")])


@given(st.lists(lines | st.text(max_size=12), max_size=12).map("\n".join))
def test_normalizing_again_changes_nothing(text):
    once = normalize(text)
    assert normalize(once) == once
    assert "".join(once.split()) == "".join(text.split())


BROKEN = {
    "no kb.yaml": (lambda f: (f / "kb.yaml").unlink(), "kb.yaml: no such file"),
    "kb.yaml that is no YAML": (
        lambda f: (f / "kb.yaml").write_text("name: [\n"),
        r"kb\.yaml:2:1: this is not YAML",
    ),
    "kb.yaml that is a list": (lambda f: (f / "kb.yaml").write_text("- a\n"), "is a mapping"),
    "no label": (lambda f: (f / "kb.yaml").write_text("name: shop\n"), '"label"'),
    "a name with spaces": (
        lambda f: (f / "kb.yaml").write_text("name: My shop\nlabel: x\n"),
        '"name"',
    ),
    "no documents": (
        lambda f: [path.unlink() for path in f.rglob("*.md")],
        "at least one .md file",
    ),
    "a document that is not UTF-8": (
        lambda f: (f / "returns.md").write_bytes(b"caf\xe9"),
        "returns.md: not UTF-8 text: byte 3",
    ),
    "an interrupted update": (
        lambda f: (f / ".update.json").write_text("{}"),
        "was interrupted",
    ),
}


@pytest.mark.parametrize(("damage", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_knowledge_base_says_where(folder, damage, message):
    damage(folder)
    with pytest.raises(KnowledgeBaseError, match=message):
        load_kb(folder)


def test_no_folder_is_told(tmp_path):
    with pytest.raises(KnowledgeBaseError, match="no such knowledge base"):
        load_kb(tmp_path / "none")
    with pytest.raises(KnowledgeBaseError, match="no such folder"):
        dvc_md5(tmp_path / "none")


def test_a_label_may_be_an_unquoted_date(folder):
    (folder / "kb.yaml").write_text("name: shop\nlabel: 2026-06-01\n")
    assert load_kb(folder).label == "2026-06-01"
