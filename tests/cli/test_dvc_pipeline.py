"""The DVC pipeline says what is true: commands exist, inputs are there, outputs are written."""

import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from promptops.cli import app
from promptops.cli.lazy import Cli

ROOT = Path(__file__).resolve().parents[2]
PARAMS = yaml.safe_load((ROOT / "params.yaml").read_text())


def value(name: str, item: str) -> str:
    found: Any = {**PARAMS, "item": item}
    for part in name.split("."):
        found = found[part]
    return str(found)


def stages() -> dict[str, dict[str, Any]]:
    """Stage name -> its definition, each ``foreach`` spelled out and every ``${…}`` filled in."""
    found = {}
    for name, stage in yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"].items():
        each = PARAMS[stage["foreach"][2:-1]] if "foreach" in stage else [""]
        for item in each:
            text = yaml.safe_dump(stage.get("do", stage), width=10_000)
            filled = re.sub(r"\$\{([\w.]+)\}", lambda m, i=item: value(m[1], i), text)
            found[f"{name}@{item}" if item else name] = yaml.safe_load(filled)
    return found


STAGES = stages()


def written(stage: dict[str, Any]) -> set[str]:
    """Every output of a stage, whether DVC keeps it in its cache or not."""
    entries = [*stage.get("outs", []), *stage.get("metrics", [])]
    return {next(iter(entry)) if isinstance(entry, dict) else entry for entry in entries}


@pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)
def test_the_command_of_a_stage_is_one_of_ours(stage: dict[str, Any]) -> None:
    words = shlex.split(stage["cmd"])
    assert words.pop(0) == "promptops"
    context = app.make_context("promptops", words, obj=Cli())
    command: click.Command = app
    while isinstance(command, click.Group):
        name, found, rest = command.resolve_command(
            context, [*context._protected_args, *context.args]
        )
        assert found is not None
        command, context = found, found.make_context(name, rest, parent=context)


@pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)
def test_what_a_stage_reads_is_in_git_or_made_by_a_stage(stage: dict[str, Any]) -> None:
    made = {path for other in STAGES.values() for path in written(other)}
    missing = [dep for dep in stage["deps"] if dep not in made and not (ROOT / dep).exists()]
    assert missing == []


@pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)
def test_what_a_stage_writes_is_what_its_command_is_told_to_write(stage: dict[str, Any]) -> None:
    words = shlex.split(stage["cmd"])
    told = {words[place + 1] for place, word in enumerate(words) if word in ("--metrics", "--plot")}
    out = words[words.index("--out") + 1] if "--out" in words else None
    rest = written(stage) - told
    assert told <= written(stage)
    assert all(out is not None and path.startswith(out) for path in rest)


def test_plots_show_files_that_stages_write() -> None:
    made = {path for stage in STAGES.values() for path in written(stage)}
    plots = yaml.safe_load((ROOT / "dvc.yaml").read_text())["plots"]
    shown = {
        path for plot in plots for each in plot.values() for axis in "xy" for path in each[axis]
    }
    assert shown <= made
