"""Lint and cluster sweeps over many prompts as one page each."""

import itertools
import re
from datetime import UTC, datetime

import pytest

from promptops.core.counting import counted
from promptops.lint.finding import Finding, Severity
from promptops.lint.report import LintReport, Skipped
from promptops.reporting.night import DuplicateRow, PointRow
from promptops.reporting.page import duration, size
from promptops.reporting.sweeps import ClusterRow, RuleText, cluster_html, lint_html

WHEN = datetime(2026, 11, 22, 2, tzinfo=UTC)
HOSTILE = "<img src=x onerror=alert(1)>"


def finding(number: int, *, code: str = "AMB001", severity: Severity = Severity.WARNING) -> Finding:
    return Finding(
        code=code,
        name="vague-quantifier",
        severity=severity,
        message=f"{HOSTILE} {number}",
        advice=HOSTILE,
        path=f"prompts/p{number % 40}.prompt.yaml",
        line=number + 1,
        column=3,
        end_line=number + 1,
        end_column=5,
        region="instruction",
        prompt_id=f"p{number % 40}",
        excerpt=HOSTILE,
    )


def test_a_lint_page_stays_small_and_names_what_it_leaves_out() -> None:
    found = tuple(finding(number) for number in range(400))
    report = LintReport(
        findings=(*found, finding(7, code="SEC001", severity=Severity.ERROR)),
        checked=1500,
        skipped=(Skipped(path=HOSTILE, reason=HOSTILE),),
    )
    texts = {"AMB001": RuleText(summary="Flags `some`.", rationale=HOSTILE)}
    page = lint_html(report, workspace=HOSTILE, when=WHEN, texts=texts)
    assert HOSTILE not in page
    assert "1 of 1,500 prompts has errors, 39 more have warnings" in page
    assert "Flags <code>some</code>." in page
    assert "and 375 more: <code>promptops lint --select AMB001</code>" in page
    # Errors come before warnings, whatever their number.
    assert page.index('href="#SEC001"') < page.index('href="#AMB001"')


def test_a_clean_sweep_says_so() -> None:
    page = lint_html(LintReport(findings=(), checked=3), workspace="w", when=WHEN, texts={})
    assert "No errors and no warnings in 3 prompts" in page
    assert "Nothing found." in page


def test_a_cluster_page_draws_every_prompt_and_keeps_names_apart() -> None:
    names = [f"{HOSTILE} {number}" for number in range(1200)]
    clusters = [
        ClusterRow(id=f"c-{n}", label=f"topic {n}", representative=names[n], members=tuple(part))
        for n, part in enumerate(names[start : start + 100] for start in range(0, 1000, 100))
    ]
    of = {member: row.label for row in clusters for member in row.members}
    points = [
        PointRow(id=name, cluster=of.get(name, ""), x=n % 7 / 7, y=n % 11 / 11)
        for n, name in enumerate(names)
    ]
    pairs = [
        DuplicateRow(first=names[n], second=names[n + 1], kind="near", similarity=0.9)
        for n in range(600)
    ]
    page = cluster_html(clusters, pairs, points, workspace="w", when=WHEN)
    assert HOSTILE not in page
    assert page.count("<circle") == len(points)
    assert "1,200 prompts in 10 clusters, 600 pairs that say the same" in page
    assert "and 100 more: <code>promptops duplicates</code>" in page
    heights = sorted(float(y) for y in re.findall(r'<text x="[\d.]+%" y="([\d.]+)%">topic', page))
    assert len(heights) == 8
    assert all(later - earlier >= 4 for earlier, later in itertools.pairwise(heights))


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.34, "340 ms"),
        (12.44, "12.4 s"),
        (185, "3 min 5 s"),
        (7440, "2 h 4 min"),
        (59.99, "60.0 s"),
    ],
)
def test_durations_read_well(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_numbers_read_well() -> None:
    assert counted(1, "pair") == "1 pair"
    assert counted(1500, "pair") == "1,500 pairs"
    assert [size(n) for n in (9, 4_100, 2_500_000)] == ["9 bytes", "4.1 kB", "2.5 MB"]
