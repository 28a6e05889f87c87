"""Tables as spreadsheets leave them behind."""

import pytest

from promptops.errors import GoldenSetError
from promptops.golden.frames import kb_frame
from promptops.golden.loading import load_golden

BROKEN = {
    "a header alone": ("id,inputs.message,expected\n", "", "at least one case"),
    "a comma too many": ("id,inputs.m,expected\na,b,c\n\nd,e,f,g\n", ":3", "4 cells"),
    "semicolons": ("id;inputs.m;expected\na;b;c\n", ":1", "separated by semicolons"),
    "tabs": ("id\tinputs.m\texpected\na\tb\tc\n", ":1", "separated by tabs"),
    "a column twice": ("id,id\na,b\n", ":1", "appears twice"),
    "nothing": ("", ":1", "the table is empty"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("text", "place", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_careless_table_is_told_in_one_line(tmp_path, capfd, text, place, reason):
    path = tmp_path / "g.csv"
    path.write_text(text)
    with pytest.raises(GoldenSetError, match=reason) as caught:
        load_golden(path)
    assert caught.value.where == f"{path}{place}"
    assert capfd.readouterr().err == ""


def test_a_link_that_leads_nowhere_is_no_document(tmp_path):
    (tmp_path / "kb.yaml").write_text("name: shop\nlabel: a\n")
    (tmp_path / "a.md").write_text("# A\n")
    (tmp_path / "b.md").symlink_to(tmp_path / "gone.md")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "c.md").write_text("# C\n")
    assert kb_frame(tmp_path)["file"].tolist() == ["a.md"]
