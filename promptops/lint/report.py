"""The result of one lint run."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from promptops.core.canonical import JSON
from promptops.lint.finding import Finding, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A file, or one rule on one file, that could not be checked; never counted as passed.

    ``line``, ``column`` and ``row`` (of a table) say where, as far as it is known.
    """

    path: str
    reason: str
    line: int | None = None
    column: int | None = None
    row: int | None = None

    @property
    def order(self) -> tuple[str, int, int, int, str]:
        """The key of the one order in which skips are reported."""
        return self.path, self.row or 0, self.line or 0, self.column or 0, self.reason

    def to_json(self) -> JSON:
        """Path and reason, and of the place what is known."""
        place = {"line": self.line, "column": self.column, "row": self.row}
        known = {name: value for name, value in place.items() if value is not None}
        return {"path": self.path, "reason": self.reason, **known}


@dataclass(frozen=True, slots=True, kw_only=True)
class LintReport:
    """Findings in their one order, and what could not be checked.

    ``checked`` counts prompts, ``suppressed`` the findings that comments allow. ``sources`` are the
    texts of files with findings by the path that findings carry, as far as they are at hand: the
    reports for people quote lines from them. They are no part of the result.
    """

    findings: tuple[Finding, ...]
    checked: int
    skipped: tuple[Skipped, ...] = ()
    suppressed: int = 0
    fail_on: Severity = Severity.WARNING
    sources: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def exit_status(self) -> int:
        """2 when something was skipped, 1 when a finding is severe enough to fail, else 0."""
        if self.skipped:
            return 2
        return int(any(f.severity.rank <= self.fail_on.rank for f in self.findings))

    def count(self, severity: Severity) -> int:
        """How many findings have exactly this severity."""
        return sum(finding.severity is severity for finding in self.findings)

    def by_prompt(self) -> dict[str, tuple[Finding, ...]]:
        """Findings per prompt id; prompts without findings are absent."""
        grouped: dict[str, list[Finding]] = {}
        for finding in self.findings:
            grouped.setdefault(finding.prompt_id, []).append(finding)
        return {prompt_id: tuple(found) for prompt_id, found in grouped.items()}

    def summary(self) -> JSON:
        """Counts: prompts, findings by severity and by code, suppressed and skipped."""
        codes = Counter(finding.code for finding in self.findings)
        return {
            "checked": self.checked,
            "findings": len(self.findings),
            "errors": self.count(Severity.ERROR),
            "warnings": self.count(Severity.WARNING),
            "infos": self.count(Severity.INFO),
            "suppressed": self.suppressed,
            "skipped": len(self.skipped),
            "by_code": dict(sorted(codes.items())),
        }

    def to_json(self) -> JSON:
        """The whole report as one JSON document."""
        return {
            "findings": [finding.to_json() for finding in self.findings],
            "skipped": [item.to_json() for item in self.skipped],
            "summary": self.summary(),
        }
