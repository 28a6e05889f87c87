"""Proposals on the command line: what waits, what it changes, what was settled."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from promptops.cli import main
from promptops.prompts.proposals import Proposal, ProposalStore
from promptops.prompts.registry import Registry
from promptops.testing.workspace import label_prompt, label_rows, make_workspace

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_workspace(
        tmp_path / "ws",
        prompts={"support/topic": label_prompt("topic")},
        golden={"topic": label_rows()},
    ).root


@pytest.fixture
def run(root: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in the workspace; its exit status, stdout and stderr."""

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(["-w", str(root), *arguments])
        told = capsys.readouterr()
        return int(end.value.code or 0), told.out, told.err

    return call


def propose(root: Path, wording: str) -> Path:
    file = Registry(root / "prompt_registry/prompts").get("topic")
    first = file.prompt.messages[0].model_copy(update={"content": wording})
    proposal = Proposal.of(
        file,
        file.prompt.replace(messages=(first, *file.prompt.messages[1:])),
        kind="optimize",
        title=wording,
        summary="Shorter.",
        evidence={},
        clock=lambda: datetime(2026, 11, 22, tzinfo=UTC),
    )
    return ProposalStore(root / "prompt_registry/proposals").write(proposal)


def test_a_broken_proposal_hides_no_other_and_can_be_rejected(run: Run, root: Path) -> None:
    propose(root, "Sort it.")
    broken = propose(root, "Sort it well.")
    broken.write_text(broken.read_text().replace("Sort it well.", "Sort it badly."))
    status, out, err = run("proposals", "list")
    assert status == 2
    assert "Sort it." in out
    assert err.startswith(f"error[proposal]: {broken}: it was edited after it was measured")
    name = broken.name.removesuffix(".proposal.yaml")
    assert run("proposals", "accept", name)[0] == 2
    assert run("proposals", "reject", name, "--reason", "edited")[0] == 0
    assert run("proposals", "list")[0] == 0
    assert run("proposals", "list", "--state", "rejected")[0] == 0


def test_what_was_settled_says_so_and_shows_its_change(run: Run, root: Path) -> None:
    names = [propose(root, text).name.removesuffix(".proposal.yaml") for text in ("One.", "Two.")]
    status, out, _ = run("proposals", "accept", names[0])
    assert (status, "now 1.0.1" in out) == (0, True)
    status, out, _ = run("proposals", "accept", names[0])
    assert (status, out) == (0, f"{names[0]}: was accepted before, nothing changes\n")
    shown = run("proposals", "show", names[0])[1]
    assert "+  content: One." in shown.replace("    ", "  ")
    assert "Accepted." in shown
    status, out, _ = run("proposals", "list")
    assert (status, "(stale)" in out) == (0, True)
    assert [item["stale"] for item in json.loads(run("proposals", "list", "--format=json")[1])] == [
        True
    ]
    shown = run("proposals", "show", names[1])[1]
    assert shown.startswith("Stale: topic has changed since 1.0.0")
    assert "Two." in shown.split("@@", 1)[1]
    assert "Accept it" not in shown
    (root / "prompt_registry/prompts/support/topic.prompt.yaml").unlink()
    stale = [
        json.loads(run("proposals", "show", name, "--format=json")[1])["stale"] for name in names
    ]
    assert stale == [False, True]
    assert "no longer kept" in run("proposals", "show", names[1])[1]
    assert run("proposals", "reject", names[1])[1] == f"{names[1]}: rejected\n"
    assert "was rejected before" in run("proposals", "reject", names[1])[1]


def test_a_proposal_may_be_rejected_without_a_reason(run: Run, root: Path) -> None:
    name = propose(root, "One.").name.removesuffix(".proposal.yaml")
    assert run("proposals", "reject", name)[0] == 0
    assert run("proposals", "show", name)[1].endswith("Rejected.\n")
    status, _, err = run("proposals", "accept", name)
    assert status == 2
    assert err.rstrip().endswith("was rejected")
