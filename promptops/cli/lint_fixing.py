"""Apply fixes, or show what they would change."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from promptops.cli.lazy import Cli
from promptops.cli.lint_flags import LintFlags
from promptops.cli.lint_run import run, scope_of
from promptops.cli.options import watching
from promptops.cli.watch import Watch
from promptops.core.counting import counted

if TYPE_CHECKING:
    from promptops.lint.fixes import Refused
    from promptops.operations.lint_fixing import FixedFile, LintScope


def fix(cli: Cli, flags: LintFlags) -> None:
    """Fix the files named and report what is left; with ``--diff`` print the changes only."""
    watch = watching(cli)
    scope = scope_of(cli, flags)
    if flags.stdin:
        _fix_stdin(scope, flags, watch)
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
        _tell_refused(watch, file.refused)
        if file.data != file.before:
            changed.append(file)
    return changed


def _fix_stdin(scope: "LintScope", flags: LintFlags, watch: Watch) -> None:
    """Print the fixed text, or its diff: what an editor or a filter expects.

    Bytes that cannot be read come out as they went in, with the reason on standard error.
    """
    from promptops.lint.fixes import unified_diff
    from promptops.lint.reporters.wording import skipped_place, visible
    from promptops.operations.lint_fixing import fix_pipe

    data = sys.stdin.buffer.read()
    fixed = fix_pipe(
        scope,
        data,
        filename=flags.stdin_filename,
        column=flags.column,
        format_=flags.input_format,
        unsafe=flags.unsafe_fixes,
    )
    for item in fixed.unread:
        click.echo(f"{skipped_place(item)}: not fixed: {visible(item.reason)}", err=True)
    _tell_refused(watch, fixed.refused)
    if flags.diff:
        before, after = (part.decode("utf-8", "replace") for part in (data, fixed.data))
        click.echo(unified_diff(flags.stdin_filename or "<stdin>", before, after), nl=False)
    else:
        sys.stdout.buffer.write(fixed.data)
        sys.stdout.buffer.flush()
    changed = flags.diff and fixed.data != data
    click.get_current_context().exit(2 if fixed.unread else int(changed))


def _tell_refused(watch: Watch, refused: "Sequence[Refused]") -> None:
    for each in refused:
        place = f"{each.finding.path}:{each.finding.line}"
        watch.remark(f"{place}: {each.finding.code} not fixed: {each.reason}")


def _count(watch: Watch, changed: "list[FixedFile]", verb: str) -> None:
    findings = counted(sum(len(file.applied) for file in changed), "finding")
    watch.remark(f"{findings} {verb} in {counted(len(changed), 'file')}")
