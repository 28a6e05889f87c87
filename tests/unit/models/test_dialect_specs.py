"""Runs the literate specs of the dialects, and the example of the how-to guide.

A case is a heading with a model id (or ``only the family``) and a fenced piece of YAML: what the
model ``takes`` in which topic, the topics that nothing is said of (``silent``), and what becomes of
parameters: ``give`` and ``get``, with the ``problems`` that are left.
"""

import re
from pathlib import Path

import pytest
import yaml

from promptops.errors import SettingsError
from promptops.models.dialects import dialects, family_words, load_dialects
from promptops.models.names import ModelName, read_model_name
from promptops.models.params import fit_params

FOLDER = Path(__file__).parent / "dialect_specs"
CASE = re.compile(
    r"^## (?P<title>[^\n]+)\n\n~~~~yaml\n(?P<text>.*?)\n~~~~$", re.MULTILINE | re.DOTALL
)
SPECS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.md"))}
CASES = [
    pytest.param(family, match["title"], match["text"], id=f"{family}: {match['title']}")
    for family, text in SPECS.items()
    for match in CASE.finditer(text)
]


def keeps(known, family, title, text):
    """Hold the dialect of one model to a case."""
    wanted = yaml.safe_load(text)
    assert wanted.keys() <= {"takes", "silent", "params"}
    alone = title == "only the family"
    model = ModelName(family=family) if alone else read_model_name(title, family_words(known))
    assert model.family == family
    fitting = known[family].for_model(model)
    takes = wanted.get("takes", {})
    assert {topic: fitting.value(topic) for topic in takes} == takes
    assert [topic for topic in wanted.get("silent", ()) if fitting.claim(topic)] == []
    for case in wanted.get("params", ()):
        assert case.keys() <= {"give", "get", "problems", "soft"}
        fit = fit_params(case["give"], fitting, soft=case.get("soft", True))
        assert fit.params == case["get"]
        assert [each.param for each in fit.problems] == case.get("problems", [])


@pytest.mark.parametrize(("family", "title", "text"), CASES)
def test_a_dialect_keeps_its_spec(family, title, text):
    keeps(dialects(), family, title, text)


def test_every_family_has_a_spec_for_itself_and_for_a_model():
    assert set(SPECS) == set(dialects())
    for family, text in SPECS.items():
        titles = [match["title"] for match in CASE.finditer(text)]
        assert len(titles) == len(re.findall("^## ", text, re.MULTILINE)), family
        assert "only the family" in titles, family
        assert len(titles) > 1, family


GUIDE = (Path(__file__).parents[3] / "docs/how-to/add-a-model-family.md").read_text("utf-8")


def test_the_family_that_the_guide_adds_works_as_it_says(tmp_path):
    (data,) = re.findall(r"^```yaml\n(family: .*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    (spec,) = re.findall(r"^```markdown\n(# .*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    path = tmp_path / "prompt_registry/dialects/acme.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(data, encoding="utf-8")
    cases = list(CASE.finditer(spec))
    assert len(cases) > 1
    for case in cases:
        keeps(load_dialects(path.parent), "acme", case["title"], case["text"])
    path.write_text(data.replace("value: native", "value: natve"), encoding="utf-8")
    with pytest.raises(SettingsError) as raised:
        load_dialects(path.parent)
    assert str(raised.value).removeprefix(f"{tmp_path}/") in GUIDE
