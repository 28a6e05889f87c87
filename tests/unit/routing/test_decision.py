"""The decision: constraints fail closed, measured targets compete, the rest keeps its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.models.card import ModelCard
from promptops.routing.ask import Ask
from promptops.routing.decision import decide, price_of_quality
from promptops.routing.estimates import Estimate, Estimates
from promptops.routing.policy import Policy

LOCAL = ModelCard(
    id="local",
    family="f",
    provider="embedded",
    context=2000,
    jurisdiction="local",
    retention_days=0,
    trains_on_data=False,
    capabilities=frozenset({"schema"}),
)
EU = ModelCard(
    id="eu",
    family="g",
    provider="azure",
    context=100_000,
    jurisdiction="EU",
    region="eu-west",
    retention_days=0,
    trains_on_data=False,
    capabilities=frozenset({"schema", "tools"}),
)
US = ModelCard(id="us", family="g", provider="openai", context=100_000)
CARDS = {card.id: card for card in (LOCAL, EU, US)}


def policy(targets=("local", "eu", "us"), **parts) -> Policy:
    specs = [dict(zip(("model", "variant"), name.split("#"), strict=False)) for name in targets]
    return Policy.model_validate(
        {
            "apiVersion": "promptops/v1",
            "kind": "RoutingPolicy",
            "metadata": {"name": "p", "version": 1},
            "targets": specs,
            **parts,
        }
    )


def estimate(target, quality, cost, *, prompt="p", support=100.0, p95=100.0, **more) -> Estimate:
    values = {
        "level": "prompt",
        "key": prompt,
        "target": target,
        "runs": int(support),
        "support": support,
        "quality": quality,
        "quality_lcb": quality,
        "cost_usd": cost,
        "tokens": cost * 1000,
        "latency_p50_ms": p95 / 2,
        "latency_p95_ms": p95,
        "error_rate": 0.0,
    }
    return Estimate(**(values | more))


def estimates(*cells) -> Estimates:
    return Estimates(
        as_of="", confidence=0.9, half_life_days=14, rows=0, outdated_rows=0, cells=cells
    )


ASK = Ask(prompt_id="p", area="support", topic="support")


def order(policy, known=None, ask=ASK):
    return [item.target.name for item in decide(policy, CARDS, known, ask).order]


def rejected(policy, ask=ASK, known=None):
    found = decide(policy, CARDS, known, ask).rejected
    return {item.target.name: (item.constraint, item.reason) for item in found}


# sentence: (when, require, ask fields) -> targets that are left
CONSTRAINTS = {
    "a jurisdiction": ({}, {"jurisdiction_in": ["EU"]}, {}, ["eu"]),
    "one's own machine only where it is named": (
        {},
        {"jurisdiction_in": ["eu", "local"]},
        {},
        ["local", "eu"],
    ),
    "an unknown retention is not satisfied": ({}, {"retention_days_max": 30}, {}, ["local", "eu"]),
    "an unknown training use is not satisfied": (
        {},
        {"trains_on_data": False},
        {},
        ["local", "eu"],
    ),
    "a provider that is excluded": ({}, {"provider_not_in": ["openai"]}, {}, ["local", "eu"]),
    "a capability": ({}, {"capabilities_all": ["tools"]}, {}, ["eu"]),
    "a context": ({}, {"context_min": 8000}, {}, ["eu", "us"]),
    "a region": ({}, {"region_in": ["eu-west"]}, {}, ["eu"]),
    "another data class": (
        {"data_class_in": ["restricted"]},
        {"provider_in": ["embedded"]},
        {"data_class": "public"},
        ["local", "eu", "us"],
    ),
    "a data class nobody declared counts": (
        {"data_class_in": ["restricted"]},
        {"provider_in": ["embedded"]},
        {},
        ["local"],
    ),
    "personal data nobody ruled out counts": (
        {"contains_pii": True},
        {"retention_days_max": 0},
        {},
        ["local", "eu"],
    ),
    "personal data that was ruled out": (
        {"contains_pii": True},
        {"retention_days_max": 0},
        {"contains_pii": False},
        ["local", "eu", "us"],
    ),
    "a cost that is not measured": ({}, {"expected_cost_usd_max": 1}, {}, []),
    "a cost that may be missing": (
        {},
        {"expected_cost_usd_max": 1, "on_missing": "allow"},
        {},
        ["local", "eu", "us"],
    ),
    "prompts by glob": (
        {"prompts": ["legal/*"]},
        {"provider_in": ["x"]},
        {},
        ["local", "eu", "us"],
    ),
}


@pytest.mark.parametrize("row", CONSTRAINTS.values(), ids=CONSTRAINTS)
def test_a_constraint(row):
    when, require, fields, left = row
    given_policy = policy(constraints=[{"id": "c", "when": when, "require": require}])
    ask = Ask(prompt_id="p", area="support", **fields)
    assert order(given_policy, ask=ask) == left
    assert all(name == "c" for name, _ in rejected(given_policy, ask=ask).values())


DECLARED = {
    "residency": ({"residency": ("eu",)}, ["local", "eu"]),
    "capabilities": ({"needs": frozenset({"tools"})}, ["eu"]),
    "context": ({"context_tokens": 4000}, ["eu", "us"]),
}


@pytest.mark.parametrize(("fields", "left"), DECLARED.values(), ids=DECLARED)
def test_what_a_prompt_declares_needs_no_policy(fields, left):
    assert order(policy(), ask=Ask(prompt_id="p", **fields)) == left


def test_a_variant_that_the_prompt_lacks_and_a_model_without_a_card_are_rejected():
    given_policy = policy(("local#short", "unknown", "eu"))
    assert {name: key for name, (key, _) in rejected(given_policy).items()} == {
        "local#short": "variant",
        "unknown": "catalog",
    }
    assert order(given_policy, ask=Ask(prompt_id="p", variants=frozenset({"short"}))) == [
        "local#short",
        "eu",
    ]


def test_a_measured_limit_is_kept():
    known = estimates(
        estimate("local", 0.9, 0.0, p95=9000), estimate("eu", 0.9, 0.5), estimate("us", 0.9, 0.1)
    )
    limits = {"latency_p95_ms_max": 5000, "expected_cost_usd_max": 0.2}
    given_policy = policy(constraints=[{"id": "c", "require": limits}])
    assert order(given_policy, known) == ["us"]
    assert "p95 latency 9000 ms is over 5000" in rejected(given_policy, known=known)["local"][1]


KNOWN = estimates(
    estimate("local", 0.60, 0.001), estimate("eu", 0.70, 0.010), estimate("us", 0.72, 0.100)
)
SLIDER = {0: "local", 0.5: "eu", 0.83: "eu", 0.9: "us", 1: "us"}


@pytest.mark.parametrize(("slider", "first"), SLIDER.items())
def test_the_slider_buys_that_share_of_the_quality_best_value_first(slider, first):
    assert order(policy(objectives={"slider": slider}), KNOWN)[0] == first


def test_the_price_is_set_by_all_prompts_not_by_one():
    """Where quality is cheap elsewhere, half of it is bought there and none here."""
    elsewhere = [estimate("local", 0.1, 0.001, prompt="q"), estimate("us", 0.9, 0.002, prompt="q")]
    known = estimates(*KNOWN.cells, *elsewhere)
    half = policy(objectives={"slider": 0.5})
    assert order(half, known)[0] == "local"
    assert order(half, known, Ask(prompt_id="q"))[0] == "us"


@given(
    points=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=3, max_size=3),
    slider=st.floats(0.01, 1),
)
def test_sliding_towards_quality_never_lowers_the_chosen_quality(points, slider):
    known = estimates(*(estimate(name, q, c) for name, (q, c) in zip(CARDS, points, strict=True)))
    by_name = {cell.target: cell.quality for cell in known.cells}
    chosen = [order(policy(objectives={"slider": s}), known)[0] for s in (slider / 2, slider)]
    assert by_name[chosen[0]] <= by_name[chosen[1]] + 1e-9


def test_without_estimates_the_declared_order_stands_and_says_so():
    decision = decide(policy(), CARDS, None, ASK)
    assert [item.target.name for item in decision.order] == ["local", "eu", "us"]
    assert decision.evidence_limited
    assert decision.chosen.reason == "not enough runs: 0 of 20; keeps its declared place"


def test_a_target_without_enough_runs_keeps_its_place_and_measured_ones_swap_around_it():
    known = estimates(
        estimate("local", 0.1, 0.001),
        estimate("eu", 0.99, 0.001, support=5.0),
        estimate("us", 0.9, 0.001),
    )
    assert order(policy(), known) == ["us", "eu", "local"]


def test_below_the_floor_comes_last_and_says_so():
    known = estimates(
        estimate("local", 0.5, 0.0), estimate("eu", 0.4, 0.0), estimate("us", 0.9, 1.0, support=3.0)
    )
    decision = decide(policy(objectives={"quality": {"floor": 0.6}}), CARDS, known, ASK)
    assert [item.target.name for item in decision.order] == ["us", "local", "eu"]
    assert decision.order[1].reason.startswith("below the floor of 0.60")


def test_latency_and_preference_count_in_quality_points():
    known = estimates(
        estimate("local", 0.8, 0.1, p95=2000), estimate("eu", 0.79, 0.1), estimate("us", 0.79, 0.1)
    )
    goals = {
        "slider": 1,
        "latency": {"p95_ms_target": 1000, "weight": 0.1},
        "provider_preference": {"openai": 0.02},
    }
    assert order(policy(objectives=goals), known) == ["us", "eu", "local"]


def test_tokens_may_be_the_cost():
    known = estimates(
        estimate("local", 0.6, 0.0, tokens=300.0), estimate("eu", 0.61, 0.0, tokens=30.0)
    )
    cheap = policy(
        ("local", "eu"), objectives={"slider": 0, "cost": {"unit": "tokens_per_request"}}
    )
    assert order(cheap, known) == ["eu", "local"]


def test_no_route_is_an_empty_order_with_reasons():
    decision = decide(
        policy(constraints=[{"id": "c", "require": {"jurisdiction_in": ["CH"]}}]), CARDS, None, ASK
    )
    assert decision.chosen is None
    assert {item.constraint for item in decision.rejected} == {"c"}


def test_no_measured_upgrade_costs_nothing():
    assert price_of_quality(policy(), None) == 0
    assert price_of_quality(policy(), estimates(estimate("local", 0.5, 0.1))) == 0
