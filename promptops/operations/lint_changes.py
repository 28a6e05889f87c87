"""Lint a change: what is worse than it was at a revision."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from promptops.errors import PromptSyntaxError, UsageError
from promptops.lint.engine import Linter
from promptops.lint.finding import Finding
from promptops.lint.fingerprint import fingerprint
from promptops.lint.options import LintOptions
from promptops.lint.paths import Target, check_read, check_target
from promptops.lint.project.model import Member, Project
from promptops.lint.project_engine import project_rules, with_project
from promptops.lint.report import LintReport, Skipped
from promptops.lint.runner import report_of
from promptops.lint.sources import detect, parse_source
from promptops.operations.git_history import ChangedFile, GitHistory
from promptops.prompts.loader import load_prompt, parse_prompt
from promptops.prompts.registry import SUFFIX


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduced:
    """What a change did.

    Attributes:
        report: The findings that the change brought in; ``checked`` counts the changed prompts.
        base: The commit that was compared with.
        files: The files that differ from it: those that were named, and prompt files that are gone.
        targets: Those of them that are still there.
        settled: How many findings of the base are gone from the files that are still there.
    """

    report: LintReport
    base: str
    files: tuple[ChangedFile, ...]
    targets: tuple[Target, ...]
    settled: int


def lint_changes(
    root: Path, revision: str, targets: Sequence[Target], *, options: LintOptions
) -> Introduced:
    """Lint those of some files that differ from a revision, and tell what is new in them.

    A finding is new when its fingerprint occurs more often than in the earlier text; moved lines,
    a renamed file and another id of the prompt bring in nothing. An earlier text that could not
    be read has no findings to compare with, so all of the new ones count. Other files are not
    looked at.

    Args:
        root: The workspace, or the folder that the files are in; inside a git repository, which
            is taken whole when a file lies elsewhere in it.
        revision: What git takes for a commit. The comparison is with the last commit that it and
            HEAD have in common, so that a branch answers for its own changes only.
        targets: The files, of any format that can be read.
        options: Rules and settings, for both texts.

    Raises:
        UsageError: No git repository, no such revision, or a file outside of it.
    """
    history = GitHistory(root)
    if not all(target.path.resolve().is_relative_to(root.resolve()) for target in targets):
        root = history.top
        history = GitHistory(root)
    base = history.base(revision)
    wanted = {_place(root, target.path): target for target in targets}
    files = tuple(
        item
        for item in history.changes(base)
        if item.path in wanted or (item.status == "deleted" and _is_prompt(item.path))
    )
    linter = Linter(options)
    findings: list[Finding] = []
    skipped: list[Skipped] = []
    suppressed = settled = checked = 0
    for item in files:
        if item.status == "deleted":
            continue
        target = wanted[item.path]
        before = None if item.before is None else history.text(base, item.before)
        report = _now(linter, target, before)
        grown, gone = _difference(_was(linter, target, before), report.findings)
        findings += grown
        settled += gone
        skipped += report.skipped
        suppressed += report.suppressed
        checked += report.checked
    return Introduced(
        report=LintReport(
            findings=tuple(sorted(findings, key=lambda finding: finding.order)),
            checked=checked,
            skipped=tuple(sorted(skipped, key=lambda each: (each.path, each.reason))),
            suppressed=suppressed,
            fail_on=options.fail_on,
        ),
        base=base,
        files=files,
        targets=tuple(wanted[item.path] for item in files if item.status != "deleted"),
        settled=settled,
    )


def _place(root: Path, path: Path) -> str:
    """A file's path from ``root``, as git tells it."""
    try:
        return path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError as problem:
        raise UsageError(
            f"this file is not in {root}", where=str(path), hint="name files in that folder"
        ) from problem


def _is_prompt(path: str) -> bool:
    return path.endswith(SUFFIX) and not any(part.startswith(".") for part in Path(path).parts)


def _now(linter: Linter, target: Target, before: str | None) -> LintReport:
    """The findings of a file as it is; with its earlier text, also about what was lost since."""
    options = linter.options
    shown = options.shown(target.path)
    report = report_of([check_target(linter, target, shown)], options)
    only = {rule.code for rule in project_rules(options) if rule.needs == ("history",)}
    if before is None or not only or not target.path.name.endswith(SUFFIX):
        return report
    with suppress(PromptSyntaxError):  # told as skipped, or broken before
        earlier = parse_prompt(before, target.path).prompt
        member = Member(file=load_prompt(target.path), path=shown, earlier=earlier)
        narrowed = replace(options, select=frozenset(only))
        return with_project(report, Project(members=(member,)), narrowed)
    return report


def _was(linter: Linter, target: Target, before: str | None) -> Sequence[Finding]:
    """The findings of the earlier text, read as the file that it is now."""
    if before is None:
        return ()
    read = parse_source(
        before,
        shown=linter.options.shown(target.path),
        format_=target.format_ or detect(target.path) or "text",
        path=target.path,
        column=target.column,
    )
    return check_read(linter, read).findings


def _difference(old: Sequence[Finding], new: Sequence[Finding]) -> tuple[list[Finding], int]:
    """The findings whose count grew, and how many of the old ones are gone."""
    left = Counter(_mark(finding) for finding in old)
    grown = []
    for finding in new:
        mark = _mark(finding)
        if left[mark] > 0:
            left[mark] -= 1
        else:
            grown.append(finding)
    return grown, left.total()


def _mark(finding: Finding) -> str:
    return fingerprint(replace(finding, prompt_id=""))
