"""``promptops validate``."""

from collections import Counter
from pathlib import Path

import click

from promptops.cli.lazy import Cli
from promptops.cli.measures import measured, write_metrics, write_plot
from promptops.cli.options import PATH, common, open_workspace, reports
from promptops.cli.output import emit_json, emit_table, emit_text

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

    All of them, or those at PATHS. Ends with 1 when one breaks its contract; rows are named.
    """
    from promptops.errors import UsageError
    from promptops.operations.data import check_data, data_sets

    services = open_workspace(cli)
    sets = data_sets(services)
    if paths:
        by_path = {item.path.resolve(): item for item in sets}
        for path in paths:
            if path.resolve() not in by_path:
                raise UsageError(
                    "this is no data set of the workspace",
                    where=str(path),
                    hint="golden sets lie in datasets/golden, knowledge bases in datasets/kb",
                )
        sets = tuple(by_path[path.resolve()] for path in paths)
    found = check_data(services, sets)
    root = services.workspace.root
    rows: Counter[str] = Counter()
    for report in found:
        rows[report.kind] += report.checked_rows
    write_metrics(
        metrics,
        {
            "datasets": len(found),
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
                    f"{_shown(report.dataset, root)}{_places(violation.rows)}: "
                    f"{violation.rule}: {violation.message}"
                )
    if not all(report.ok for report in found):
        click.get_current_context().exit(1)


def _shown(dataset: str, root: Path) -> str:
    path = Path(dataset)
    return str(path.relative_to(root)) if path.is_relative_to(root) else dataset


def _places(rows: tuple[int, ...]) -> str:
    if not rows:
        return ""
    shown = ",".join(str(row) for row in rows[:_ROWS_SHOWN])
    return f":{shown}{f' and {len(rows) - _ROWS_SHOWN} more' if len(rows) > _ROWS_SHOWN else ''}"
