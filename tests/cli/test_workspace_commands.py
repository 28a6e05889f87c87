"""A person's first hour: make a workspace, import, look, change, compare. No model is called."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from promptops.testing.workspace import label_prompt, label_rows, make_workspace

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    prompts = {
        "support/topic": label_prompt("topic"),
        "finance/dispute": label_prompt("dispute", wording="Sort the dispute. TODO: say how."),
    }
    golden = {"topic": label_rows(), "dispute": label_rows()}
    kb = {"policies": {"refunds.md": "# Refunds\n\nWithin 30 days.\n"}}
    return make_workspace(tmp_path / "ws", prompts=prompts, golden=golden, kb=kb).root


def test_a_new_workspace_is_in_order_and_never_overwrites(run: Run, tmp_path: Path) -> None:
    ours = tmp_path / "new" / ".gitignore"
    ours.parent.mkdir()
    ours.write_text("mine\n")
    status, out, err = run("init", tmp_path / "new")
    assert status == 0
    assert "promptops.toml" in out
    assert ".gitignore: was there, left as it is" in err
    assert ours.read_text() == "mine\n"
    for command in (["lint"], ["validate"], ["fmt", "--check"], ["pack", "list"], ["show"]):
        status, out, err = run("-q", "-w", tmp_path / "new", *command)
        assert (status, err) == (0, ""), (command, out, err)
    assert run("init", tmp_path / "new")[0] == 2


@pytest.mark.parametrize(
    ("name", "text"),
    {
        "prompts.csv": 'act,prompt\nPoet,"Write {{ nothing }}, {% of %} mine"\nCook,Cook {x}\n',
        "p.jsonl": '{"name": "Poet", "prompt": "Write"}\n{"name": "Cook", "prompt": "Cook"}\n',
    }.items(),
)
def test_a_collection_becomes_a_workspace(run: Run, tmp_path: Path, name: str, text: str) -> None:
    source = tmp_path / name
    source.write_text(text)
    status, out, _ = run("import", source, "--into", tmp_path / "ws", "--format", "json")
    assert status == 0
    assert json.loads(out)["imported"] == 2
    again = json.loads(run("import", source, "--into", tmp_path / "ws", "--format", "json")[1])
    assert again["imported"] == 2
    status, out, _ = run("-w", tmp_path / "ws", "show", "--format", "json")
    assert [item["id"] for item in json.loads(out)] == ["cook", "poet"]
    if name.endswith("csv"):
        assert (
            "Write {{ nothing }}, {% of %} mine" in run("-w", tmp_path / "ws", "render", "poet")[1]
        )


def test_json_reports_are_one_document(run: Run, root: Path) -> None:
    for command in (
        ["show"],
        ["show", "topic"],
        ["diff", "topic", "dispute"],
        ["render", "topic", "--set", "message=x"],
        ["lint"],
        ["lint", "--statistics"],
        ["lint", "--rules"],
        ["validate"],
        ["config", "show"],
        ["doctor"],
        ["kb", "list"],
        ["proposals", "list"],
        ["pack", "list"],
        ["models", "list"],
        ["route", "recalibrate"],
        ["route", "log"],
        ["graph"],
        ["graph", "--impact", "kb:policies"],
        ["regress"],
    ):
        status, out, _ = run("-w", root, *command, "--format", "json")
        assert status in (0, 1), command
        json.loads(out)


def test_a_lint_report_can_be_written_as_html(run: Run, root: Path, tmp_path: Path) -> None:
    status, _, err = run("-w", root, "lint", "--html", tmp_path / "lint.html")
    page = (tmp_path / "lint.html").read_text()
    assert status in (0, 1)
    assert "report:" in err
    assert "dispute" in page
    assert "src=" not in page


def test_metrics_are_small_and_the_same_for_the_same_input(
    run: Run, root: Path, tmp_path: Path
) -> None:
    written = []
    for number in (1, 2):
        metrics, plot = tmp_path / f"{number}.json", tmp_path / f"{number}.csv"
        run("-w", root, "lint", "--exit-zero", "--metrics", metrics, "--plot", plot)
        written.append((metrics.read_bytes(), plot.read_bytes()))
    assert written[0] == written[1]
    assert json.loads(written[0][0])["checked"] == 2
    assert written[0][1].startswith(b"rule,findings\n")


def test_our_own_samples_are_in_standard_form(run: Run) -> None:
    assert run("-w", Path(__file__).resolve().parents[2], "fmt", "--check") == (0, "", "")


def test_formatting_keeps_meaning_and_comments(run: Run, root: Path) -> None:
    path = root / "prompt_registry/prompts/support/topic.prompt.yaml"
    before = json.loads(run("-w", root, "show", "topic", "--format", "json")[1])
    path.write_text(
        "# why it is so\n" + path.read_text().replace("tags: [support]", "tags:\n- support")
    )
    assert run("-w", root, "fmt", "--check")[0] == 1
    status, out, _ = run("-w", root, "fmt", "--diff", "--format", "json")
    (told,) = json.loads(out)
    assert (status, told["path"], told["written"]) == (1, str(path), False)
    assert "+tags: [support]" in told["diff"]
    assert run("-w", root, "fmt")[0] == 0
    assert run("-w", root, "fmt", "--check")[0] == 0
    assert path.read_text().startswith("# why it is so\n")
    after = json.loads(run("-w", root, "show", "topic", "--format", "json")[1])
    assert after["semantic_digest"] == before["semantic_digest"]


def test_a_knowledge_base_is_kept_updated_and_compared(
    run: Run, root: Path, tmp_path: Path
) -> None:
    update = tmp_path / "update"
    update.mkdir()
    (update / "kb.yaml").write_text('name: policies\nlabel: "2026-11"\n')
    (update / "refunds.md").write_text("# Refunds\n\nWithin 45 days.\n")
    assert run("-w", root, "kb", "diff", "policies")[0] == 2
    status, out, _ = run("-w", root, "kb", "update", "policies", update)
    assert status == 0
    assert "changed  refunds.md" in out
    status, out, _ = run("-w", root, "kb", "diff", "policies", "--format", "json")
    assert json.loads(out)["changed"] == ["refunds.md"]
    assert json.loads(out)["old"]["label"] == "2026-06"
    assert "no document differs" in run("-w", root, "kb", "update", "policies", update)[1]


def test_findings_and_gates_end_with_one(run: Run, root: Path) -> None:
    assert run("-w", root, "lint", "--select", "AMB")[0] in (0, 1)
    golden = root / "datasets/golden/topic.jsonl"
    golden.write_text(golden.read_text() + golden.read_text().splitlines()[0] + "\n")
    status, out, _ = run("-w", root, "validate")
    assert status == 1
    assert "datasets/golden/topic.jsonl" in out
    assert "BROKEN" in out


def test_ids_are_completed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.shell_completion import ShellComplete

    from promptops.cli import app

    monkeypatch.setenv("PROMPTOPS_WORKSPACE", str(root))
    complete = ShellComplete(app, {}, "promptops", "_PROMPTOPS_COMPLETE")
    assert [item.value for item in complete.get_completions(["show"], "to")] == ["topic"]
    assert [item.value for item in complete.get_completions([], "prop")] == ["proposals"]
