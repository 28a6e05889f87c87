"""``promptops lint``."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptops.cli.destination import REPORT_FILE
from promptops.cli.finding import named_paths
from promptops.cli.lazy import Cli
from promptops.cli.measures import measured, write_metrics, write_plot
from promptops.cli.options import common, open_workspace, reports, watching
from promptops.cli.output import emit_json, emit_table, emit_text

if TYPE_CHECKING:
    from promptops.lint.options import LintOptions
    from promptops.lint.report import LintReport
    from promptops.wiring import Services


@click.command
@click.argument("targets", nargs=-1, metavar="[PATH|PROMPT|AREA]...")
@click.option("--select", multiple=True, metavar="RULE", help="Only these rules or groups.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Not these rules or groups.")
@click.option("--statistics", is_flag=True, help="Show counts by rule, not each finding.")
@click.option("--exit-zero", is_flag=True, help="End with 0 even with findings.")
@click.option(
    "--html", type=REPORT_FILE, metavar="FILE", help="Write the report as one HTML file too."
)
@click.option("--rules", "list_rules", is_flag=True, help="List the rules instead.")
@measured
@reports("text", "json", "github")
@common
@click.pass_obj
def command(
    cli: Cli,
    targets: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    statistics: bool,
    exit_zero: bool,
    html: Path | None,
    list_rules: bool,
    metrics: Path | None,
    plot: Path | None,
    format_: str,
) -> None:
    """Lint files, folders, prompts by id or the prompts of an area; all when none are named.

    Ends with 1 when a finding is severe enough (`fail_on` in lint.toml), with 2 when a file could
    not be checked.
    """
    if list_rules:
        _list_rules(format_)
        return
    from promptops.lint.reporters import REPORTERS
    from promptops.operations.linting import lint_options

    watch = watching(cli)
    services = open_workspace(cli, watch=watch)
    options = lint_options(services)
    options = options.narrowed(select=_codes(select), where="--select")
    options = options.narrowed(ignore=_codes(ignore), where="--ignore")
    report = _lint(services, targets, options)
    watch.close()
    if not report.checked and not report.skipped:
        watch.remark(f"no prompt is in {services.workspace.prompts}: nothing was checked")
    summary = report.summary()
    write_metrics(metrics, summary)
    write_plot(plot, ("rule", "findings"), list(summary["by_code"].items()))
    if html is not None:
        _write_html(services, report, html)
        watch.remark(f"report: {html}")
    if statistics:
        _show_statistics(report, format_)
    else:
        click.echo(REPORTERS[format_](report), nl=False)
    if not exit_zero or report.exit_status == 2:
        click.get_current_context().exit(report.exit_status)


def _codes(texts: tuple[str, ...]) -> list[str]:
    return [code.strip() for text in texts for code in text.split(",") if code.strip()]


def _lint(services: "Services", targets: tuple[str, ...], options: "LintOptions") -> "LintReport":
    from promptops.operations.linting import lint_paths, lint_registry

    def tell(done: int, total: int) -> None:
        services.progress("lint", done, total)

    workers = os.cpu_count() or 1
    if not targets:
        return lint_registry(services, options=options, workers=workers, progress=tell)
    paths = [path for text in targets for path in named_paths(services, text)]
    return lint_paths(services, paths, options=options, workers=workers, progress=tell)


def _write_html(services: "Services", report: "LintReport", path: Path) -> None:
    from promptops.core.files import write_atomic
    from promptops.lint.rules import RULES
    from promptops.reporting.sweeps import RuleText, lint_html

    texts = {
        code: RuleText(summary=rule.summary, rationale=rule.rationale)
        for code, rule in RULES.items()
    }
    text = lint_html(
        report,
        workspace=services.settings.general.name,
        when=services.clock(),
        texts=texts,
    )
    write_atomic(path, text)


def _show_statistics(report: "LintReport", format_: str) -> None:
    summary = report.summary()
    if format_ == "json":
        emit_json(summary)
        return
    names = {finding.code: finding.name for finding in report.findings}
    ranked = sorted(summary["by_code"].items(), key=lambda item: (-item[1], item[0]))
    emit_table([(n, code, names[code]) for code, n in ranked], ("findings", "rule", ""), right=(0,))
    for item in report.skipped:
        emit_text(f"{item.path}: SKIPPED {item.reason}")
    emit_text(
        f"{summary['errors']} errors, {summary['warnings']} warnings, {summary['infos']} infos "
        f"in {summary['checked']} prompts, {summary['skipped']} not checked"
    )


def _list_rules(format_: str) -> None:
    from promptops.lint.rules import RULES

    if format_ == "json":
        emit_json(
            [
                {
                    "code": rule.code,
                    "name": rule.name,
                    "severity": rule.severity.value,
                    "summary": rule.summary,
                    "rationale": rule.rationale,
                    "source": rule.source,
                    "bad": rule.bad,
                    "good": rule.good,
                }
                for rule in RULES.values()
            ]
        )
    else:
        rows = [(r.code, r.name, r.severity.value, r.summary) for r in RULES.values()]
        emit_table(rows, ("code", "name", "severity", "what it finds"))
