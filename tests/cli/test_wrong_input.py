"""Whatever is wrong, a command says so in one clear line, ends with 2 and loses nothing."""

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from promptops.cli import main
from promptops.models.catalog import Catalog
from promptops.prompts.writing import dump_prompt
from promptops.testing.workspace import label_prompt, label_rows, make_workspace

PROMPT = "prompt_registry/prompts/support/topic.prompt.yaml"
GOLDEN = "datasets/golden/topic.jsonl"


def run(
    root: Path,
    arguments: Sequence[str],
    *,
    prefix: Sequence[str] = (),
    before: Callable[[], None] | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run a command in a process of its own, without keys of any provider."""
    environment = {name: value for name, value in os.environ.items() if "API_KEY" not in name}
    return subprocess.run(
        [*prefix, sys.executable, "-m", "promptops.cli", "-w", str(root), *arguments],
        capture_output=True,
        text=True,
        env={**environment, "PYTHONDONTWRITEBYTECODE": ""},
        preexec_fn=before,
        check=False,
    )


def clear_line(done: "subprocess.CompletedProcess[str]") -> str:
    """The one line of a failure; anything else on stderr fails the test."""
    lines = [line for line in done.stderr.splitlines() if line.startswith("error[")]
    assert done.returncode == 2, done.stderr
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1] == lines[0]
    return lines[0]


def snapshot(root: Path) -> dict[str, bytes]:
    """Every file that a person wrote."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".promptops" not in path.parts
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is wrong: files changed (None deletes), the command, what the line must say."""

    arguments: list[str]
    says: str
    files: dict[str, str | None] = field(default_factory=dict)


def edited(old: str, new: str) -> str:
    text = dump_prompt(label_prompt("topic"))
    assert old in text
    return text.replace(old, new)


WRONG = {
    "broken YAML": Case(
        files={PROMPT: edited("tags: [support]", "tags: [support")},
        arguments=["show", "topic"],
        says=rf"error\[prompt-syntax\]: .*{PROMPT}:\d+:\d+: ",
    ),
    "a duplicate key": Case(
        files={PROMPT: edited("tags: [support]", "tags: [support]\ntags: [other]")},
        arguments=["fmt", "topic"],
        says=rf"error\[prompt-syntax\]: .*{PROMPT}:10:1: .*tags",
    ),
    "a template name that nobody declared": Case(
        files={PROMPT: edited("{{ message }}", "{{ mesage }}")},
        arguments=["render", "topic", "--set", "message=x"],
        says=rf"error\[template\]: .*{PROMPT}:\d+:\d+: .*mesage.*did you mean \"message\"",
    ),
    "a variable that the prompt does not have": Case(
        arguments=["render", "topic", "--set", "mesage=x"],
        says=r'error\[render\]: topic: unknown variable "mesage" \(did you mean "message"\?\)',
    ),
    "a variable without its value": Case(
        arguments=["render", "topic"],
        says=r'error\[render\]: topic: no value for the required variable "message"',
    ),
    "a prompt that does not exist": Case(
        arguments=["show", "tpic"],
        says=r'error\[unknown-prompt\]: no prompt is called "tpic" \(did you mean "topic"\?\)',
    ),
    "a golden set that is not there": Case(
        files={GOLDEN: None},
        arguments=["evaluate", "topic"],
        says=rf"error\[golden-set\]: .*{GOLDEN}: no such",
    ),
    "a golden set with a broken line": Case(
        files={GOLDEN: '{"id": "a", "inputs": {}, "expected": 1}\n{"id": "b",\n'},
        arguments=["evaluate", "topic"],
        says=rf"error\[golden-set\]: .*{GOLDEN}:2:\d+: not JSON",
    ),
    "a CSV without the column": Case(
        files={"prompts.csv": "act,prompt\na,b\n"},
        arguments=["import", "{root}/prompts.csv", "--into", "{root}", "--text-column", "promt"],
        says=r'error\[import-format\]: .*prompts.csv.*no column "promt".*did you mean "prompt"',
    ),
    "a model that nobody knows": Case(
        arguments=["evaluate", "topic", "--model", "embedded/smolm2-135m"],
        says=r'error\[unknown-model\]: .*did you mean "embedded/smollm2-135m"',
    ),
    "a setting that does not exist": Case(
        files={"promptops.toml": '[llm]\nmodle = "x"\n'},
        arguments=["show"],
        says=r'error\[settings\]: .*promptops.toml: unknown setting "llm.modle"',
    ),
    "a lint rule that does not exist": Case(
        arguments=["lint", "--select", "AMB999"],
        says=r'error\[settings\]: --select: no lint rule is called "AMB999"',
    ),
    "an area to lint that does not exist": Case(
        arguments=["lint", "support/returns"],
        says=r"error\[usage\]: support/returns: no file, folder or area .*`promptops show` lists",
    ),
    "a folder for a table": Case(
        arguments=["cluster", "--texts", "{root}"],
        says=r"error\[usage\]: .*: a folder is no table of texts \(give one of .csv",
    ),
    "a routing policy with an unknown key": Case(
        files={"prompt_registry/policies/p.yaml": "apiVersion: promptops/v1\nkindd: x\n"},
        arguments=["route", "explain", "topic"],
        says=r"error\[policy\]: .*p.yaml:2:1: .*kindd",
    ),
    "a knowledge base that does not exist": Case(
        arguments=["kb", "snapshot", "shop"],
        says=r'error\[knowledge-base\]: .*no knowledge base is called "shop"',
    ),
    "an update of a knowledge base that does not exist": Case(
        arguments=["kb", "update", "shop", "2026-11"],
        says=r'error\[knowledge-base\]: .*no knowledge base is called "shop" \(there are: policies',
    ),
    "a knowledge base without its settings": Case(
        files={"datasets/kb/policies/kb.yaml": None},
        arguments=["kb", "list"],
        says=r"error\[knowledge-base\]: .*kb.yaml: no such file \(write one that gives name, label",
    ),
    "a setting that nothing is like": Case(
        arguments=["config", "show", "zzz"],
        says=r'error\[settings\]: unknown setting "zzz" \(`promptops config show` lists them\)',
    ),
    "a proposal that does not exist": Case(
        arguments=["proposals", "accept", "topic-optimize-123"],
        says=r'error\[unknown-proposal\]: no proposal is called "topic-optimize-123"',
    ),
    "a pack that does not exist": Case(
        arguments=["pack", "verify", "{root}/nothing.tar"],
        says=r"error\[pack\]: .*nothing.tar: no pack is here",
    ),
    "an option that does not exist": Case(
        arguments=["show", "--forma", "json"],
        says=r"error\[usage\]: no such option.*--forma.*--format",
    ),
    "a folder that is no workspace": Case(
        files={"promptops.toml": None},
        arguments=["show"],
        says=r"error\[workspace-not-found\]: .*promptops init",
    ),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    workspace = make_workspace(
        tmp_path / "ws",
        prompts={"support/topic": label_prompt("topic")},
        golden={"topic": label_rows()},
        kb={"policies": {"refunds.md": "# Refunds\n\nWithin 30 days.\n" + "Word. " * 60_000}},
    )
    return workspace.root


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
def test_wrong_input_is_one_clear_line(
    case: Case, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in case.files.items():
        path = root / name
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    before = snapshot(root)
    arguments = ["-w", str(root), *(each.format(root=root) for each in case.arguments)]
    with pytest.raises(SystemExit) as end:
        main(arguments)
    told = capsys.readouterr()
    done = subprocess.CompletedProcess(arguments, int(end.value.code or 0), told.out, told.err)
    line = clear_line(done)
    assert re.search(case.says, line), line
    assert snapshot(root) == before


@pytest.mark.slow
def test_a_provider_without_its_key_is_named(root: Path) -> None:
    model = next(card.id for card in Catalog.load(None).cards if card.provider == "openai")
    line = clear_line(run(root, ["evaluate", "topic", "--model", model]))
    assert re.search(r"error\[missing-key\]: .*OPENAI_API_KEY", line)


@contextmanager
def small_state(root: Path) -> Iterator[Callable[[], None] | None]:
    """A state folder on a disk of 256 KiB; where none can be mounted, a limit on file size."""
    state = root / ".promptops"
    state.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(state)]
    done = (
        subprocess.run(mount, capture_output=True, check=False) if shutil.which("mount") else None
    )
    if done is not None and done.returncode == 0:
        try:
            yield None
        finally:
            subprocess.run(["umount", str(state)], check=True)
        return

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (128 * 1024, 128 * 1024))

    yield limit


def test_a_full_disk_under_the_state_folder(root: Path) -> None:
    before = snapshot(root)
    with small_state(root) as limit:
        line = clear_line(run(root, ["kb", "snapshot"], before=limit))
        assert line.startswith("error[storage-full]: "), line
        assert "free some space" in line
    assert snapshot(root) == before
    # With room again the same command finishes.
    assert run(root, ["kb", "snapshot"]).returncode == 0


def test_a_damaged_evidence_database_is_named_and_left_alone(root: Path) -> None:
    database = root / ".promptops" / "evidence.db"
    database.parent.mkdir()
    database.write_bytes(b"this is no database" * 400)
    line = clear_line(run(root, ["validate"]))
    assert line.startswith(f"error[corrupt-store]: {database}: ")
    assert "move the file" in line
    assert database.read_bytes() == b"this is no database" * 400
    doctor = run(root, ["doctor"])
    assert doctor.returncode == 1
    assert "evidence.db" in doctor.stdout


@pytest.mark.parametrize(
    "arguments",
    [["kb", "snapshot"], pytest.param(["run", "nightly", "--dry-run"], id="before Prefect starts")],
)
def test_a_read_only_workspace_is_named(root: Path, arguments: list[str]) -> None:
    prefix: list[str] = []
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("root writes anywhere, and setpriv is not installed")
        prefix = ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner"]
    state = root / ".promptops" / "prefect"
    state.mkdir(parents=True)
    folders = (state, state.parent, root)
    for folder in folders:
        folder.chmod(0o555)
    try:
        line = clear_line(run(root, arguments, prefix=prefix))
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert line.startswith(f"error[read-only-workspace]: {root}/.promptops"), line
    assert "writable" in line


def test_reading_commands_work_in_a_read_only_workspace(root: Path) -> None:
    prefix = ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner"]
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        prefix = []
    root.chmod(0o555)
    try:
        for arguments in (
            ["show"],
            ["lint", "--exit-zero"],
            ["render", "topic", "--set=message=x"],
        ):
            assert run(root, arguments, prefix=prefix).returncode == 0
    finally:
        root.chmod(0o755)


READING = {
    "show": (["show"], ""),
    "render": (["render", "topic", "--set=message=x"], ""),
    "lint": (["lint", "--exit-zero"], "verdicts cannot be kept: "),
    "lint without what is known": (["lint", "--exit-zero", "--no-cache"], ""),
    "search": (["search", "message"], "nothing is kept for the next run: "),
    "cluster": (["cluster"], "nothing is kept for the next run: "),
    "duplicates": (["duplicates"], "nothing is kept for the next run: "),
    "validate": (["validate"], "nothing is kept for the next run: "),
    "portability": (["portability", "--family", "gemma"], ""),
    "kb": (["kb", "list"], ""),
}


@pytest.mark.parametrize(("arguments", "told"), READING.values(), ids=READING)
def test_reading_commands_work_where_nothing_can_be_kept(
    root: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], told: str
) -> None:
    (root / ".promptops").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(root / ".promptops"))
    done = run(root, arguments)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stderr.splitlines() if ".promptops" in line]
    assert len(lines) == bool(told), done.stderr
    assert all(line.startswith(told) and "a file is where" in line for line in lines)
    assert (root / ".promptops").read_text() == "in the way"


def test_what_is_known_is_read_where_nothing_can_be_written(root: Path) -> None:
    for arguments in (["validate"], ["lint", "--exit-zero"]):
        assert run(root, arguments).returncode == 0
    prefix: list[str] = []
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("root writes anywhere, and setpriv is not installed")
        prefix = ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner"]
    kept = [path for path in (root / ".promptops").rglob("*") if path.is_file()]
    places = [(root / ".promptops", 0o555), *((path, 0o444) for path in kept)]
    for path, mode in places:
        path.chmod(mode)
    try:
        for arguments in (["validate"], ["lint", "--exit-zero"]):
            done = run(root, arguments, prefix=prefix)
            assert (done.returncode, "checking" in done.stderr) == (0, False), done.stderr
            assert "kept" not in done.stderr
    finally:
        for path, mode in places:
            path.chmod(mode | 0o200)
