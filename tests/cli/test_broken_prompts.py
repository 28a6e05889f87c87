"""Commands over many prompts go on past files that cannot be read, name them all and end with 2."""

from collections.abc import Callable
from pathlib import Path

import pytest

from promptops.testing.workspace import label_prompt, label_rows, make_workspace

PACK = """\
apiVersion: promptops/v1
kind: Pack
id: core
version: "1.0.0"
title: Core
prompts: ["support/*"]
evidence: {required: [], gates: false}
"""
PROMPTS = "prompt_registry/prompts"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two prompts that can be read, two that cannot: one in the same area, one beside it."""
    return make_workspace(
        tmp_path / "ws",
        prompts={
            "support/topic": label_prompt("topic"),
            "support/other": label_prompt("other"),
            "support/x": "id: [broken\n",
            "legal/y": "- not a mapping\n",
        },
        golden={"topic": label_rows(), "other": label_rows()},
        files={"prompt_registry/packs/core.yaml": PACK},
    ).root


COMMANDS = {
    "show": (["show"], "topic"),
    "fmt": (["fmt", "--check"], ""),
    "portability": (["portability", "--family", "gemma"], "topic"),
    "rewrite": (["rewrite", "--every-prompt", "--family", "gemma", "--dry-run"], "topic"),
    "validate": (["validate"], "topic"),
}


@pytest.mark.parametrize(("arguments", "says"), COMMANDS.values(), ids=COMMANDS)
def test_every_broken_file_is_named_beside_the_rest(
    run: Run, root: Path, arguments: list[str], says: str
) -> None:
    status, out, err = run("-w", root, *arguments)
    assert (status, says in out) == (2, True), (out, err)
    named = [line for line in err.splitlines() if line.startswith("error[prompt-syntax]: ")]
    assert len(named) == 2
    assert "legal/y.prompt.yaml:1:1: expected a mapping, found a list" in named[0]
    assert "support/x.prompt.yaml:2:1: not YAML" in named[1]


def test_validate_names_a_broken_prompt_that_it_is_given_and_no_other(run: Run, root: Path) -> None:
    status, _, err = run("-q", "-w", root, "validate", root / PROMPTS / "support/x.prompt.yaml")
    assert (status, err.count("error["), "support/x.prompt.yaml" in err) == (2, 1, True)
    status, _, err = run("-q", "-w", root, "validate", root / "datasets/golden/topic.jsonl")
    assert (status, err) == (0, "")


def test_a_pack_without_a_prompt_that_it_selects_is_no_candidate(run: Run, root: Path) -> None:
    status, out, err = run("-w", root, "pack", "build", "--exit-zero")
    assert status == 2
    assert "core-1.0.0: incomplete" in out
    assert "  x: its file cannot be read" in out
    assert [line.count("support/x.prompt.yaml:2:1") for line in err.splitlines()] == [1]
    assert "incomplete" in run("-w", root, "pack", "list")[1]
    (root / PROMPTS / "support/x.prompt.yaml").unlink()
    status, out, err = run("-w", root, "pack", "build")
    assert (status, err, "core-1.0.0: candidate" in out) == (0, "", True)


def test_a_pack_is_not_exported_where_an_id_would_be_taken_twice(run: Run, root: Path) -> None:
    (root / PROMPTS / "support/x.prompt.yaml").unlink()
    assert run("-w", root, "pack", "build")[0] == 0
    pack = root / ".promptops/packs/core-1.0.0.tar"
    before = sorted(root.rglob("*"))
    status, _, err = run("pack", "export", pack, root / PROMPTS / "support")
    assert status == 2
    assert 'the id "other" is taken by ' in err
    assert "1 more" in err
    assert sorted(root.rglob("*")) == before
    # The same files in their own places change nothing; a folder outside is free.
    assert run("pack", "export", pack, root / PROMPTS)[0] == 0
    assert sorted(root.rglob("*")) == before
    assert run("pack", "export", pack, root.parent / "out")[0] == 0


def test_a_pack_of_which_nothing_can_be_read_says_why(run: Run, root: Path) -> None:
    for name in ("topic", "other"):
        (root / PROMPTS / f"support/{name}.prompt.yaml").write_text("- none\n")
    status, _, err = run("-w", root, "pack", "build")
    assert status == 2
    assert "none of its prompts can be read, 3 in all: expected a mapping" in err
