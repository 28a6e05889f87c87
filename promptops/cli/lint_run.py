"""Lint and report: once, against a baseline or a revision, or again and again."""

import gc
import glob
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptops.cli.lazy import Cli
from promptops.cli.lint_flags import LintFlags
from promptops.cli.measures import write_metrics, write_plot
from promptops.cli.options import open_workspace, watching
from promptops.cli.output import emit_json, emit_table, emit_text
from promptops.cli.watch import Watch
from promptops.core.clock import system_clock
from promptops.core.counting import counted
from promptops.errors import UsageError

if TYPE_CHECKING:
    from promptops.lint.paths import Target
    from promptops.lint.report import LintReport
    from promptops.operations.linting import LintScope

_LOOK_EVERY_S = 0.5


def scope_of(cli: Cli, flags: LintFlags) -> "LintScope":
    """Where to lint, under the flags' rules."""
    from promptops.lint.finding import Severity
    from promptops.operations.linting import open_scope

    scope = open_scope(cli.workspace, today=system_clock().date())
    options = scope.options.narrowed(select=flags.selected, where="--select")
    options = options.narrowed(ignore=flags.ignored, where="--ignore")
    if flags.fail_on:
        options = replace(options, fail_on=Severity(flags.fail_on))
    return replace(scope, options=options)


@contextmanager
def _lasting() -> Iterator[None]:
    """What is made meanwhile, as by imports, stays to the end: no garbage is looked for in it."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def run(cli: Cli, flags: LintFlags) -> None:
    """Lint what the flags name, report it, and end with the report's status."""
    watch = watching(cli)
    with _lasting():
        scope = scope_of(cli, flags)
        _spare(scope, flags)
    if flags.watch:
        _again_and_again(cli, scope, flags, watch)
        return
    report = _found(cli, scope, flags, watch)
    watch.close()
    status = _tell(cli, scope, flags, watch, report)
    if not flags.exit_zero or status == 2:
        click.get_current_context().exit(status)


def _spare(scope: "LintScope", flags: LintFlags) -> None:
    """Refuse to write a report over what is linted, or over what says how.

    Raises:
        UsageError: A file to write is one of those.
    """
    from promptops.lint.baseline import is_baseline
    from promptops.lint.sources import detect
    from promptops.operations.linting import named_targets

    outputs = {
        "--output": flags.output,
        "--html": flags.html,
        "--metrics": flags.metrics,
        "--plot": flags.plot,
        "--write-baseline": flags.write_baseline,
    }
    wanted = {flag: path for flag, path in outputs.items() if path is not None and path.exists()}
    if not wanted:
        return
    kept = {scope.settings_file.resolve()}
    if not flags.stdin:
        kept |= {target.path.resolve() for target in named_targets(scope, flags.targets)}
    for flag, path in wanted.items():
        held = path.resolve() in kept or detect(path) not in (None, "chat", "csv", "text")
        if held or (flag == "--write-baseline" and not is_baseline(path)):
            raise UsageError(
                f"{flag} would overwrite this file, which is no earlier report",
                where=str(path),
                hint="name another file",
            )


def _found(cli: Cli, scope: "LintScope", flags: LintFlags, watch: Watch) -> "LintReport":
    if flags.since:
        return _since(scope, flags, watch)
    report = _read(cli, scope, flags, watch)
    if flags.llm:
        report = _judged(cli, scope, flags, watch, report)
    if flags.baseline:
        report = _beyond_baseline(flags, scope, watch, report)
    return report


def _read(cli: Cli, scope: "LintScope", flags: LintFlags, watch: Watch) -> "LintReport":
    from promptops.operations.linting import (
        lint_named,
        lint_text,
        named_targets,
        with_context,
        with_sources,
    )

    if flags.stdin:
        text = sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
        name, kind = flags.stdin_filename, flags.input_format
        return lint_text(scope, text, filename=name, column=flags.column, format_=kind)
    targets = named_targets(scope, flags.targets, column=flags.column, format_=flags.input_format)
    if not targets:
        watch.remark("no prompt is here: nothing was checked")
    report = lint_named(
        scope,
        targets,
        cached=not flags.no_cache,
        workers=os.cpu_count() or 1,
        progress=lambda done, total: watch.tell("lint", done, total),
        notice=watch.remark,
    )
    whole = with_context(
        scope, report, targets, open_services=lambda: open_workspace(cli, watch=watch)
    )
    return with_sources(scope, whole, targets)


def _since(scope: "LintScope", flags: LintFlags, watch: Watch) -> "LintReport":
    from promptops.operations.lint_changes import lint_changes
    from promptops.operations.linting import named_targets, with_registry, with_sources

    assert flags.since is not None
    targets = named_targets(scope, flags.targets, column=flags.column, format_=flags.input_format)
    root = scope.options.root or Path.cwd()
    found = lint_changes(root, flags.since, targets, options=scope.options)
    changed = counted(len(found.files), "changed file")
    watch.remark(f"{changed} since {found.base[:10]}; {counted(found.settled, 'finding')} settled")
    return with_sources(scope, with_registry(scope, found.report, found.targets), targets)


def _judged(
    cli: Cli, scope: "LintScope", flags: LintFlags, watch: Watch, report: "LintReport"
) -> "LintReport":
    """The report with what a model says added; what it could not judge is skipped, and told."""
    from promptops.lint.parsed import ParsedPrompt
    from promptops.lint.sources import read_prompts
    from promptops.llm.metered import Budget
    from promptops.operations.lint_judging import agreement_of, choose_checks, judge_prompts
    from promptops.operations.linting import named_targets

    if scope.workspace is None:
        raise UsageError("a model is asked through a workspace", where="--llm",
                         hint="run it inside one, or name one with --workspace")  # fmt: skip
    checks = choose_checks(flags.judged, where="--llm-checks")
    services = open_workspace(cli, watch=watch)
    targets = named_targets(scope, flags.targets, column=flags.column, format_=flags.input_format)
    prompts = [
        prompt
        for target in targets
        for prompt in read_prompts(
            target.path,
            shown=scope.options.shown(target.path),
            column=target.column,
            format_=target.format_,
        )
        if isinstance(prompt, ParsedPrompt)
    ]
    judged = judge_prompts(
        services,
        prompts,
        model=flags.llm_model,
        checks=checks,
        force=flags.llm_force,
        budget=Budget(calls=flags.llm_calls),
        progress=watch.of("judge"),
    )
    watch.remark(
        f"{judged.model}: {counted(judged.calls, 'call')}, "
        f"{counted(judged.cached_calls, 'known answer')}, "
        f"{judged.seconds:.1f} s"
    )
    watch.remark(f"agreement with labels: {agreement_of(judged.model, checks)}")
    if judged.unmeasured:
        watch.remark(
            f"not measured for {judged.model}, believe it with care: {', '.join(judged.unmeasured)}"
        )
    return replace(
        report,
        findings=tuple(
            sorted((*report.findings, *judged.findings), key=lambda finding: finding.order)
        ),
        skipped=tuple(sorted((*report.skipped, *judged.skipped), key=lambda item: item.order)),
        suppressed=report.suppressed + judged.suppressed,
    )


def _beyond_baseline(
    flags: LintFlags, scope: "LintScope", watch: Watch, report: "LintReport"
) -> "LintReport":
    from promptops.lint.baseline import Baseline

    assert flags.baseline is not None
    baseline = Baseline.load(flags.baseline)
    split = baseline.split(
        report,
        prompts=_checked(scope, flags, report, {entry.prompt for entry in baseline.entries}),
        codes=scope.options.selected,
    )
    if split.known:
        known = counted(split.known, "known finding")
        watch.remark(f"left out: {known} (--baseline {flags.baseline})")
    settled = sum(entry.count for entry in split.stale)
    if settled and flags.prune_baseline:
        baseline.pruned(split.stale).write(flags.baseline)
        watch.remark(f"taken out of {flags.baseline}: {counted(settled, 'settled finding')}")
    elif settled:
        watch.remark(f"settled: {counted(settled, 'known finding')}; remove with --prune-baseline")
    return split.report


def _checked(
    scope: "LintScope", flags: LintFlags, report: "LintReport", known: Iterable[str]
) -> frozenset[str] | None:
    """The prompts that were looked at, clean ones too, and those of ``known`` that are gone.

    Ids, and paths of texts without one; None when all were.
    """
    from promptops.operations.linting import named_targets

    if not flags.targets:
        return None
    paths = [target.path for target in named_targets(scope, flags.targets)]
    names = {path.name.removesuffix(".prompt.yaml") for path in paths}
    shown = {scope.options.shown(path) for path in paths}
    gone = {name for name in known if not _is_there(scope, name)}
    return frozenset(names | shown | gone | {finding.prompt_id for finding in report.findings})


def _is_there(scope: "LintScope", name: str) -> bool:
    """Whether what a baseline speaks of, a path or a prompt's id, still exists."""
    root = scope.options.root or Path.cwd()
    if (root / name).exists() or Path(name).exists():
        return True
    folder = scope.workspace.prompts if scope.workspace is not None else root
    return any(True for _ in folder.rglob(f"{glob.escape(name)}.prompt.yaml"))


def _tell(
    cli: Cli, scope: "LintScope", flags: LintFlags, watch: Watch, report: "LintReport"
) -> int:
    """Write the report wherever it is wanted; the exit status."""
    from promptops.core.files import write_atomic
    from promptops.lint.reporters import REPORTERS

    summary = report.summary()
    write_metrics(flags.metrics, summary)
    write_plot(flags.plot, ("rule", "findings"), list(summary["by_code"].items()))
    if flags.html is not None:
        _write_html(cli, scope, report, flags.html)
        watch.remark(f"report: {flags.html}")
    if flags.write_baseline is not None:
        from promptops.lint.baseline import Baseline

        Baseline.of(report.findings).write(flags.write_baseline)
        known = counted(len(report.findings), "finding")
        watch.remark(f"{known} written to {flags.write_baseline} as known")
        return 2 if report.skipped else 0
    if flags.statistics:
        _show_statistics(report, flags.format_)
    elif flags.output is not None:
        write_atomic(flags.output, REPORTERS[flags.format_](report))
        watch.remark(f"report: {flags.output}")
    else:
        click.echo(REPORTERS[flags.format_](report), nl=False)
    return report.exit_status


def _write_html(cli: Cli, scope: "LintScope", report: "LintReport", path: Path) -> None:
    from promptops.core.files import write_atomic
    from promptops.reporting.sweeps import RuleText, lint_html

    texts = {
        code: RuleText(summary=rule.summary, rationale=rule.rationale)
        for code, rule in scope.options.catalog.items()
    }
    name = open_workspace(cli).settings.general.name if scope.workspace else Path.cwd().name
    write_atomic(path, lint_html(report, workspace=name, when=system_clock(), texts=texts))


def _show_statistics(report: "LintReport", format_: str) -> None:
    from promptops.lint.reporters.wording import closing, skipped_place, visible

    summary = report.summary()
    if format_ == "json":
        emit_json(summary)
        return
    names = {finding.code: finding.name for finding in report.findings}
    ranked = sorted(summary["by_code"].items(), key=lambda item: (-item[1], item[0]))
    emit_table([(n, code, names[code]) for code, n in ranked], ("findings", "rule", ""), right=(0,))
    for item in report.skipped:
        emit_text(f"{skipped_place(item)}: SKIPPED {visible(item.reason)}")
    emit_text(closing(report))


def _again_and_again(cli: Cli, scope: "LintScope", flags: LintFlags, watch: Watch) -> None:
    """Lint, wait for a change of a file or of the set of files, and lint again."""
    from promptops.operations.linting import named_targets

    seen: object = None
    while True:
        names = flags.targets
        targets = named_targets(scope, names, column=flags.column, format_=flags.input_format)
        state = _state(targets, scope.settings_file)
        if state != seen:
            scope = scope_of(cli, flags)
            click.clear()
            _tell(cli, scope, flags, watch, _found(cli, scope, flags, watch))
            seen = state
        time.sleep(_LOOK_EVERY_S)


def _state(targets: "Sequence[Target]", settings: Path) -> tuple[tuple[str, int, int], ...]:
    found = []
    for path in (settings, *(target.path for target in targets)):
        try:
            stat = path.stat()
        except OSError:
            continue
        found.append((str(path), stat.st_mtime_ns, stat.st_size))
    return tuple(found)
