"""REG017."""

from collections.abc import Iterator, Sequence

from promptops.core.canonical import canonical_json
from promptops.golden.case import GoldenCase
from promptops.lint.finding import Finding, Severity
from promptops.lint.project.model import Project
from promptops.lint.project.rule import ProjectRule


class WeakGoldenSet(ProjectRule):
    """The golden set can hardly tell a good prompt from a bad one.

    What it does:
        Flags a golden set of fewer than `least_cases` cases, one whose cases were all put into the
        same split, and, as a warning, one in which every case expects the same answer.

    Why is this bad?
        With ten cases a score of 80% may as well be 50%. With one split, a prompt is tuned on what
        it is judged by. With one answer, a prompt that ignores its input scores 100%.

    Example:
        id: mood
        evals: [{id: gold, dataset: datasets/golden/example.jsonl, metrics: {match: {min: 0.5}}}]
        ---
        golden: [{expected: a}, {expected: a}, {expected: a}, {expected: a}, {expected: a}]

    Use instead:
        id: mood
        evals: [{id: gold, dataset: datasets/golden/example.jsonl, metrics: {match: {min: 0.5}}}]
        ---
        golden: [{expected: a}, {expected: b}, {expected: c}, {expected: d}, {expected: e},
          {expected: a}, {expected: b}, {expected: c}, {expected: d}, {expected: e},
          {expected: a}, {expected: b}, {expected: c}, {expected: d}, {expected: e},
          {expected: a}, {expected: b}, {expected: c}, {expected: d}, {expected: e}]

    What to do:
        Add cases for every kind of answer, from real runs where there are any, and leave the split
        to the rule.

    Source:
        Wilson score interval for proportions (20 cases at 80%: 58% to 92%); NIST AI RMF, MEASURE
        2.3.
    """

    code = "REG017"
    name = "weak-golden-set"
    severity = Severity.INFO
    tags = ("nist-rmf-measure",)
    needs = ("golden",)
    defaults = {"least_cases": 20, "least_same": 5}

    def check_project(self, project: Project) -> Iterator[Finding]:
        """Yield one finding a golden set at most."""
        for member in project.members:
            for number, item in enumerate(member.prompt.evals):
                cases = project.golden.get(item.dataset, ())
                text, level = self._weakness(cases)
                if text:
                    place = f"/evals/{number}/dataset"
                    yield self.found_at_key(member.parsed, place, text, severity=level)

    def _weakness(self, cases: Sequence[GoldenCase]) -> tuple[str, Severity | None]:
        if not cases:
            return "", None
        wanted = {canonical_json(case.expected) for case in cases if not case.answers}
        labeled = any(case.answers for case in cases)
        if len(cases) >= self.number("least_same") and len(wanted) == 1 and not labeled:
            return f"all {len(cases)} cases expect the same answer", Severity.WARNING
        if len(cases) < self.number("least_cases"):
            return f"{len(cases)} cases tell little apart", None
        splits = {case.split for case in cases}
        if len(splits) == 1 and None not in splits:
            return f'all {len(cases)} cases are in the split "{splits.pop()}"', None
        return "", None
