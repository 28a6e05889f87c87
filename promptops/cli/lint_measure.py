"""``promptops lint --measure RULE PROMPT``: what a finding costs, on the golden set."""

import click

from promptops.cli.finding import find_prompt
from promptops.cli.lazy import Cli
from promptops.cli.lint_flags import LintFlags
from promptops.cli.options import open_workspace, watching
from promptops.cli.output import emit_json, emit_text
from promptops.errors import UsageError


def measure(cli: Cli, flags: LintFlags) -> None:
    """Measure one rule on one prompt and print the scores with their intervals."""
    assert flags.measure is not None
    if len(flags.targets) != 1:
        raise UsageError(
            f"--measure {flags.measure} needs exactly one prompt, {len(flags.targets)} are named",
            hint=f"for example: promptops lint --measure {flags.measure} PROMPT",
        )
    from promptops.operations.lint_measure import measure_finding

    watch = watching(cli)
    services = open_workspace(cli, [("llm.model", flags.llm_model)], watch=watch)
    found = measure_finding(
        services,
        find_prompt(services, flags.targets[0]),
        flags.measure,
        progress=watch.of("measure"),
    )
    watch.close()
    if flags.format_ == "json":
        emit_json(found.to_json())
    else:
        emit_text(found.to_text())
    click.get_current_context().exit(0)
