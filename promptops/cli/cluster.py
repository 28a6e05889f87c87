"""``promptops cluster``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptops.cli.broken import end_with
from promptops.cli.cluster_report import show
from promptops.cli.destination import REPORT_FILE
from promptops.cli.lazy import Cli
from promptops.cli.measures import csv_text, measured, write_metrics, write_plot
from promptops.cli.options import PATH, common, open_workspace, reports, watching
from promptops.cli.output import emit_json, emit_text
from promptops.cli.tables import assignment_rows, check_table, table_embedder
from promptops.cli.watch import Watch
from promptops.core.counting import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from promptops.cluster.report import ClusterReport
    from promptops.errors import PromptOpsError
    from promptops.operations.titling import Titled
    from promptops.prompts.loader import PromptFile
    from promptops.wiring import Services

_MOST_CALLS = 10**9
_TITLES = 200
_TOLD = 50


@click.command
@click.option("--out", type=REPORT_FILE, metavar="FILE", help="Write the whole report as JSON too.")
@click.option(
    "--html", type=REPORT_FILE, metavar="FILE", help="Write the report as one HTML file too."
)
@click.option("--png", type=REPORT_FILE, metavar="FILE", help="Write the map as a picture too.")
@click.option(
    "--titles", metavar="MODEL", help="Let this model name the clusters; else key phrases do."
)
@click.option(
    "--titles-calls",
    type=click.IntRange(0, _MOST_CALLS),
    metavar="N",
    help=f"Model calls for titles at most ({_TITLES}); known titles cost none.",
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
    png: Path | None,
    titles: str | None,
    titles_calls: int | None,
    metrics: Path | None,
    plot: Path | None,
    format_: str,
) -> None:
    """Group the prompts that do similar work; a prompt that fits nowhere stays on its own.

    Tells what appeared, vanished, grew, shrank, split and merged since the last run. With --format
    csv: id, cluster, label and probability of each.
    """
    from promptops.operations.clustering import cluster_registry, cluster_table

    check_table(texts, column)
    _check(texts, html, titles, titles_calls)
    watch = watching(cli)
    services: Services | None = None
    broken: Sequence[PromptOpsError] = ()
    titled: Titled | None = None

    if texts is not None and column is not None:
        report = cluster_table(texts, column, table_embedder(cli), progress=_remarks(watch))
    else:
        services = open_workspace(cli, watch=watch)
        files, broken = services.registry.load_all()
        report = cluster_registry(services, files=files, progress=_remarks(watch))
        if titles is not None:
            titled = _title(services, report, files, watch, titles, titles_calls)
            report = titled.report
    watch.close()
    what = "prompt" if texts is None else "text"
    write_metrics(metrics, report.summary)
    write_plot(plot, ("prompt", "cluster", "x", "y"), _points(report))
    if out is not None:
        _write_json(report, out)
    if png is not None:
        heading = services.settings.general.name if services else texts.name if texts else ""
        _write_png(report, png, heading, what)
        watch.remark(f"map: {png}")
    if html is not None and services is not None:
        _write_html(services, report, html)
        watch.remark(f"report: {html}")
    if format_ == "json":
        emit_json({**report.to_json(), **({"titles": titled.to_json()} if titled else {})})
    else:
        _tell_left_out(report, watch)
        if format_ == "csv":
            emit_text(csv_text(("id", "cluster", "label", "probability"), assignment_rows(report)))
        else:
            show(report, what)
    end_with(broken)


def _remarks(watch: Watch) -> "Callable[[str], None]":
    return lambda step: watch.remark(f"{step} …")


def _check(texts: Path | None, html: Path | None, titles: str | None, calls: int | None) -> None:
    if texts is not None and (html is not None or titles is not None):
        flag = "--html" if html is not None else "--titles"
        raise click.UsageError(f"{flag} is about prompts of a workspace: leave --texts out")
    if titles is None and calls is not None:
        raise click.UsageError("--titles-calls goes with --titles")


def _title(
    services: "Services",
    report: "ClusterReport",
    files: "Sequence[PromptFile]",
    watch: Watch,
    model: str,
    calls: int | None,
) -> "Titled":
    from promptops.llm.embedded.weights import is_embedded
    from promptops.llm.metered import Budget
    from promptops.operations.titling import title_clusters

    watch.remark("titles …")
    budget = Budget(calls=_TITLES if calls is None else calls)
    found = title_clusters(services, report, files, model=model, budget=budget)
    named = len(report.clusters) - len(found.notes)
    watch.remark(
        f"{model}: titles for {named} of {counted(len(report.clusters), 'cluster')}, "
        f"{counted(found.calls, 'call')}"
    )
    for name, reason in found.notes:
        watch.remark(f'no title for "{report.names[name]}": {reason}')
    if is_embedded(model):
        watch.remark("a model this small titles poorly: key phrases name clusters better")
    return found


def _tell_left_out(report: "ClusterReport", watch: Watch) -> None:
    for name, reason in report.left_out[:_TOLD]:
        watch.remark(f"left out: {name}: {reason}")
    if len(report.left_out) > _TOLD:
        more = counted(len(report.left_out) - _TOLD, "more row")
        watch.remark(f"left out: {more} (--format json lists all)")


def _points(report: "ClusterReport") -> list[tuple[str, str, float, float]]:
    names = report.names
    return [
        (item, names.get(found.cluster or "", "none"), found.x, found.y)
        for item, found in report.assignments.items()
    ]


def _write_json(report: "ClusterReport", path: Path) -> None:
    import json

    from promptops.core.files import write_atomic

    text = json.dumps(report.to_json(), indent=1, sort_keys=True, ensure_ascii=False)
    write_atomic(path, text + "\n")


def _write_png(report: "ClusterReport", path: Path, heading: str, noun: str) -> None:
    from promptops.cluster.picture import map_png
    from promptops.core.files import write_atomic

    write_atomic(path, map_png(report, heading=heading, noun=noun))


def _write_html(services: "Services", report: "ClusterReport", path: Path) -> None:
    from promptops.core.files import write_atomic
    from promptops.operations.cluster_tracking import cluster_page

    write_atomic(path, cluster_page(services, report))
