"""``promptops lint``."""

from pathlib import Path
from typing import Any

import click

from promptops.cli.destination import REPORT_FILE
from promptops.cli.lazy import Cli
from promptops.cli.lint_flags import LintFlags
from promptops.cli.measures import measured
from promptops.cli.options import common, reports

FORMATS = ("text", "concise", "json", "sarif", "github", "junit", "markdown")
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command
@click.argument("targets", nargs=-1, metavar="[PATH|PROMPT|AREA]...")
@click.option("--select", multiple=True, metavar="RULE", help="Only these rules or groups.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Not these rules or groups.")
@click.option(
    "--fail-on",
    type=click.Choice(("error", "warning", "info")),
    help="The mildest severity that fails the run; else lint.toml's.",
)
@click.option(
    "--column", metavar="NAME", help="The column with the prompts, for tables; else guessed."
)
@click.option("--input-format", metavar="NAME", help="How to read the files (see --formats).")
@click.option("--stdin", is_flag=True, help="Lint the text on standard input.")
@click.option("--stdin-filename", metavar="NAME", help="What that text is called; its format.")
@click.option("--fix", is_flag=True, help="Apply the fixes that keep the meaning.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: also those that may not.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option("--since", metavar="REV", help="Only what changed since a git revision brought in.")
@click.option("--baseline", type=_FILE, metavar="FILE", help="Leave out the findings known there.")
@click.option(
    "--write-baseline", type=_FILE, metavar="FILE", help="Write today's findings as known."
)
@click.option("--prune-baseline", is_flag=True, help="Take out of --baseline what is settled.")
@click.option("--watch", is_flag=True, help="Lint again whenever a file changes.")
@click.option("--no-cache", is_flag=True, help="Check everything, whatever is known already.")
@click.option("--llm", is_flag=True, help="Also ask a model; it costs calls.")
@click.option("--llm-model", metavar="ID", help="The model to ask; else the workspace's.")
@click.option("--llm-calls", type=click.IntRange(1), metavar="N", help="At most so many calls.")
@click.option("--llm-checks", multiple=True, metavar="CHECK", help="Ask only this (see --rules).")
@click.option(
    "--llm-force", is_flag=True, help="Ask also what the model is measured to be poor at."
)
@click.option("--measure", metavar="RULE", help="Measure what a finding costs a prompt's score.")
@click.option("--statistics", is_flag=True, help="Show counts by rule, not each finding.")
@click.option("--exit-zero", is_flag=True, help="End with 0 even with findings.")
@click.option("--html", type=REPORT_FILE, metavar="FILE", help="Write an HTML report too.")
@click.option("--output", type=REPORT_FILE, metavar="FILE", help="Write the report to a file.")
@click.option("--rules", is_flag=True, help="List the rules instead.")
@click.option("--accuracy", is_flag=True, help="With --rules: how right each has been measured.")
@click.option("--explain", metavar="RULE", help="Explain a rule instead.")
@click.option("--formats", is_flag=True, help="List the formats that can be read instead.")
@click.option(
    "--write-reference",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    hidden=True,
    help="Write the rules' pages.",
)
@measured
@reports(*FORMATS)
@common
@click.pass_obj
def command(cli: Cli, /, **given: Any) -> None:
    """Lint files, folders, prompts by id or the prompts of an area; all when none are named.

    Ends with 1 when a finding is severe enough (`fail_on` in lint.toml), with 2 when a file could
    not be checked.
    """
    flags = LintFlags(**given)
    flags.check()
    if flags.listing:
        from promptops.cli.lint_listing import show_listing

        show_listing(cli, flags)
    elif flags.measure:
        from promptops.cli.lint_measure import measure

        measure(cli, flags)
    elif flags.fix or flags.diff:
        from promptops.cli.lint_fixing import fix

        fix(cli, flags)
    else:
        from promptops.cli.lint_run import run

        run(cli, flags)
