"""What `promptops lint` is told to check, and what it says when that is nothing."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from promptops.cli import main
from promptops.testing.workspace import label_prompt, make_workspace

Run = Callable[..., tuple[int, str, str]]
TARGETS = {
    "a prompt": ("topic", ["topic"]),
    "an area": ("finance", ["dispute", "refund"]),
    "an area in an area": ("finance/eu", ["refund"]),
    "a prompt called like an area": ("support", ["support"]),
    "an area with an underscore": ("my_area", ["mine"]),
    "nothing of that name": ("financ", None),
    "a way out of the registry": ("../prompts/finance", None),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    names = ("support/topic", "finance/dispute", "finance/eu/refund", "x/support", "my_area/mine")
    prompts = {name: label_prompt(name.rpartition("/")[2]) for name in names}
    return make_workspace(tmp_path / "ws", prompts=prompts).root


@pytest.mark.parametrize("case", TARGETS.values(), ids=TARGETS)
def test_a_target_is_a_path_a_prompt_or_an_area(
    root: Path, capsys: pytest.CaptureFixture[str], case: tuple[str, list[str] | None]
) -> None:
    target, expected = case
    with pytest.raises(SystemExit) as end:
        main(["-w", str(root), "lint", target, "--format", "json"])
    told = capsys.readouterr()
    if expected is None:
        assert end.value.code == 2
        assert target in told.err
        return
    report = json.loads(told.out)
    assert report["summary"]["checked"] == len(expected)
    assert {finding["prompt_id"] for finding in report["findings"]} <= set(expected)


SOUND = 'messages: [{role: user, content: "Say hello."}]\n'
REFUSED = {
    "an id that two files have": (
        {"support/topic": label_prompt("topic"), "b/topic": label_prompt("topic")},
        ["b/topic", "support/topic"],
        'the id "topic" is taken by ',
    ),
    "an id that is not the file's name": (
        {"support/mine": label_prompt("topic")},
        ["support/mine"],
        'the file is called mine.prompt.yaml but its id is "topic"',
    ),
    "a file of another tool": ({"support/topic": SOUND}, ["support/topic"], '"apiVersion"'),
    "an area that a search for files passes over": (
        {"venv/mine": label_prompt("topic")},
        ["venv/mine"],
        "but its id is",
    ),
}


@pytest.mark.parametrize("select", [[], ["--select", "SEC"]], ids=["all rules", "some"])
@pytest.mark.parametrize(("prompts", "paths", "says"), REFUSED.values(), ids=REFUSED)
def test_what_other_commands_refuse_is_skipped(
    tmp_path: Path, run: Run, prompts: dict, paths: list[str], says: str, select: list[str]
) -> None:
    root = make_workspace(tmp_path / "ws", prompts=prompts).root
    assert run("-w", root, "show")[0] == 2
    code, out, _ = run("-w", root, "lint", "--format", "json", "--no-cache", *select)
    report = json.loads(out)
    assert (code, [item["path"] for item in report["skipped"]]) == (
        2,
        [f"prompt_registry/prompts/{path}.prompt.yaml" for path in paths],
    )
    assert says in report["skipped"][0]["reason"]


def test_a_change_that_takes_an_id_is_told(tmp_path: Path, run: Run) -> None:
    root = make_workspace(tmp_path / "ws", prompts={"support/topic": label_prompt("topic")}).root
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-C", root]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "One"]):
        subprocess.run([*git, *arguments], check=True)
    assert run("-w", root, "lint", "--since", "HEAD")[0] == 0
    copied = root / "prompt_registry/prompts/b/topic.prompt.yaml"
    copied.parent.mkdir()
    shutil.copy(root / "prompt_registry/prompts/support/topic.prompt.yaml", copied)
    code, out, _ = run("-w", root, "lint", "--since", "HEAD")
    assert (code, out.count("SKIPPED the id")) == (2, 1)
    assert "prompts/b/topic.prompt.yaml" in out


@pytest.mark.parametrize("text", ["family: [", "family: acme\n", "[]"])
def test_a_broken_dialect_stops_it(root: Path, run: Run, text: str) -> None:
    dialect = root / "prompt_registry/dialects/acme.yaml"
    dialect.parent.mkdir()
    dialect.write_text(text)
    code, out, err = run("-w", root, "lint")
    assert (code, out, f"error[settings]: {dialect}:" in err) == (2, "", True)


def test_an_empty_registry_is_remarked_on(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(root / "prompt_registry/prompts")
    with pytest.raises(SystemExit) as end:
        main(["-w", str(root), "lint"])
    assert end.value.code == 0
    assert "nothing was checked" in capsys.readouterr().err
