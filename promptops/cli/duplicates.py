"""``promptops duplicates``."""

import click

from promptops.cli.broken import end_with
from promptops.cli.lazy import Cli
from promptops.cli.options import common, open_workspace, reports, watching
from promptops.cli.output import emit_json, emit_table, emit_text


@click.command
@click.option(
    "--kind", type=click.Choice(["exact", "near", "semantic"]), help="Only pairs of this kind."
)
@reports()
@common
@click.pass_obj
def command(cli: Cli, kind: str | None, format_: str) -> None:
    """List prompts that say the same, the most alike first.

    Exact: the same words. Near: small edits. Semantic: other words for the same.
    """
    from promptops.operations.clustering import cluster_registry

    watch = watching(cli)
    services = open_workspace(cli, watch=watch)
    files, broken = services.registry.load_all()
    report = cluster_registry(
        services, files=files, progress=lambda step: watch.remark(f"{step} …")
    )
    watch.close()
    pairs = sorted(
        (pair for pair in report.duplicates if kind in (None, pair.kind)),
        key=lambda pair: (-pair.similarity, pair.a, pair.b),
    )
    if format_ == "json":
        emit_json(
            [
                {
                    "a": pair.a,
                    "b": pair.b,
                    "kind": pair.kind,
                    "similarity": pair.similarity,
                    "jaccard": pair.jaccard,
                }
                for pair in pairs
            ]
        )
    elif not pairs:
        emit_text("No two prompts say the same.")
    else:
        rows = [
            (f"{pair.similarity:.3f}", f"{pair.jaccard:.2f}", pair.kind, pair.a, pair.b)
            for pair in pairs
        ]
        headers = ("similarity", "same words", "kind", "prompt", "says the same as")
        emit_table(rows, headers, right=(0, 1))
    end_with(broken)
