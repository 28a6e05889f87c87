"""Texts from a table instead of a workspace's prompts."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptops.cli.lazy import Cli
from promptops.cli.options import open_workspace
from promptops.cli.watch import Watch

if TYPE_CHECKING:
    from promptops.cluster.report import ClusterReport
    from promptops.cluster.texts import Texts
    from promptops.embedding.embedder import Embedder


def read_table(watch: Watch, texts: Path, column: str | None) -> "Texts":
    """The texts of a table; a remark says when its ids do not name them."""
    from promptops.cluster.texts import read_texts

    table = read_texts(texts, column)
    if table.numbered:
        watch.remark(f"texts are called by their row, the column id has {table.numbered}")
    return table


def check_table(texts: Path | None, column: str | None) -> None:
    """Refuse ``--column`` without ``--texts``."""
    if texts is None and column is not None:
        raise click.UsageError("--column goes with --texts")


def table_embedder(cli: Cli) -> "Embedder":
    """The workspace's where there is one, else the one that an installed package carries."""
    from promptops.config.environment import prepare_environment
    from promptops.config.settings import Embedding
    from promptops.embedding.backends import load_embedder
    from promptops.errors import WorkspaceNotFoundError

    try:
        return open_workspace(cli, reading=True).embedder
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
