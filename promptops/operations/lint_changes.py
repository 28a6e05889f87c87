"""Lint a change: what is worse than it was at a revision."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from promptops.errors import PromptSyntaxError
from promptops.lint import lint_files
from promptops.lint.finding import Finding
from promptops.lint.fingerprint import fingerprint
from promptops.lint.options import LintOptions
from promptops.lint.project.model import Member, Project
from promptops.lint.project_engine import project_rules, with_project
from promptops.lint.report import LintReport, Skipped
from promptops.operations.git_history import ChangedFile, GitHistory
from promptops.operations.linting import lint_options
from promptops.prompts.loader import PromptFile, load_prompt, parse_prompt
from promptops.prompts.registry import SUFFIX
from promptops.wiring import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduced:
    """What a change did.

    Attributes:
        report: The findings that the change brought in; ``checked`` counts the changed prompts.
        base: The commit that was compared with.
        files: The prompt files that differ from it.
        settled: How many findings of the base are gone.
    """

    report: LintReport
    base: str
    files: tuple[ChangedFile, ...]
    settled: int


def lint_changes(
    services: Services,
    revision: str,
    *,
    paths: Sequence[Path] = (),
    options: LintOptions | None = None,
) -> Introduced:
    """Lint the prompt files that differ from a revision, and tell what is new in them.

    A finding is new when its fingerprint occurs more often than in the earlier text; moved lines,
    a renamed file and another id of the prompt bring in nothing. An earlier text that could not
    be read has no findings to compare with, so all of the new ones count. The rest of the registry
    is not looked at.

    Args:
        services: The workspace.
        revision: What git takes for a commit. The comparison is with the last commit that it and
            HEAD have in common, so that a branch answers for its own changes only.
        paths: Look at these files and folders only; the registry's prompts when none are named.
        options: Rules and settings, for both texts; the workspace's when None.

    Raises:
        UsageError: No git repository, or no such revision.
    """
    settings = options or lint_options(services)
    root = services.workspace.root
    history = GitHistory(root)
    base = history.base(revision)
    wanted = [path.resolve() for path in paths] or [services.workspace.prompts.resolve()]
    files = tuple(
        item for item in history.changes(base, suffix=SUFFIX) if _is_wanted(root, item, wanted)
    )
    findings: list[Finding] = []
    skipped: list[Skipped] = []
    suppressed = settled = checked = 0
    for item in files:
        if item.status == "deleted":
            continue
        old = _before(history, base, item, root)
        try:
            new = load_prompt(root / item.path)
        except PromptSyntaxError as problem:
            skipped.append(Skipped(path=problem.where, reason=problem.message))
            continue
        checked += 1
        report = _lint(new, old, settings)
        was = _lint(old, None, settings).findings if old is not None else ()
        grown, gone = _difference(was, report.findings)
        findings += grown
        settled += gone
        skipped += report.skipped
        suppressed += report.suppressed
    return Introduced(
        report=LintReport(
            findings=tuple(sorted(findings, key=lambda finding: finding.order)),
            checked=checked,
            skipped=tuple(sorted(skipped, key=lambda each: (each.path, each.reason))),
            suppressed=suppressed,
            fail_on=settings.fail_on,
        ),
        base=base,
        files=files,
        settled=settled,
    )


def _is_wanted(root: Path, item: ChangedFile, wanted: Sequence[Path]) -> bool:
    path = Path(item.path)
    if any(part.startswith(".") for part in path.parts):
        return False
    full = root.resolve() / path
    return any(full == place or full.is_relative_to(place) for place in wanted)


def _before(history: GitHistory, base: str, item: ChangedFile, root: Path) -> PromptFile | None:
    """The file as it was, under the path it has now; None when it was not there or is broken."""
    if item.before is None:
        return None
    with suppress(PromptSyntaxError):
        return parse_prompt(history.text(base, item.before), root / item.path)
    return None


def _lint(file: PromptFile, earlier: PromptFile | None, options: LintOptions) -> LintReport:
    """The findings of one text; with its earlier one, also those about what was lost since."""
    report = lint_files([file], options=options)
    only = {rule.code for rule in project_rules(options) if rule.needs == ("history",)}
    if earlier is None or not only:
        return report
    member = Member(file=file, path=options.shown(file.path), earlier=earlier.prompt)
    narrowed = replace(options, select=frozenset(only))
    return with_project(report, Project(members=(member,)), narrowed)


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
