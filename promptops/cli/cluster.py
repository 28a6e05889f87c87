"""``promptops cluster``."""

from dataclasses import dataclass
from functools import partial
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
from promptops.cli.tables import assignment_rows, check_table, read_table, table_embedder
from promptops.cli.watch import Watch
from promptops.core.counting import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from promptops.cluster.report import ClusterReport
    from promptops.errors import PromptOpsError
    from promptops.operations.titling import Titled

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
    "--titles",
    metavar="MODEL",
    help="Let this model name clusters and themes; else key phrases do.",
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
@click.option("--column", metavar="NAME", help="The column with the texts; else guessed.")
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
    check_table(texts, column)
    if titles is None and titles_calls is not None:
        raise click.UsageError("--titles-calls goes with --titles")
    watch = watching(cli)
    asked = _Asked(model=titles, calls=titles_calls)
    if texts is not None:
        found = _of_table(cli, watch, texts, column, asked)
    else:
        found = _of_workspace(cli, watch, asked)
    watch.close()
    report, titled = found.report, found.titled
    what = "prompt" if texts is None else "text"
    write_metrics(metrics, report.summary)
    write_plot(plot, ("prompt", "cluster", "x", "y"), _points(report))
    if out is not None:
        _write_json(report, out)
    if png is not None:
        _write_png(found, png, what)
        watch.remark(f"map: {png}")
    if html is not None:
        _write_html(found, html, what)
        watch.remark(f"report: {html}")
    if format_ == "json":
        emit_json({**report.to_json(), **({"titles": titled.to_json()} if titled else {})})
    else:
        _tell_left_out(report, watch)
        if format_ == "csv":
            emit_text(csv_text(("id", "cluster", "label", "probability"), assignment_rows(report)))
        else:
            show(report, what)
    end_with(found.broken)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Who gives titles, if anybody does, and for how many calls."""

    model: str | None
    calls: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A report, whose it is and of when, and what could not be read."""

    report: "ClusterReport"
    titled: "Titled | None"
    heading: str
    when: "datetime"
    broken: "Sequence[PromptOpsError]" = ()


def _of_workspace(cli: Cli, watch: Watch, asked: _Asked) -> _Found:
    from promptops.operations.clustering import cluster_registry
    from promptops.operations.titling import title_clusters

    services = open_workspace(cli, watch=watch, reading=True)
    files, broken = services.registry.load_all()
    report = cluster_registry(services, files=files, progress=_remarks(watch))
    titled = _title(partial(title_clusters, services, report, files), report, watch, asked)
    return _Found(
        report=titled.report if titled else report,
        titled=titled,
        heading=services.settings.general.name,
        when=services.clock(),
        broken=broken,
    )


def _of_table(cli: Cli, watch: Watch, texts: Path, column: str | None, asked: _Asked) -> _Found:
    from promptops.core.clock import system_clock
    from promptops.operations.clustering import cluster_table
    from promptops.operations.titling import title_texts

    # Only who asks a model needs a workspace, and is told so before anything is grouped.
    services = None if asked.model is None else open_workspace(cli, watch=watch)
    table = read_table(watch, texts, column)
    report = cluster_table(table, table_embedder(cli), progress=_remarks(watch))
    titled = None
    if services is not None:
        ask = partial(title_texts, services, report, table.items)
        titled = _title(ask, report, watch, asked)
    return _Found(
        report=titled.report if titled else report,
        titled=titled,
        heading=texts.name,
        when=system_clock(),
    )


def _remarks(watch: Watch) -> "Callable[[str], None]":
    return lambda step: watch.remark(f"{step} …")


def _title(
    ask: "Callable[..., Titled]", report: "ClusterReport", watch: Watch, asked: _Asked
) -> "Titled | None":
    from promptops.llm.embedded.weights import is_embedded
    from promptops.llm.metered import Budget

    if asked.model is None:
        return None
    watch.remark("titles …")
    calls = _TITLES if asked.calls is None else asked.calls
    found = ask(model=asked.model, budget=Budget(calls=calls))
    themes = {theme.id: theme.label for theme in report.themes}
    named = len(report.clusters) + len(themes) - len(found.notes)
    of = counted(len(report.clusters), "cluster")
    if themes:
        of += f" and {counted(len(themes), 'theme')}"
    watch.remark(f"{asked.model}: titles for {named} of {of}, {counted(found.calls, 'call')}")
    labels = {**report.names, **themes}
    for name, reason in found.notes:
        watch.remark(f'no title for "{labels[name]}": {reason}')
    if is_embedded(asked.model):
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


def _write_png(found: _Found, path: Path, noun: str) -> None:
    from promptops.cluster.picture import map_png
    from promptops.core.files import write_atomic

    write_atomic(path, map_png(found.report, heading=found.heading, noun=noun))


def _write_html(found: _Found, path: Path, noun: str) -> None:
    from promptops.core.files import write_atomic
    from promptops.operations.cluster_tracking import cluster_page

    page = cluster_page(found.report, heading=found.heading, when=found.when, noun=noun)
    write_atomic(path, page)
