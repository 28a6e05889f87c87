"""``promptops cluster``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptops.cli.broken import end_with
from promptops.cli.destination import REPORT_FILE
from promptops.cli.lazy import Cli
from promptops.cli.measures import csv_text, measured, write_metrics, write_plot
from promptops.cli.options import PATH, common, open_workspace, reports, watching
from promptops.cli.output import emit_json, emit_table, emit_text
from promptops.cli.tables import assignment_rows, check_table, table_embedder
from promptops.core.counting import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promptops.cluster.report import ClusterReport
    from promptops.errors import PromptOpsError
    from promptops.wiring import Services

_NAMED = 4


@click.command
@click.option("--out", type=REPORT_FILE, metavar="FILE", help="Write the whole report as JSON too.")
@click.option(
    "--html", type=REPORT_FILE, metavar="FILE", help="Write the report as one HTML file too."
)
@click.option(
    "--texts",
    type=PATH,
    metavar="FILE",
    help="Group the texts of a CSV, TSV, JSONL or Parquet file instead; needs no workspace.",
)
@click.option("--column", metavar="NAME", help="The column with the texts.")
@measured
@reports("text", "json", "csv")
@common
@click.pass_obj
def command(
    cli: Cli,
    texts: Path | None,
    column: str | None,
    out: Path | None,
    html: Path | None,
    metrics: Path | None,
    plot: Path | None,
    format_: str,
) -> None:
    """Group the prompts that do similar work; a prompt that fits nowhere stays on its own.

    With --format csv: id, cluster, label and probability of each.
    """
    check_table(texts, column)
    if texts is not None and html is not None:
        raise click.UsageError("--html is about prompts of a workspace: leave --texts out")
    watch = watching(cli)
    services: Services | None = None
    broken: Sequence[PromptOpsError] = ()
    if texts is not None and column is not None:
        from promptops.operations.clustering import cluster_table

        report = cluster_table(
            texts, column, table_embedder(cli), progress=lambda step: watch.remark(f"{step} …")
        )
    else:
        from promptops.operations.clustering import cluster_registry

        services = open_workspace(cli, watch=watch)
        files, broken = services.registry.load_all()
        report = cluster_registry(
            services, files=files, progress=lambda step: watch.remark(f"{step} …")
        )
    watch.close()
    summary = report.to_json()["summary"]
    write_metrics(metrics, summary)
    labels = {cluster.id: cluster.label for cluster in report.clusters}
    write_plot(
        plot,
        ("prompt", "cluster", "x", "y"),
        [
            (prompt, labels.get(found.cluster or "", "none"), found.x, found.y)
            for prompt, found in report.assignments.items()
        ],
    )
    if out is not None:
        _write_json(report, out)
    if html is not None and services is not None:
        _write_html(services, report, html)
        watch.remark(f"report: {html}")
    if format_ != "text":
        if format_ == "json":
            emit_json(report.to_json())
        else:
            emit_text(csv_text(("id", "cluster", "label", "probability"), assignment_rows(report)))
        end_with(broken)
        return
    for name, reason in report.left_out:
        watch.remark(f"left out: {name}: {reason}")
    _show(report, "prompt" if texts is None else "text")
    end_with(broken)


def _show(report: "ClusterReport", what: str) -> None:
    rows = [
        (len(cluster.members), cluster.label, cluster.representative, _members(cluster.members))
        for cluster in sorted(report.clusters, key=lambda each: (-len(each.members), each.label))
    ]
    emit_table(rows, (f"{what}s", "cluster", "representative", "members"), right=(0,))
    summary = report.to_json()["summary"]
    pairs = counted(summary["duplicate_pairs"], "duplicate pair")
    emit_text(
        f"{counted(summary['items'], what)}: {counted(summary['clusters'], 'cluster')}, "
        f"{summary['noise']} on their own, {pairs}"
    )


def _members(ids: tuple[str, ...]) -> str:
    more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    return ", ".join(ids[:_NAMED]) + more


def _write_json(report: "ClusterReport", path: Path) -> None:
    import json

    from promptops.core.files import write_atomic

    text = json.dumps(report.to_json(), indent=1, sort_keys=True, ensure_ascii=False)
    write_atomic(path, text + "\n")


def _write_html(services: "Services", report: "ClusterReport", path: Path) -> None:
    from promptops.core.files import write_atomic
    from promptops.reporting.night import DuplicateRow, PointRow
    from promptops.reporting.sweeps import ClusterRow, cluster_html

    labels = {cluster.id: cluster.label for cluster in report.clusters}
    text = cluster_html(
        [
            ClusterRow(
                id=item.id,
                label=item.label,
                representative=item.representative,
                members=item.members,
            )
            for item in report.clusters
        ],
        [
            DuplicateRow(first=pair.a, second=pair.b, kind=pair.kind, similarity=pair.similarity)
            for pair in report.duplicates
        ],
        [
            PointRow(id=prompt, cluster=labels.get(found.cluster or "", ""), x=found.x, y=found.y)
            for prompt, found in report.assignments.items()
        ],
        workspace=services.settings.general.name,
        when=services.clock(),
    )
    write_atomic(path, text)
