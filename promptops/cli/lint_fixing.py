"""Apply fixes, or show what they would change."""

import sys
from typing import TYPE_CHECKING

import click

from promptops.cli.lazy import Cli
from promptops.cli.lint_flags import LintFlags
from promptops.cli.lint_run import run, scope_of
from promptops.cli.options import watching
from promptops.cli.watch import Watch
from promptops.core.counting import counted

if TYPE_CHECKING:
    from promptops.operations.lint_fixing import FixedFile, LintScope


def fix(cli: Cli, flags: LintFlags) -> None:
    """Fix the files named and report what is left; with ``--diff`` print the changes only."""
    watch = watching(cli)
    scope = scope_of(cli, flags)
    if flags.stdin:
        _fix_stdin(scope, flags)
        return
    changed = _fixed(scope, flags, watch)
    if flags.diff:
        for file in changed:
            click.echo(file.diff, nl=False)
        watch.close()
        _count(watch, changed, "would be fixed")
        click.get_current_context().exit(int(bool(changed)))
    from promptops.core.files import write_atomic

    for file in changed:
        write_atomic(file.path, file.data)
    _count(watch, changed, "fixed")
    run(cli, flags)


def _fixed(scope: "LintScope", flags: LintFlags, watch: Watch) -> "list[FixedFile]":
    from promptops.operations.lint_fixing import fix_file
    from promptops.operations.linting import named_targets

    targets = named_targets(scope, flags.targets, column=flags.column, format_=flags.input_format)
    changed = []
    for done, target in enumerate(targets, start=1):
        file = fix_file(scope, target, unsafe=flags.unsafe_fixes)
        watch.tell("fix", done, len(targets))
        if file is None:
            continue
        for refused in file.refused:
            place = f"{refused.finding.path}:{refused.finding.line}"
            watch.remark(f"{place}: {refused.finding.code} not fixed: {refused.reason}")
        if file.data != file.before:
            changed.append(file)
    return changed


def _fix_stdin(scope: "LintScope", flags: LintFlags) -> None:
    """Print the fixed text, or its diff: what an editor or a filter expects."""
    from promptops.lint.fixes import unified_diff
    from promptops.operations.lint_fixing import fix_source

    text = sys.stdin.buffer.read().decode()
    shown = flags.stdin_filename or "<stdin>"
    outcome = fix_source(
        scope, text, shown=shown, format_=flags.input_format, unsafe=flags.unsafe_fixes
    )
    if flags.diff:
        click.echo(unified_diff(shown, text, outcome.text), nl=False)
        click.get_current_context().exit(int(outcome.text != text))
    sys.stdout.buffer.write(outcome.text.encode())


def _count(watch: Watch, changed: "list[FixedFile]", verb: str) -> None:
    findings = counted(sum(len(file.applied) for file in changed), "finding")
    watch.remark(f"{findings} {verb} in {counted(len(changed), 'file')}")
