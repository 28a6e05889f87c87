"""What ``promptops lint`` shows instead of linting: rules, one rule, formats."""

import click

from promptops.cli.lazy import Cli
from promptops.cli.lint_flags import LintFlags
from promptops.cli.output import emit_json, emit_table


def show_listing(cli: Cli, flags: LintFlags) -> None:
    """Show what the flags ask for."""
    if flags.write_reference is not None:
        _write_reference(flags)
    elif flags.explain:
        _explain(cli, flags)
    elif flags.formats:
        _formats(flags)
    else:
        _rules(cli, flags)


def _rules(cli: Cli, flags: LintFlags) -> None:
    from dataclasses import asdict

    from promptops.cli.lint_run import scope_of
    from promptops.lint.accuracy import accuracy, accuracy_rows

    options = scope_of(cli, flags).options
    rules = options.rules()
    if flags.format_ == "json":
        measured = {rule.code: accuracy(rule.code) for rule in rules}
        emit_json(
            [
                {
                    "code": rule.code,
                    "name": rule.name,
                    "severity": rule.severity.value,
                    "summary": rule.summary,
                    "rationale": rule.rationale,
                    "advice": rule.advice,
                    "source": rule.source,
                    "bad": rule.bad,
                    "good": rule.good,
                    "tags": list(rule.tags),
                    "options": dict(rule.defaults),
                    "accuracy": asdict(found) if (found := measured[rule.code]) else None,
                }
                for rule in rules
            ]
        )
    elif flags.accuracy:
        columns = ("code", "precision", "recall", "findings", "defects", "measured on")
        emit_table(accuracy_rows(rule.code for rule in rules), columns)
    else:
        rows = [(rule.code, rule.name, rule.severity.value, rule.summary) for rule in rules]
        emit_table(rows, ("code", "name", "severity", "what it finds"))


def _explain(cli: Cli, flags: LintFlags) -> None:
    from promptops.cli.lint_run import scope_of
    from promptops.lint.reference import explain

    assert flags.explain is not None
    click.echo(explain(flags.explain, scope_of(cli, flags).options.catalog), nl=False)


def _formats(flags: LintFlags) -> None:
    from promptops.lint.sources import FORMATS

    if flags.format_ == "json":
        emit_json(
            [
                {"name": item.name, "files": list(item.patterns), "description": item.description}
                for item in FORMATS.values()
            ]
        )
        return
    rows = [
        (
            item.name,
            ", ".join(item.patterns[:4]) + " …" * (len(item.patterns) > 4),
            item.description,
        )
        for item in FORMATS.values()
    ]
    emit_table(rows, ("format", "files", ""))


def _write_reference(flags: LintFlags) -> None:
    from promptops.core.files import write_atomic
    from promptops.lint.reference import rule_pages

    assert flags.write_reference is not None
    pages = rule_pages()
    for name, text in pages.items():
        write_atomic(flags.write_reference / name, text)
    for path in flags.write_reference.glob("*.md"):
        if path.name not in pages:
            path.unlink()
