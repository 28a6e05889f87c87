"""One verdict for a run: critical cases first, then statistics against a margin."""

import pytest

from promptops.regression.cases import Gold, Outcome, judge_case
from promptops.regression.verdict import Pair, conclude

GOLD = Gold(labeled=True, answer="x")


def case(number, before, after, *, critical=False, cluster=None):
    return judge_case(
        case_id=f"c{number}",
        before=None if before is None else Outcome(answer="", score=before),
        after=Outcome(answer="", score=after),
        gold_before=GOLD,
        gold_after=GOLD,
        gives_old_answer=False,
        critical=critical,
        cluster=cluster,
    )


def concluded(scores, *, clusters=0, **options):
    cases = [
        case(n, before, after, cluster=f"d{n % clusters}" if clusters else None)
        for n, (before, after) in enumerate(scores)
    ]
    pairs = [Pair(cluster=c.cluster, before=c.before.score, after=c.after.score) for c in cases]
    return conclude(cases, {"contains": pairs}, **options)


VERDICTS = {
    "nothing changed": ([(1, 1)] * 20 + [(0, 0)] * 4, "PASS"),
    "nothing got worse, too little got better": ([(1, 1)] * 20 + [(0, 1)] * 2, "PASS"),
    "much got better": ([(1, 1)] * 10 + [(0, 1)] * 12, "IMPROVED"),
    "much got worse": ([(1, 1)] * 10 + [(1, 0)] * 12, "REGRESSED"),
    "a little got worse": ([(1, 1)] * 30 + [(1, 0)] * 2 + [(0, 1)], "INCONCLUSIVE"),
    "a little of a lot got worse": ([(1, 1)] * 995 + [(1, 0)] * 5, "PASS"),
    "too few to say": ([(1, 1)] * 4, "INCONCLUSIVE"),
    "graded scores that fall": ([(0.9, 0.5)] * 25, "REGRESSED"),
}


@pytest.mark.parametrize(("scores", "verdict"), VERDICTS.values(), ids=VERDICTS)
def test_the_verdict_of_a_run(scores, verdict):
    result = concluded(scores)
    assert result.verdict == verdict
    assert result.reason


def test_the_published_example_is_inconclusive_at_two_points():
    """348 unchanged facts, 4 broken, 1 fixed: -0.009 [-.023, +.003] proves neither."""
    result = concluded([(1, 1)] * 343 + [(1, 0)] * 4 + [(0, 1)])
    (metric,) = result.metrics
    assert metric.difference.estimate == pytest.approx(-3 / 348)
    assert (result.verdict, metric.n, metric.p_value) == ("INCONCLUSIVE", 348, 0.375)


def test_one_broken_critical_case_needs_no_statistics():
    cases = [case(n, 1, 1) for n in range(500)] + [case(500, 1, 0, critical=True)]
    result = conclude(cases, {})
    assert (result.verdict, result.critical_broken) == ("REGRESSED", ("c500",))


def test_cases_of_one_document_are_not_independent():
    scores = [(1, 0)] * 12 + [(1, 1)] * 12
    assert concluded(scores).verdict == "REGRESSED"
    assert concluded(scores, clusters=2).verdict == "INCONCLUSIVE"
    assert "too few independent" in concluded(scores, clusters=2).reason


def test_without_a_base_there_is_only_a_baseline():
    result = conclude([case(n, None, 1) for n in range(9)], {})
    assert (result.verdict, result.metrics) == ("BASELINE", ())


def test_several_metrics_are_corrected_and_the_worst_counts():
    cases = [case(n, 1, 1) for n in range(30)]
    good = [Pair(cluster=str(n), before=0, after=1) for n in range(30)]
    bad = [Pair(cluster=str(n), before=1, after=n % 2) for n in range(30)]
    same = [Pair(cluster=str(n), before=1, after=1) for n in range(30)]
    assert conclude(cases, {"a": good, "b": bad}).verdict == "REGRESSED"
    assert conclude(cases, {"a": good, "b": same}).verdict == "IMPROVED"
    alone = conclude(cases, {"b": bad}).metrics[0].p_value
    assert conclude(cases, {"a": good, "b": bad}).metrics[1].p_value >= alone


def test_the_same_seed_gives_the_same_numbers():
    scores = [(1, 1)] * 30 + [(1, 0)] * 2
    assert concluded(scores, seed=3).to_json() == concluded(scores, seed=3).to_json()
