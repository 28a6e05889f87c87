"""Run the rules about a whole project, after the rules about single prompts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from promptops.lint.finding import Finding
from promptops.lint.options import LintOptions
from promptops.lint.project.model import Member, Project
from promptops.lint.project.rule import ProjectRule
from promptops.lint.report import LintReport, Skipped
from promptops.lint.rules.unused_suppression import UnusedSuppression
from promptops.lint.suppression import MARK, Sifted, Suppression, read_suppressions, sift

Comment = tuple[str, int, int]
"""A suppression comment by its path, line and column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectChecked:
    """What the project rules found.

    ``used`` are the suppression comments that allowed something here: the rules about single
    prompts may have found them idle.
    """

    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    suppressed: int
    used: frozenset[Comment]


def lint_project(project: Project, options: LintOptions) -> ProjectChecked:
    """Run the project rules that `options` selects, then the prompts' suppression comments."""
    found: dict[str, set[Finding]] = {}
    skipped = list(_unread(project, options))
    for kind in project_rules(options):
        try:
            rule = kind(options.options.get(kind.code), today=options.today)
            for finding in rule.check_project(project):
                if kind in options.rules(finding.path):
                    level = options.severity.get(kind.code, finding.severity)
                    found.setdefault(finding.path, set()).add(replace(finding, severity=level))
        except Exception as problem:  # noqa: BLE001 - one broken rule must not hide the others
            reason = f"rule {kind.code} failed on this project: {problem!r}"
            skipped.append(Skipped(path=".", reason=reason))
    return _sifted(project, found, skipped, options)


def with_project(report: LintReport, project: Project, options: LintOptions) -> LintReport:
    """A report of the rules about single prompts, with what the project rules say added.

    Comments that only allow a project rule's finding are not idle, whatever the report says.
    """
    checked = lint_project(project, options)
    kept = [
        finding
        for finding in report.findings
        if finding.code != UnusedSuppression.code
        or (finding.path, finding.line, finding.column) not in checked.used
    ]
    findings = sorted({*kept, *checked.findings}, key=lambda finding: finding.order)
    skipped = sorted({*report.skipped, *checked.skipped}, key=lambda item: item.order)
    return replace(
        report,
        findings=tuple(findings),
        skipped=tuple(skipped),
        suppressed=report.suppressed + checked.suppressed,
    )


def project_rules(options: LintOptions) -> tuple[type[ProjectRule], ...]:
    """The project rules that run, in the order of their codes."""
    return tuple(rule for rule in options.rules() if issubclass(rule, ProjectRule))


def _unread(project: Project, options: LintOptions) -> Iterator[Skipped]:
    for item in project.unread:
        blind = [rule.code for rule in project_rules(options) if item.need in rule.needs]
        if blind:
            codes = " and ".join([", ".join(blind[:-1]), blind[-1]] if blind[1:] else blind)
            about = f" about {item.prompt_id}" if item.prompt_id else ""
            yield Skipped(path=item.where, reason=f"{codes} not checked{about}: {item.reason}")


def _sifted(
    project: Project,
    found: Mapping[str, set[Finding]],
    skipped: Iterable[Skipped],
    options: LintOptions,
) -> ProjectChecked:
    names = {name for rule in project_rules(options) for name in (rule.code, rule.name)}
    kept: list[Finding] = []
    suppressed, used = 0, set()
    for member in project.members:
        here = sorted(found.get(member.path, ()), key=lambda finding: finding.order)
        comments = _comments(member)
        if not comments:
            kept += here
            continue
        sifted = sift(member.parsed, here, today=options.today)
        kept += sifted.kept
        suppressed += sifted.suppressed
        idle = {comment for comment, _ in sifted.idle}
        used |= {(member.path, each.line, each.column) for each in comments if each not in idle}
        kept += _idle(member, sifted, names, options)
    return ProjectChecked(
        findings=tuple(sorted(kept, key=lambda finding: finding.order)),
        skipped=tuple(sorted(set(skipped), key=lambda item: item.order)),
        suppressed=suppressed,
        used=frozenset(used),
    )


def _comments(member: Member) -> tuple[Suppression, ...]:
    return read_suppressions(member.parsed) if MARK in member.file.text else ()


def _idle(
    member: Member, sifted: Sifted, names: set[str], options: LintOptions
) -> Iterator[Finding]:
    """Comments that speak of project rules only, and allow nothing."""
    if UnusedSuppression not in options.rules(member.path):
        return
    ours = [item for item in sifted.idle if names.issuperset(item[0].names)]
    for finding in UnusedSuppression().report(member.parsed, ours, names):
        level = options.severity.get(finding.code, finding.severity)
        yield replace(finding, severity=level)
