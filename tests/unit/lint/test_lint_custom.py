"""Rules that a workspace brings, as YAML or from an installed package."""

import pickle
import sys

import pytest

from promptops.errors import SettingsError
from promptops.lint import Linter, lint_cells, load_options

RULES = """\
rules:
  - code: ACME001
    name: product-name
    phrases: [acmecloud, Acme Kloud]
    replace: Acme Cloud
    message: 'write "Acme Cloud", not "{}"'
    advice: Use the name as the trademark list has it.
  - code: ACME002
    name: incident-number
    severity: error
    pattern: 'Incident [0-9]{3,}'
    triggers: [incident]
    message: an incident number stands in the prompt
    advice: Pass it as a variable.
  - code: ACME003
    name: privacy-notice
    require: [privacy notice]
    message: the privacy notice is missing
    advice: Add it.
"""


@pytest.fixture
def options(tmp_path):
    (tmp_path / "house.yaml").write_text(RULES)
    (tmp_path / "lint.toml").write_text('select = ["ACME"]\ncustom = ["house.yaml"]\n')
    return load_options(tmp_path / "lint.toml", root=tmp_path)


CASES = {
    "a phrase in any case": ("Try ACMECLOUD. See our privacy notice.", ["ACME001"]),
    "a phrase over two lines": ("Try Acme\nKloud. See our privacy notice.", ["ACME001"]),
    "no part of a word": ("Try acmeclouds. See our privacy notice.", []),
    "not in a quote": ('Never say "acmecloud" to them. See our privacy notice.', []),
    "beside other scripts": ("Прочитай İ: acmecloud. Privacy notice: none.", ["ACME001"]),
    "a pattern in any case": ("Explain incident 12345. Privacy notice: none.", ["ACME002"]),
    "what is missing": ("Explain it.", ["ACME003"]),
}


@pytest.mark.parametrize(("text", "codes"), CASES.values(), ids=CASES)
def test_a_yaml_rule_finds_what_it_says(options, text, codes):
    found = Linter(options).check_text(text, path="a.txt").findings
    assert [finding.code for finding in found] == codes
    for finding in found:
        assert finding.advice


def test_a_replacement_is_a_safe_fix_at_the_right_place(options):
    text = "Прочитай İ: acmecloud. Privacy notice: none."
    (found,) = Linter(options).check_text(text, path="a.txt").findings
    (edit,) = found.fix.edits
    assert text[edit.column - 1 : edit.end_column - 1] == "acmecloud"
    assert (edit.text, found.fix.applicability) == ("Acme Cloud", "safe")


def test_workers_know_the_rules_too(options):
    assert pickle.loads(pickle.dumps(options)).catalog["ACME001"].name == "product-name"
    cells = [(row, "acmecloud " + "x" * 40_000) for row in range(1, 60)]
    report = lint_cells(cells, path="a.csv", options=options, workers=2)
    assert report.summary()["by_code"] == {"ACME001": 59, "ACME003": 59}


WRONG = {
    "a pattern that could run away": ("pattern: '(a+)+\\1'", "patterns are RE2"),
    "two kinds": ("pattern: a\n    phrases: [b]", "exactly one of phrases, pattern and require"),
    "no kind": ("severity: info", "exactly one of phrases, pattern and require"),
    "an unknown key": ("phrase: [a]", "phrase"),
    "a code of ours": ("phrases: [a]\n    code: SEC002", "SEC002 is taken"),
}


@pytest.mark.parametrize(("body", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_rule_is_told_with_its_place(tmp_path, body, said):
    rule = f"rules:\n  - name: x\n    message: m\n    advice: a\n    {body}\n"
    if "code:" not in body:
        rule += "    code: ACME001\n"
    (tmp_path / "house.yaml").write_text(rule)
    (tmp_path / "lint.toml").write_text('custom = ["house.yaml"]\n')
    with pytest.raises(SettingsError) as caught:
        load_options(tmp_path / "lint.toml")
    assert said in str(caught.value)


PLUGIN = '''
from promptops.lint import Rule, Severity


class Sundays(Rule):
    """Speaks of Sundays."""

    code = "ACME900"
    name = "sundays"
    severity = Severity.INFO
    triggers = ("sunday",)

    def check(self, prompt):
        for message in prompt.messages:
            start = message.lower.find("sunday")
            yield self.found(prompt, message, (start, start + 6), "a Sunday")
'''


def test_a_package_brings_rules_only_when_it_is_named(tmp_path, monkeypatch):
    (tmp_path / "acme_sundays.py").write_text(PLUGIN)
    info = tmp_path / "acme_sundays-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-sundays\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[promptops.lint_rules]\nacme-sundays = acme_sundays:Sundays\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    settings = tmp_path / "lint.toml"
    settings.write_text('plugins = ["acme-sundays"]\n')
    options = load_options(settings)
    found = Linter(options).check_text("Rest on Sunday.", path="a.txt").findings
    assert "ACME900" in {finding.code for finding in found}
    assert "ACME900" not in load_options(None).catalog
    settings.write_text('plugins = ["acme-sunday"]\n')
    with pytest.raises(SettingsError, match='did you mean "acme-sundays"'):
        load_options(settings)
    sys.modules.pop("acme_sundays", None)
