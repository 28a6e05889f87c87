"""Estimates from logged runs: shrunk, aged, bounded from below, never counted twice."""

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.errors import PolicyError, RunLogError
from promptops.routing.estimates import Estimates, upper_hull
from promptops.routing.policy import Policy
from promptops.routing.recalibration import lower_bound, recalibrate

NOW = datetime(2026, 11, 1, tzinfo=UTC)
POLICY = Policy.model_validate(
    {
        "apiVersion": "promptops/v1",
        "kind": "RoutingPolicy",
        "metadata": {"name": "all", "version": 1},
        "targets": [{"model": "m"}],
        "estimates": {"half_life_days": 10, "min_runs": 10},
    }
)


def row(prompt_id="p", quality=1.0, *, target="m", topic="t", days=0.0, **more):
    values = {
        "at": NOW - timedelta(days=days),
        "prompt_id": prompt_id,
        "prompt_digest": "new",
        "topic": topic,
        "target": target,
        "quality": quality,
        "cost_usd": 0.5,
        "input_tokens": 90,
        "output_tokens": 10,
        "latency_ms": 200.0,
        "error": None,
    }
    return {**values, **more}


def cell(estimates, level, key, target="m"):
    return next(c for c in estimates.cells if (c.level, c.key, c.target) == (level, key, target))


def test_no_runs_give_no_estimates():
    assert recalibrate([], POLICY).cells == ()


def test_a_prompt_alone_is_not_its_own_prior():
    estimates = recalibrate([row() for _ in range(6)], POLICY)
    for level, key in (("prompt", "p"), ("topic", "t"), ("global", "")):
        assert cell(estimates, level, key).support == pytest.approx(6)


def test_few_runs_are_pulled_to_the_topic_and_many_are_not():
    others = [row("other", 0.0) for _ in range(100)]
    few = recalibrate([*others, row(), row()], POLICY)
    many = recalibrate([*others, *(row() for _ in range(200))], POLICY)
    assert cell(few, "prompt", "p").quality == pytest.approx(2 / (2 + 8))
    assert cell(many, "prompt", "p").quality > 0.95


def test_a_prior_is_worth_at_most_the_runs_behind_it():
    estimates = recalibrate([row(), row("other", 0.0)], POLICY)
    assert cell(estimates, "prompt", "p").support == pytest.approx(2)
    assert cell(estimates, "prompt", "p").quality == pytest.approx(0.5)


def test_other_topics_reach_a_prompt_only_through_its_topic():
    elsewhere = [row("far", 0.0, topic="u") for _ in range(100)]
    topic = [row("near", 1.0) for _ in range(100)]
    estimates = recalibrate([*elsewhere, *topic, row()], POLICY)
    assert cell(estimates, "prompt", "p").quality > 0.95


def test_a_run_counts_half_after_its_half_life():
    estimates = recalibrate([row(quality=0.0, days=10), row(quality=1.0)], POLICY)
    assert cell(estimates, "global", "").quality == pytest.approx(1 / 1.5)
    older = recalibrate([row()], POLICY, as_of=NOW + timedelta(days=20))
    assert cell(older, "global", "").support == pytest.approx(0.25)


def test_runs_of_an_older_edition_say_nothing_about_the_prompt_itself():
    rows = [row(quality=0.0, prompt_digest="old") for _ in range(30)] + [row(quality=1.0)]
    estimates = recalibrate(rows, POLICY, current_digests={"p": {"new"}})
    assert estimates.outdated_rows == 30
    assert cell(estimates, "prompt", "p").runs == 1
    assert cell(estimates, "topic", "t").runs == 31


def test_a_failed_run_is_an_error_not_a_bad_answer():
    estimates = recalibrate([row(), row(quality=None, error="timeout", latency_ms=9e9)], POLICY)
    found = cell(estimates, "global", "")
    assert (found.error_rate, found.quality, found.latency_p95_ms) == (0.5, 1.0, 200.0)


def test_unscored_runs_still_tell_cost_and_latency():
    found = cell(recalibrate([row(quality=None), row(quality=float("nan"))], POLICY), "global", "")
    assert (found.quality, found.quality_lcb) == (None, None)
    assert (found.cost_usd, found.tokens, found.latency_p50_ms) == (0.5, 100.0, 200.0)


def test_lookup_answers_from_the_most_specific_level_with_enough_runs():
    rows = [row("p", 1.0)] + [row("other", 0.0) for _ in range(30)]
    estimates = recalibrate(rows, POLICY)
    assert estimates.lookup("m", prompt_id="p", topic="t", min_runs=10).level == "topic"
    assert estimates.lookup("m", prompt_id="p", topic="t").level == "prompt"
    assert estimates.lookup("m", prompt_id="new", topic="t", min_runs=10).level == "topic"
    assert estimates.lookup("m", prompt_id="p", topic="t", min_runs=99).level == "prompt"
    assert estimates.lookup("n", prompt_id="p", topic="t") is None


def test_a_data_frame_and_plain_rows_give_the_same_bytes():
    import pandas as pd

    rows = [row(f"p{n % 3}", n % 2, days=n, topic=None if n == 4 else "t") for n in range(20)]
    rows[3]["error"] = "refused"
    assert recalibrate(pd.DataFrame(rows), POLICY).digest == recalibrate(rows, POLICY).digest


def test_the_order_of_the_log_does_not_matter():
    rows = [row(f"p{n % 3}", n % 2, days=n * 0.37) for n in range(50)]
    shuffled = random.Random(7).sample(rows, len(rows))
    assert recalibrate(rows, POLICY).digest == recalibrate(shuffled, POLICY).digest


def test_estimates_survive_json():
    import json

    estimates = recalibrate([row(), row("q", 0.0)], POLICY)
    read = Estimates.from_json(json.loads(json.dumps(estimates.to_json())))
    assert read == estimates
    assert read.digest == estimates.digest


@pytest.mark.parametrize("document", [{}, [], {"format": "promptops.estimates/v1", "cells": [{}]}])
def test_something_else_is_not_read_as_estimates(document):
    with pytest.raises(PolicyError):
        Estimates.from_json(document)


BROKEN = {
    "row 2: a logged run lacks 'target'": {k: v for k, v in row().items() if k != "target"},
    "row 2: quality 7.0 is outside": row(quality=7.0),
    "row 2: could not convert": row(cost_usd="dear"),
    "row 2: .*yesterday": row(at="yesterday"),
}


@pytest.mark.parametrize(("message", "bad"), BROKEN.items(), ids=BROKEN)
def test_a_broken_row_says_which_and_why(message, bad):
    with pytest.raises(RunLogError, match=message):
        recalibrate([row(), bad], POLICY)


shares = st.floats(0, 1)


@given(mean=shares, support=st.floats(0.1, 1e5), confidence=st.floats(0.6, 0.999))
def test_the_bound_is_below_the_mean_and_rises_with_support(mean, support, confidence):
    bound = lower_bound(mean, support, confidence)
    assert bound is not None
    assert 0 <= bound <= mean + 1e-9
    assert lower_bound(mean, support * 2, confidence) >= bound - 1e-9


@given(st.lists(st.tuples(st.floats(0, 100), shares), min_size=1, max_size=12))
def test_the_hull_starts_cheapest_ends_best_and_its_slopes_fall(points):
    hull = upper_hull(points)
    assert hull[0][0] == min(cost for cost, _ in points)
    assert hull[-1][1] == max(quality for _, quality in points)
    slopes = [(d - b) / (c - a) for (a, b), (c, d) in itertools.pairwise(hull)]
    assert all(later <= earlier * (1 + 1e-6) for earlier, later in itertools.pairwise(slopes))
