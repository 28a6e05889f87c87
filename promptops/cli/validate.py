"""``promptops validate``."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptops.cli.broken import end_with
from promptops.cli.lazy import Cli
from promptops.cli.measures import measured, write_metrics, write_plot
from promptops.cli.options import PATH, common, open_workspace, reports, watching
from promptops.cli.output import emit_json, emit_table, emit_text

if TYPE_CHECKING:
    from promptops.golden.contracts import ContractReport, Violation

_ROWS_SHOWN = 10


@click.command
@click.argument("paths", nargs=-1, type=PATH)
@measured
@reports()
@common
@click.pass_obj
def command(
    cli: Cli, paths: tuple[Path, ...], metrics: Path | None, plot: Path | None, format_: str
) -> None:
    """Check golden sets, the run log and knowledge bases against their contracts.

    Prompts are held against their data: golden cases that do not fit, unknown scorers and
    knowledge bases, impossible bars and parameters. Everything, or what is at PATHS (a data set
    with the prompts that read it, or a prompt file). Ends with 1 when a contract is broken; rows
    are named. A prompt file that cannot be read is named on stderr, and the command ends with 2.
    """
    from promptops.errors import UsageError
    from promptops.operations.data import DataSet, check_data, data_sets
    from promptops.prompts.registry import path_of

    watch = watching(cli)
    services = open_workspace(cli, watch=watch, reading=True)
    files, broken = services.registry.load_all()
    sets = data_sets(services, files)
    if paths:
        places = {path.resolve() for path in paths}
        broken = tuple(each for each in broken if path_of(each).resolve() in places)
        prompts = [DataSet(kind="prompt", path=file.path) for file in files]
        by_path = {item.path.resolve(): item for item in (*sets, *prompts)}
        unread = {path_of(each).resolve() for each in broken}
        for path in paths:
            if path.resolve() not in by_path.keys() | unread:
                raise UsageError(
                    "this is no data set or prompt of the workspace",
                    where=str(path),
                    hint="golden sets lie in datasets/golden, knowledge bases in datasets/kb",
                )
        sets = tuple(by_path[place] for place in map(Path.resolve, paths) if place in by_path)
    found = check_data(services, sets, files)
    watch.close()
    root = services.workspace.root
    rows: Counter[str] = Counter()
    for report in found:
        rows[report.kind] += report.checked_rows
    write_metrics(
        metrics,
        {
            "datasets": sum(report.kind != "prompt" for report in found),
            "broken": sum(not report.ok for report in found),
            "rows": dict(rows),
        },
    )
    write_plot(
        plot,
        ("dataset", "rows"),
        [(_shown(report.dataset, root), report.checked_rows) for report in found],
    )
    if format_ == "json":
        emit_json([report.to_json() for report in found])
    else:
        table = [
            (_shown(report.dataset, root), "ok" if report.ok else "BROKEN", report.checked_rows)
            for report in found
        ]
        emit_table(table, ("data set", "contract", "rows"), right=(2,))
        for report in found:
            for violation in report.violations:
                emit_text(
                    f"{_subject(report, violation, root)}: {violation.rule}: {violation.message}"
                )
    end_with(broken)
    if not all(report.ok for report in found):
        click.get_current_context().exit(1)


def _shown(dataset: str, root: Path) -> str:
    path = Path(dataset)
    return str(path.relative_to(root)) if path.is_relative_to(root) else dataset


def _subject(report: "ContractReport", violation: "Violation", root: Path) -> str:
    """The file and its rows: of a prompt's report it may be a golden set.

    Of a knowledge base a row is a document, which its file names.
    """
    name = _shown(report.dataset, root)
    if violation.file:
        name = violation.file if report.kind == "prompt" else f"{name}/{violation.file}"
    return name if report.kind == "kb" else f"{name}{_places(violation.rows)}"


def _places(rows: tuple[int, ...]) -> str:
    if not rows:
        return ""
    shown = ",".join(str(row) for row in rows[:_ROWS_SHOWN])
    return f":{shown}{f' and {len(rows) - _ROWS_SHOWN} more' if len(rows) > _ROWS_SHOWN else ''}"
