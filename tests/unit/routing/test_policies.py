"""Policies: read with places, the most specific one speaks, and a report of what changes."""

import pytest

from promptops.errors import PolicyError
from promptops.models.card import ModelCard
from promptops.prompts.model import Prompt
from promptops.routing.ask import Ask, ask_for
from promptops.routing.estimates import Estimates
from promptops.routing.loading import load_policies, parse_policy, policy_for
from promptops.routing.recalibration import recalibrate
from promptops.routing.report import compare_choices, runs_to_tell

POLICY = """\
apiVersion: promptops/v1
kind: RoutingPolicy
metadata: {name: main, version: 1}
applies_to: {prompts: ["support/*"]}
targets:
  - {model: m}
  - {model: m, variant: long}
objectives: {slider: 1, cost: {unit: tokens_per_request}}
"""
BROKEN = {
    "an unknown key with its place": (("slider", "slidr"), r'x\.yaml:8:14: unknown key "slidr"'),
    "a value out of range": (("slider: 1", "slider: 7"), r"x\.yaml:8:.*slider"),
    "a target given twice": ((", variant: long", ""), "target given twice: m"),
    "broken YAML": (("targets:", "targets: ]"), r"x\.yaml:5:"),
    "another kind": (("RoutingPolicy", "Pack"), "kind"),
    "a constraint without a demand": (
        ("objectives:", "constraints: [{id: a, require: {min_samples: 3}}]\nobjectives:"),
        "must require something",
    ),
}


@pytest.mark.parametrize(("change", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_policy_says_where(change, message):
    with pytest.raises(PolicyError, match=message):
        parse_policy(POLICY.replace(*change), "x.yaml")


def test_two_policies_of_one_name_are_refused(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.yaml").write_text(POLICY)
    with pytest.raises(PolicyError, match="second policy is named main"):
        load_policies(tmp_path)
    assert load_policies(tmp_path / "absent") == ()


def scoped(name, applies_to):
    text = POLICY.replace("name: main", f"name: {name}")
    return parse_policy(text.replace('{prompts: ["support/*"]}', applies_to), "x")


ANY, AREA, ONE = (
    scoped("any", '{prompts: ["*"]}'),
    scoped("area", '{prompts: ["support/*"]}'),
    scoped("one", "{prompts: [refund]}"),
)
TAGGED = scoped("tagged", '{prompts: ["support/*"], tags_any: [prod]}')
SPEAKERS = {
    "a prompt by name": ("refund", (), "one"),
    "an area": ("parcel", (), "area"),
    "an area with a tag": ("parcel", ("prod",), "tagged"),
}


@pytest.mark.parametrize(("prompt_id", "tags", "name"), SPEAKERS.values(), ids=SPEAKERS)
def test_the_most_specific_policy_speaks(prompt_id, tags, name):
    ask = Ask(prompt_id=prompt_id, area="support", tags=tags)
    assert policy_for([ANY, AREA, ONE, TAGGED], ask).metadata.name == name
    assert policy_for([AREA], Ask(prompt_id="x", area="legal")) is None


def test_two_policies_of_equal_right_are_an_error():
    with pytest.raises(PolicyError, match="area and other speak for support/parcel"):
        policy_for(
            [AREA, scoped("other", '{prompts: ["support/*"]}')],
            Ask(prompt_id="parcel", area="support"),
        )


def test_the_digest_is_of_the_content():
    assert parse_policy(POLICY, "a").digest == parse_policy(f"# note\n{POLICY}", "b").digest
    assert ANY.digest != AREA.digest


def test_an_ask_says_what_a_prompt_declares():
    prompt = Prompt.model_validate(
        {
            "apiVersion": "promptops/v1",
            "kind": "Prompt",
            "id": "p",
            "version": "1.0.0",
            "title": "T",
            "intent": "answer",
            "data": {"classification": "restricted", "contains_pii": True, "residency": ["eu"]},
            "messages": [{"role": "user", "content": "x"}],
            "model": {"requires": {"context": 4000, "tools": True, "vision": False}},
            "variants": [{"id": "long"}],
        }
    )
    ask = ask_for(prompt, area="legal")
    assert (ask.path, ask.topic, ask.data_class, ask.contains_pii) == (
        "legal/p",
        "legal",
        "restricted",
        True,
    )
    assert (ask.needs, ask.context_tokens, ask.variants) == ({"tools"}, 4000, {"long"})
    assert ask_for(prompt.replace(data=None)).contains_pii is None


def test_a_prompt_with_tools_needs_a_model_that_calls_them():
    prompt = Prompt.model_validate(
        {
            "apiVersion": "promptops/v1",
            "kind": "Prompt",
            "id": "p",
            "version": "1.0.0",
            "title": "T",
            "intent": "answer",
            "messages": [{"role": "user", "content": "x"}],
            "tools": [{"name": "find", "description": "Finds.", "parameters": {"type": "object"}}],
        }
    )
    assert ask_for(prompt).needs == {"tools"}


MAIN = parse_policy(POLICY, "x")
CARDS = {"m": ModelCard(id="m", family="f", provider="embedded")}
ASKS = [
    Ask(prompt_id="p", area="support", topic="support", variants=frozenset({"long"})),
    Ask(prompt_id="q", area="support", topic="support"),
]


def runs(target, right, wrong, prompt="p"):
    return [
        {
            "at": "2026-11-01T00:00:00+00:00",
            "prompt_id": prompt,
            "topic": "support",
            "target": target,
            "quality": float(number < right),
            "cost_usd": 0.0,
            "input_tokens": 10,
            "output_tokens": 1,
            "latency_ms": 5.0,
            "error": None,
        }
        for number in range(right + wrong)
    ]


def reported(*rows, before=None):
    after = recalibrate([row for part in rows for row in part], MAIN)
    return compare_choices(MAIN, CARDS, before, after, ASKS)


def test_a_better_target_changes_the_choice_and_says_why():
    report = reported(runs("m", 20, 20), runs("m#long", 38, 2))
    (choice,) = report.changed
    assert (choice.prompt_id, choice.before, choice.after) == ("p", "m", "m#long")
    assert choice.difference.low > 0
    assert "quality at least" in choice.reason
    assert "; m: quality at least" in choice.reason


def test_a_difference_that_may_be_chance_says_how_many_runs_would_tell():
    (choice,) = reported(runs("m", 20, 20), runs("m#long", 22, 18)).changed
    assert choice.difference.low < 0 < choice.difference.high
    assert choice.runs_needed > 100


def test_too_few_runs_change_nothing_and_say_how_many_are_missing():
    report = reported(runs("m", 20, 20), runs("m#long", 5, 0))
    choice = report.choices[0]
    assert (choice.verdict, choice.after, choice.runs_needed) == ("not-enough-runs", "m", 15)


def test_a_prompt_with_one_target_has_no_choice():
    choice = reported(runs("m", 20, 20)).choices[1]
    assert (choice.verdict, choice.after) == ("same", "m")
    assert choice.reason.startswith("no other target may answer")


def test_the_same_estimates_change_nothing():
    rows = [*runs("m", 20, 20), *runs("m#long", 38, 2)]
    known = recalibrate(rows, MAIN)
    report = reported(rows, before=known)
    assert report.changed == ()
    assert report.to_json() == reported(rows, before=Estimates.from_json(known.to_json())).to_json()


def test_no_route_is_told():
    strict = POLICY.replace(
        "objectives:", "constraints: [{id: eu, require: {jurisdiction_in: [EU]}}]\nobjectives:"
    )
    report = compare_choices(parse_policy(strict, "x"), CARDS, None, recalibrate([], MAIN), ASKS)
    assert {choice.verdict for choice in report.choices} == {"no-route"}
    assert "jurisdiction is unknown" in report.choices[0].reason


def test_more_runs_are_needed_for_a_smaller_difference():
    needed = [runs_to_tell(size, quality=0.7) for size in (0.2, 0.1, 0.05)]
    assert needed == sorted(needed)
    assert needed[1] == pytest.approx(190, abs=3)
