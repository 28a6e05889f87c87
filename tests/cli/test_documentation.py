"""The documentation shows commands that exist and files that are read."""

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml

from promptops.cli import app
from promptops.cli.lazy import Cli
from promptops.errors import PromptOpsError
from promptops.golden.loading import load_golden
from promptops.lint.options import load_options
from promptops.lint.reference import page_name
from promptops.lint.rules import RULES
from promptops.packs.definition import PackDefinition
from promptops.routing.policy import Policy

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FILES = (ROOT / "docs" / "reference" / "files.md").read_text()


def commands(page: Path) -> list[str]:
    """Command lines in code blocks and in backticks."""
    text = page.read_text()
    lines = re.findall(r"^promptops .*$", text, re.MULTILINE)
    lines += re.findall(r"`(promptops [^`]*)`", text.replace("\n", " "))
    return [re.sub(r"\s+(\|\||#).*", "", line) for line in lines]


def parse(words: list[str]) -> None:
    """Parse a command line to its end without running it."""
    command: click.Command = app
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command, obj=Cli()), words[0])
        assert found is not None, words
        command, words = found, words[1:]
    command.make_context("promptops", words, obj=Cli())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_documented_commands_exist(page: Path) -> None:
    for line in commands(page):
        words = shlex.split(line)[1:]
        if words[0].startswith("-"):
            continue
        try:
            parse(words)
        except click.MissingParameter:
            assert f"`{line}`" in page.read_text(), f"{page.name}: {line} is more than a name"
        except click.ClickException as problem:
            raise AssertionError(f"{page.name}: {line}: {problem.format_message()}") from problem


def block(language: str, heading: str) -> str:
    """The first code block of a language below a heading."""
    part = FILES.split(f"## {heading}", 1)[1]
    return part.split(f"```{language}\n", 1)[1].split("```", 1)[0]


def test_documented_files_are_read(tmp_path: Path) -> None:
    golden = tmp_path / "golden.jsonl"
    golden.write_text(block("json", "Golden sets"))
    assert len(load_golden(golden)) == 2
    lint = tmp_path / "lint.toml"
    lint.write_text(block("toml", "Linting"))
    assert load_options(lint).options == {"FMT006": {"most_words": 300}}
    Policy.model_validate(yaml.safe_load(block("yaml", "Routing policies")))
    PackDefinition.model_validate(yaml.safe_load(block("yaml", "Packs")))


def test_every_rule_option_and_error_code_is_documented() -> None:
    for rule in RULES.values():
        rule_text = (ROOT / "docs" / "reference" / "rules" / page_name(rule)).read_text()
        assert [name for name in rule.defaults if f"\n{name} = " not in rule_text] == []
    page = (ROOT / "docs" / "reference" / "exit-codes.md").read_text()
    missing = [kind.code for kind in leaves(PromptOpsError) if f"`{kind.code}`" not in page]
    assert not missing


def leaves(kind: type[PromptOpsError]) -> list[type[PromptOpsError]]:
    """The error classes with a code of their own, except the abstract ones."""
    below = kind.__subclasses__()
    own = [kind] if kind.code not in ("input", "gate") else []
    return own + [leaf for each in below for leaf in leaves(each)]
