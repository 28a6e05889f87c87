"""What `promptops lint` is told to check, and what it says when that is nothing."""

import json
import shutil
from pathlib import Path

import pytest

from promptops.cli import main
from promptops.testing.workspace import label_prompt, make_workspace

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


def test_an_empty_registry_is_remarked_on(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(root / "prompt_registry/prompts")
    with pytest.raises(SystemExit) as end:
        main(["-w", str(root), "lint"])
    assert end.value.code == 0
    assert "nothing was checked" in capsys.readouterr().err
