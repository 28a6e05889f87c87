"""What a new user does by mistake: nothing is lost, nothing half done passes for whole."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from promptops.cli.run import parse_budget
from promptops.errors import UsageError
from promptops.llm.scripted import ScriptedChat
from promptops.testing.embedders import HashingEmbedder
from promptops.testing.workspace import label_prompt, label_rows, make_workspace
from promptops.wiring import Services

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_workspace(
        tmp_path / "ws",
        prompts={"support/topic": label_prompt("topic"), "support/other": label_prompt("other")},
        golden={"topic": label_rows(), "other": label_rows()},
        kb={"policies": {"refunds.md": "# Refunds\n\nWithin 30 days.\n"}},
    ).root


REFUSED_REPORTS = {
    "the settings": (["graph", "--html", "{root}/promptops.toml"], "part of the workspace"),
    "a prompt": (
        [
            "route",
            "recalibrate",
            "--plot",
            "{root}/prompt_registry/prompts/support/topic.prompt.yaml",
        ],
        "part of the workspace",
    ),
    "a golden set": (
        ["evaluate", "topic", "--out", "{root}/datasets/golden/topic.jsonl"],
        "part of the workspace",
    ),
    "what PromptOps keeps, through a link": (
        ["cluster", "--out", "{root}/../link.json"],
        "part of the workspace",
    ),
    "a new prompt": (
        ["graph", "--html", "{root}/prompt_registry/prompts/support/new.prompt.yaml"],
        "lies in prompt_registry/",
    ),
    "new data": (["validate", "--plot", "{root}/datasets/golden/new.csv"], "lies in datasets/"),
    "a pack among the prompts": (
        ["pack", "build", "--out", "{root}/prompt_registry/prompts"],
        "lies in prompt_registry/",
    ),
    "a pack into a file": (["pack", "build", "--out", "{root}/promptops.toml"], "is no folder"),
    "a folder": (["graph", "--html", "{root}"], "is a folder"),
    "a folder that does not exist": (["graph", "--html", "{root}/../none/x.html"], "not exist"),
}


@pytest.mark.parametrize(("arguments", "says"), REFUSED_REPORTS.values(), ids=REFUSED_REPORTS)
def test_a_report_overwrites_nothing_of_the_workspace(
    run: Run, root: Path, arguments: list[str], says: str
) -> None:
    kept = root / ".promptops" / "kept.db"
    kept.parent.mkdir()
    kept.write_text("kept")
    (root.parent / "link.json").symlink_to(kept)
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    status, _, err = run("-w", root, *(each.format(root=root) for each in arguments))
    assert (status, err.startswith("error[usage]: ")) == (2, True), err
    assert says in err
    assert before == {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert not (root.parent / "none").exists()


def test_a_report_is_written_again_and_folders_of_the_workspace_are_made(
    run: Run, root: Path
) -> None:
    for _ in range(2):
        assert run("-w", root, "graph", "--html", root / "reports" / "new" / "graph.html")[0] == 0
    assert "<html" in (root / "reports" / "new" / "graph.html").read_text()
    assert run("-w", root, "graph", "--html", "/dev/null")[0] == 0
    assert Path("/dev/null").is_char_device()


def test_a_broken_policy_or_pack_is_told_beside_the_graph_of_the_rest(run: Run, root: Path) -> None:
    for name in ("policies", "packs"):
        broken = root / "prompt_registry" / name / "broken.yaml"
        broken.parent.mkdir(exist_ok=True)
        broken.write_text("spec: [")
    status, out, err = run("-w", root, "graph")
    assert status == 2
    assert "topic" in out
    assert err.count("broken.yaml:") == 2


def test_a_budget_is_read() -> None:
    assert parse_budget(None) == {}
    assert parse_budget("500") == {"calls": 500}
    assert parse_budget("calls=0, usd=2.5,minutes=10") == {"calls": 0, "usd": 2.5, "minutes": 10}
    for text in ("", " ", ",", "calls=1,", "=5", "5,calls=6", "usd=1,usd=2", "cats=1", "calls=1.5"):
        with pytest.raises(UsageError, match="--budget"):
            parse_budget(text)
    for text in ("usd=nan", "minutes=inf", "calls=-1"):
        with pytest.raises(UsageError, match="is not a number from 0 up"):
            parse_budget(text)


def test_a_budget_is_read_before_anything_else(run: Run, tmp_path: Path) -> None:
    status, _, err = run("-w", tmp_path, "run", "nightly", "--budget", "")
    assert (status, err.startswith("error[usage]: --budget: ")) == (2, True), err


@pytest.mark.parametrize("schedule", ["foo bar", "61 2 * * *", ""])
def test_a_schedule_is_checked_before_a_server_is_started(
    run: Run, root: Path, schedule: str
) -> None:
    status, _, err = run("-w", root, "deploy", "--schedule", schedule)
    assert status == 2
    assert err.startswith(f'error[settings]: nightly.schedule: "{schedule}" is no cron'), err
    assert not (root / ".promptops").exists()


ONE_BROKEN_PROMPT = {
    "graph": (["graph", "--format", "json"], "prompt:other"),
    "graph as HTML": (["graph", "--html", "{root}/graph.html"], "graph.html"),
    "fmt": (["fmt"], "other.prompt.yaml: rewritten"),
    "cluster": (["cluster"], "1 prompt:"),
    "duplicates": (["duplicates"], "No two prompts"),
    "search": (["search", "topic of a message"], "other"),
    "evaluate --all": (["evaluate", "--all"], "other@1.0.0"),
}


@pytest.fixture
def without_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small embeddings and a scripted model in the place of the packaged ones."""
    embedder = HashingEmbedder()
    monkeypatch.setattr("promptops.embedding.backends.load_embedder", lambda *_: embedder)
    chat = ScriptedChat(lambda _request: "yes")
    monkeypatch.setattr(Services, "chat", property(lambda _services: chat))


@pytest.mark.parametrize(("arguments", "says"), ONE_BROKEN_PROMPT.values(), ids=ONE_BROKEN_PROMPT)
@pytest.mark.usefixtures("without_models")
def test_a_broken_prompt_stops_no_other_and_is_named(
    run: Run, root: Path, arguments: list[str], says: str
) -> None:
    folder = root / "prompt_registry" / "prompts" / "support"
    (folder / "topic.prompt.yaml").write_text("id: [\n")
    other = folder / "other.prompt.yaml"
    other.write_text(f"\n{other.read_text()}")
    status, out, err = run("-w", root, *(each.format(root=root) for each in arguments))
    assert status == 2
    assert says in out
    assert err.count("error[") == 1
    assert re.search(r"^error\[prompt-syntax\]: .*topic\.prompt\.yaml:", err, re.MULTILINE), err


@pytest.mark.parametrize("command", [["list"], ["snapshot"], ["build"], ["graph"]])
@pytest.mark.usefixtures("without_models")
def test_a_broken_knowledge_base_stops_no_other_and_is_named(
    run: Run, root: Path, command: list[str]
) -> None:
    (root / "datasets" / "kb" / "bad").mkdir()
    (root / "datasets" / "kb" / "bad" / "kb.yaml").write_text("name: [\n")
    status, out, err = run("-w", root, *(command if command == ["graph"] else ["kb", *command]))
    assert status == 2
    assert "policies" in out
    assert err.count("error[") == 1
    assert re.search(r"^error\[knowledge-base\]: .*bad", err, re.MULTILINE), err


def test_a_closed_output_is_no_defect_and_reaches_no_file(root: Path) -> None:
    for closed in (">&-", "2>&-", "<&- >&- 2>&-"):
        line = f"{sys.executable} -m promptops.cli -w {root} show --format json {closed}"
        done = subprocess.run(line, shell=True, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), closed


def test_a_name_of_any_characters_is_written_as_it_is(run: Run, tmp_path: Path) -> None:
    name = 'ev"il\\ [llm] ü'
    assert run("init", tmp_path / "named", "--name", name)[0] == 0
    status, out, _ = run("-w", tmp_path / "named", "config", "show", "general.name")
    assert (status, out) == (0, f"general.name = {name}\n")


REFUSED = {
    "a folder name that is too long": (["init", "x" * 300], r"error\[storage\]: .*too long"),
    "a name of two lines": (["init", "new", "--name", 'a"\n[llm]'], r"error\[usage\]: --name"),
    "no folder": (["init", ""], r"error\[usage\]: dIR is empty|error\[usage\]: DIR is empty"),
    "no words to search for": (["-w", "ws", "search", " "], r"error\[usage\]: name some words"),
}


@pytest.mark.parametrize(("arguments", "says"), REFUSED.values(), ids=REFUSED)
@pytest.mark.usefixtures("root")
def test_a_careless_argument_is_refused(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert re.match(says, err), err
    assert [path.name for path in tmp_path.iterdir()] == ["ws"]


def test_the_doctor_sees_that_the_state_folder_is_a_file(run: Run, root: Path) -> None:
    (root / ".promptops").write_text("")
    status, out, _ = run("-w", root, "doctor")
    assert status == 1
    assert f"{root / '.promptops'} is no folder" in out


def test_models_are_listed_and_pulled_without_a_workspace_in_order(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for settings in (None, "[llm\n"):
        if settings is not None:
            (tmp_path / "promptops.toml").write_text(settings)
        status, out, _ = run("models", "list")
        assert (status, "embedded/smollm2-135m" in out) == (0, True)
        status, _, err = run("models", "pull", "smolm2-135m")
        assert (status, err.splitlines()[-1].startswith("error[unknown-model]")) == (2, True), err
    assert run("-w", tmp_path, "models", "pull", "smolm2-135m")[2].startswith("error[settings]")
