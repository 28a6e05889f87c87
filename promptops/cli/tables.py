"""Texts from a table instead of a workspace's prompts."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptops.cli.lazy import Cli
from promptops.cli.options import open_workspace

if TYPE_CHECKING:
    from promptops.cluster.report import ClusterReport
    from promptops.embedding.embedder import Embedder


def check_table(texts: Path | None, column: str | None) -> None:
    """Refuse one of ``--texts`` and ``--column`` without the other."""
    if (texts is None) is not (column is None):
        raise click.UsageError("--texts and --column belong together")


def table_embedder(cli: Cli) -> "Embedder":
    """The workspace's where there is one, else the one that an installed package carries."""
    from promptops.config.environment import prepare_environment
    from promptops.config.settings import Embedding
    from promptops.embedding.backends import load_embedder
    from promptops.errors import WorkspaceNotFoundError

    try:
        return open_workspace(cli).embedder
    except WorkspaceNotFoundError:
        if cli.workspace is not None:
            raise
    prepare_environment()
    default = Embedding()
    return load_embedder(default.backend, default.model)


def assignment_rows(report: "ClusterReport") -> list[tuple[str, str, str, float]]:
    """Id, cluster, label and probability of every text; cluster and label are empty for none."""
    labels = report.names
    return [
        (name, found.cluster or "", labels.get(found.cluster or "", ""), found.probability)
        for name, found in report.assignments.items()
    ]
