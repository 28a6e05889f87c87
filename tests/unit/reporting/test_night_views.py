"""The night report as HTML and on a terminal."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from promptops.core.statistics import Interval
from promptops.reporting.html import headline, night_html
from promptops.reporting.next_steps import next_steps
from promptops.reporting.night import (
    DuplicateRow,
    ErrorRow,
    FindingRow,
    NightReport,
    PackRow,
    PointRow,
    PromptRow,
    ProposalRow,
    RegressionRow,
    RoutingRow,
    Spent,
    StepRow,
    SuggestionRow,
)
from promptops.reporting.plots import Scale, cluster_map, difference_scale
from promptops.reporting.terminal import closing, plain

VOID = {"meta", "link", "input", "br", "circle", "line"}
STARTED = datetime(2026, 11, 22, 2, tzinfo=UTC)


def interval(estimate: float, half: float = 0.1) -> Interval:
    return Interval(estimate=estimate, low=estimate - half, high=estimate + half)


def full_report(text: str = "plain") -> NightReport:
    """A report with every part filled, and ``text`` in every place that shows foreign text."""
    return NightReport(
        workspace=text,
        started_at=STARTED,
        finished_at=STARTED + timedelta(seconds=424),
        code_version=text,
        model=text,
        spent=Spent(calls=12, cached=3, input_tokens=400, output_tokens=60, usd=0.02),
        steps=(StepRow(name=text, status="done", seconds=3, note=text),),
        prompts=(
            PromptRow(
                id=text,
                area=text,
                title=text,
                version="1.0.0",
                digest="sha256:00",
                metric=text,
                cases=40,
                errors=1,
                warnings=2,
                score=interval(0.5),
                before=interval(0.4),
                after=interval(0.7),
                difference=interval(0.3),
                tokens_before=200.0,
                tokens_after=150.0,
                latency_ms=310.0,
                verdict="improved",
                reason=text,
                proposal=text,
            ),
        ),
        findings=(
            FindingRow(code="AMB001", severity="error", message=text, path=text, line=3, column=5),
        ),
        suggestions=(SuggestionRow(prompt=text, text=text),),
        duplicates=(DuplicateRow(first=text, second=text, kind="near", similarity=0.9),),
        points=(
            PointRow(id=text, cluster=text, x=0.0, y=1.0),
            PointRow(id=text, cluster=text, x=2.0, y=1.0),
        ),
        regressions=(
            RegressionRow(
                prompt=text,
                kb=text,
                old=text,
                new=text,
                verdict="REGRESSED",
                cases=24,
                fixed=1,
                broken=5,
                reran=9,
                difference=interval(-0.2),
                note=text,
            ),
        ),
        routing=(
            RoutingRow(policy=text, prompt=text, before="a", after=text, reason=text, runs=80),
        ),
        proposals=(ProposalRow(id=text, prompt=text, kind="optimize", title=text, path=text),),
        pack=PackRow(id=text, version="1.0.0", digest=text, path=text, prompts=6, size=4000),
        errors=(ErrorRow(step=text, subject=text, message=text),),
        links={text: text},
        report_path=Path("night.html"),
    )


class Checker(HTMLParser):
    """Fails on unbalanced tags; collects tags and what could load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


def parsed(text: str) -> Checker:
    checker = Checker()
    checker.feed(text)
    checker.close()
    assert checker.open == []
    return checker


HOSTILE = {
    "a script": "<script>alert(1)</script>",
    "an attribute's end": "\"><img src=x onerror=alert(1)> '",
    "a link that runs something": "javascript:alert(1)",
    "a template of ours": "{{ 7 * 7 }} {% raw %}",
    "a closing style": "</style></title></svg>",
    "control characters and a lone surrogate": "a\x00b\x1b[31m \ud800",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_foreign_text_stays_text(text: str) -> None:
    page = night_html(full_report(text))
    calm = parsed(night_html(full_report()))
    checker = parsed(page)
    assert checker.tags == calm.tags
    page.encode("utf-8")
    assert "\x1b" not in page
    assert not [value for _, name, value in checker.attributes if name.startswith("on")]
    links = [value for _, name, value in checker.attributes if name in ("href", "src")]
    assert all(value.startswith(("#", "data:,", "https://", "http://")) for value in links)


@given(st.text())
def test_any_text_gives_a_page_of_the_same_structure(text: str) -> None:
    row = full_report().prompts[0]
    report = replace(full_report(), prompts=(replace(row, reason=f"x{text}"),), findings=())
    # A long reason is folded, whatever it says: the calm one is as long.
    calm = replace(report, prompts=(replace(row, reason="x" * (1 + len(text))),))
    assert parsed(night_html(report)).tags == parsed(night_html(calm)).tags


def test_the_page_stands_alone_and_runs_only_its_own_script() -> None:
    page = night_html(full_report())
    assert "src=" not in page
    assert set(re.findall(r'href="(.)', page)) <= {"#", "d", "h"}
    assert "url(" not in page
    assert "@import" not in page
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page


def test_a_night_without_anything_still_has_a_page() -> None:
    empty = NightReport(
        workspace="w",
        started_at=STARTED,
        finished_at=STARTED,
        code_version="0",
        model="m",
        spent=Spent(),
    )
    parsed(night_html(empty))
    assert "Nothing asks for attention" in plain(closing(empty))


def test_a_dry_run_or_a_warning_asks_for_attention() -> None:
    quiet = replace(
        full_report("p"), errors=(), regressions=(), proposals=(), duplicates=(), routing=()
    )
    quiet = replace(quiet, links={}, report_path=None, prompts=())
    row = replace(full_report("p").prompts[0], errors=0, warnings=2)
    for report, says in (
        (quiet, "Nothing asks for attention"),
        (replace(quiet, dry_run=True), "Nothing was measured: this was a dry run"),
        (replace(quiet, prompts=(row,)), "2 lint warnings in p"),
    ):
        assert [step.text for step in next_steps(report)] == [says]


def test_the_json_is_json_and_leads_with_the_totals() -> None:
    document = json.loads(json.dumps(full_report().to_json()))
    assert document["llm_calls"] == 12
    assert document["tokens"] == 460
    assert document["prompts"][0]["difference"].keys() == {"estimate", "low", "high"}


def test_urgent_things_come_first() -> None:
    texts = [step.text for step in next_steps(full_report("p"))]
    assert "failure" in texts[0]
    assert "Worse on the new knowledge base: p" in texts[1]
    assert texts[-1] == "Report"


def test_the_headline_counts() -> None:
    report = full_report("p")
    row = report.prompts[0]
    two = replace(report, prompts=(row, replace(row, verdict="failed")), regressions=(), errors=())
    assert headline(two) == "1 of 2 prompts has a better version waiting; 1 failed"
    calm = replace(two, prompts=(replace(row, verdict="not-optimized"),), spent=Spent())
    assert headline(calm) == "Nothing new to measure: 1 prompt as they were"


def test_a_narrow_terminal_loses_the_intervals_and_keeps_its_lines() -> None:
    wide, narrow = (plain(closing(full_report("p")), width=width) for width in (140, 60))
    assert "0.70 [0.60, 0.80]" in wide
    line = next(line for line in narrow.splitlines() if line.startswith("p "))
    assert line.split() == ["p", "1E", "2W", "0.40", "0.70", "200", "150", "improved"]


@given(
    st.floats(-1e3, 1e3).flatmap(
        lambda low: st.tuples(st.just(low), st.floats(low + 1e-3, low + 1e4))
    )
)
def test_ticks_are_few_ordered_and_inside(edges: tuple[float, float]) -> None:
    scale = Scale(low=edges[0], high=edges[1])
    places = [tick.at for tick in scale.ticks()]
    assert 2 <= len(places) <= 7
    assert places == sorted(places)
    assert all(0 <= place <= 100 for place in places)


def test_the_difference_scale_is_symmetric_and_holds_everything() -> None:
    scale = difference_scale([interval(0.3), interval(-0.6)])
    assert -scale.low == scale.high == pytest.approx(0.7)


def test_only_the_largest_clusters_are_colored() -> None:
    points = [
        PointRow(id=f"p{cluster}-{n}", cluster=f"c{cluster}", x=float(cluster), y=float(n))
        for cluster in range(1, 16)
        for n in range(cluster)
    ]
    drawn = cluster_map(points)
    assert [key.label for key in drawn.keys] == [f"c{n}" for n in range(15, 5, -1)]
    assert {dot.color for dot in drawn.dots if dot.cluster == "c3"} == {"other"}
    assert all(0 <= dot.x <= 100 and 0 <= dot.y <= 100 for dot in drawn.dots)


PLACE = st.floats(-1, 1, width=16)


@given(places=st.lists(st.tuples(PLACE, PLACE), min_size=4, max_size=4))
@example(places=[(0, 1), (0, 0), (0.1, 0.9), (-1, -1)])
def test_the_name_of_a_small_cluster_lies_on_no_dot_and_on_no_other(
    places: list[tuple[float, float]],
) -> None:
    points = [
        PointRow(id=str(n), cluster=f"card · lost · {n % 2}", x=x, y=y)
        for n, (x, y) in enumerate(places)
    ]
    drawn = cluster_map(points)
    one, other = drawn.labels
    # A letter is 7 pixels wide and 11 high, the map at least 940 wide and 470 high.
    half = 100 * len(one.text) * 7 / 2 / 940
    assert abs(one.y - other.y) > 100 * 11 / 470 or abs(one.x - other.x) > 2 * half
    for label in drawn.labels:
        assert half < label.x < 100 - half
        assert 100 * 11 / 470 < label.y < 100
        for dot in drawn.dots:
            above = 0 <= label.y - dot.y <= 100 * 11 / 470
            assert not (above and abs(dot.x - label.x) < half)


def test_a_held_out_score_is_shown_only_beside_the_one_after() -> None:
    report = full_report()
    early = replace(report.prompts[0], after=None, difference=None, verdict="no-safe-improvement")
    report = replace(report, prompts=(early,))
    text = plain(closing(report), width=140)
    assert str(early.score) in text
    assert str(early.before) not in text
    assert "Held-out scores" not in night_html(report)
