"""What the linter reads around prompts: golden sets, policies, cards, kept and committed texts."""

import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from promptops.lint import LintOptions, parse_file
from promptops.lint.project_engine import lint_project
from promptops.operations.lint_project import read_project
from promptops.operations.linting import (
    lint_named,
    lint_registry,
    named_targets,
    open_scope,
    with_context,
)
from promptops.testing.workspace import LABELS, label_prompt, label_rows, make_workspace
from promptops.wiring import open_services

PLACE = "prompt_registry/prompts/support/topic.prompt.yaml"
POLICY = """\
apiVersion: promptops/v1
kind: RoutingPolicy
metadata: {name: main, version: 2}
targets: [{model: lab/open-ear}, {model: lab/unheard-of}]
constraints:
  - {id: cheap, require: {expected_cost_usd_max: 0.1}}
"""
CARDS = """\
models:
  - {id: lab/open-ear, family: ear, provider: lab, context: 8000, trains_on_data: true,
     jurisdiction: EU}
"""
ALL = LintOptions(select=frozenset({"VAR004", "REG010", "REG011", "CMP010"}))


def workspace(tmp_path: Path, **parts) -> Path:
    prompts = {"support/topic": label_prompt("topic")}
    return make_workspace(tmp_path / "ws", prompts=prompts, **parts).root


def told(root: Path, about=None) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    services = open_services(root)
    files, errors = services.registry.load_all()
    assert not errors
    checked = lint_project(read_project(services, files, ALL, about=about), ALL)
    return (
        [(finding.code, finding.message) for finding in checked.findings],
        [(skipped.path, skipped.reason) for skipped in checked.skipped],
    )


def rename_variable(root: Path) -> None:
    path = root / PLACE
    path.write_text(path.read_text().replace("message:", "mail:").replace("{{ message", "{{ mail"))


def test_a_workspace_with_nothing_around_its_prompts_is_fine(tmp_path):
    assert told(workspace(tmp_path)) == ([], [])


def test_golden_sets_are_read(tmp_path):
    rows = [row for row in label_rows() if row["expected"]["label"] != LABELS[0]]
    root = workspace(tmp_path, golden={"topic": rows})
    ((code, message),), skipped = told(root)
    assert (code, skipped) == ("REG010", [])
    assert LABELS[0] in message
    assert told(root, about={"another"}) == ([], [])


def test_a_broken_row_is_told_and_the_others_count(tmp_path):
    root = workspace(tmp_path, golden={"topic": label_rows()})
    path = root / "datasets/golden/topic.jsonl"
    path.write_text(path.read_text() + '{"id": "bad"}\n')
    found, ((place, reason),) = told(root)
    assert found == []
    assert place == "datasets/golden/topic.jsonl:13"
    assert reason.startswith("REG010 and REG011 not checked: ")


def test_policies_and_cards_are_read_and_measured_limits_left_out(tmp_path):
    files = {"prompt_registry/policies/main.yaml": POLICY, "prompt_registry/models.yaml": CARDS}
    root = workspace(tmp_path, files=files)
    assert told(root) == ([], [])
    path = root / PLACE
    path.write_text(path.read_text().replace("contains_pii: false", "contains_pii: true"))
    ((code, message),), skipped = told(root)
    assert (code, skipped) == ("CMP010", [])
    assert "main@2 may send this personal data to lab/open-ear" in message
    path.write_text(path.read_text().replace("residency: [eu]", "residency: [jp]"))
    ((code, message),), _ = told(root)
    assert 'lets no target answer: lab/open-ear breaks "residency"' in message


def test_a_broken_policy_is_told(tmp_path):
    files = {"prompt_registry/policies/main.yaml": POLICY.replace("version: 2", "version: two")}
    found, ((place, reason),) = told(workspace(tmp_path, files=files))
    assert found == []
    assert "main.yaml" in place
    assert reason.startswith("CMP010 not checked: ")


def test_the_last_kept_version_is_compared_with(tmp_path):
    root = workspace(tmp_path)
    kept = (root / PLACE).parent / ".history/topic@0.9.0.yaml"
    kept.parent.mkdir()
    kept.write_text((root / PLACE).read_text().replace("1.0.0", "0.9.0"))
    assert told(root) == ([], [])
    rename_variable(root)
    path = root / PLACE
    assert told(root) == ([], []), "1.0.0 after 0.9.0 may break"
    path.write_text(path.read_text().replace("1.0.0", "0.9.1"))
    ((code, message),), _ = told(root)
    assert (code, message) == ("VAR004", '"message" of version 0.9.0 is called "mail" now')


def test_a_changed_file_is_compared_with_the_last_commit(tmp_path):
    root = workspace(tmp_path)

    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)

    git("init", "-q")
    rename_variable(root)
    assert told(root) == ([], []), "nothing is committed yet"
    git("add", "-A")
    git("commit", "-q", "-m", "One")
    assert told(root) == ([], [])
    path = root / PLACE
    path.write_text(path.read_text().replace("mail:", "post:").replace("{{ mail", "{{ post"))
    ((code, message),), _ = told(root)
    assert (code, message) == ("VAR004", '"mail" of version 1.0.0 is called "post" now')
    (root / ".git/HEAD").write_text("nonsense")
    found, ((_, reason),) = told(root)
    assert found == []
    assert reason.startswith("VAR004 not checked: git cannot tell")


def test_members_are_parsed_as_findings_name_them(tmp_path):
    root = workspace(tmp_path)
    services = open_services(root)
    files, _ = services.registry.load_all()
    options = LintOptions(root=root)
    (member,) = read_project(services, files, options).members
    assert (member.path, member.area) == (PLACE, "support")
    assert member.parsed.prompt_id == parse_file(files[0], shown_path=PLACE).prompt_id


@pytest.mark.parametrize("code", sorted(ALL.select))
def test_nothing_is_read_that_no_rule_asks_for(tmp_path, code):
    files = {"prompt_registry/policies/main.yaml": "broken: ["}
    root = workspace(tmp_path, files=files, golden={"topic": [{"id": "x"}]})
    services = open_services(root)
    loaded, _ = services.registry.load_all()
    unread = read_project(services, loaded, LintOptions(select=frozenset({code}))).unread
    needs = {"VAR004": [], "REG010": ["golden"], "REG011": ["golden"], "CMP010": ["policies"]}
    assert [item.need for item in unread] == needs[code]


def test_a_sweep_of_the_registry_has_the_surroundings_and_named_files_theirs(tmp_path):
    prompts = {f"support/{name}": label_prompt(name) for name in ("topic", "mood")}
    rows = [row for row in label_rows() if row["expected"]["label"] != LABELS[0]]
    golden = {"topic": rows, "mood": rows}
    root = make_workspace(tmp_path / "ws", prompts=prompts, golden=golden).root
    services = open_services(root)
    swept = lint_registry(services, options=ALL)
    assert [finding.prompt_id for finding in swept.findings] == ["mood", "topic"]
    scope = replace(open_scope(root, today=date(2026, 1, 1)), options=replace(ALL, root=root))
    targets = named_targets(scope, [str(root / PLACE)])
    report = with_context(
        scope, lint_named(scope, targets), targets, open_services=lambda: services
    )
    assert [finding.prompt_id for finding in report.findings] == ["topic"]
