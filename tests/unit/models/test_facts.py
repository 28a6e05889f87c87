"""Facts about models: read whole, dated, and about the models that they name."""

import datetime as dt

import pytest

from promptops.models.catalog import Catalog
from promptops.models.facts import (
    Fact,
    ModelName,
    facts,
    facts_about,
    read_model_name,
    retirements,
)

NAMES = {
    "anthropic/claude-opus-4-7": ("claude", (4, 7)),
    "claude-sonnet-4-5-20250929": ("claude", (4, 5)),
    "claude-sonnet-4-20250514": ("claude", (4,)),
    "claude-3-5-haiku-latest": ("claude", (3, 5)),
    "bedrock/anthropic.claude-opus-4-6-v1:0": ("claude", (4, 6)),
    "openai/gpt-4.1-mini": ("gpt", (4, 1)),
    "gpt-5-2025-08-07": ("gpt", (5,)),
    "gpt-4o": ("gpt", (4,)),
    "o3-mini": ("gpt", (3,)),
    "gemini/gemini-3.1-pro-preview": ("gemini", (3, 1)),
    "Qwen/Qwen3-30B-A3B-Instruct-2507": ("qwen", (3,)),
    "dashscope/qwen3.8-max": ("qwen", (3, 8)),
    "deepseek/deepseek-r1": ("deepseek", (1,)),
    "embedded/smollm2-135m": ("smollm", (2,)),
    "my-own-model": ("", ()),
}


@pytest.mark.parametrize(("model", "wanted"), NAMES.items(), ids=NAMES)
def test_an_id_tells_family_and_version(model, wanted):
    name = read_model_name(model)
    assert (name.family, name.version) == wanted


def test_ids_of_the_cards_tell_their_family():
    wrong = [
        card.id for card in Catalog.load().cards if read_model_name(card.id).family != card.family
    ]
    assert wrong == []


@pytest.mark.parametrize("fact", facts(), ids=lambda fact: fact.id)
def test_a_fact_is_dated_and_has_a_source(fact):
    assert fact.date < fact.expires <= fact.date + dt.timedelta(days=366)
    assert fact.source
    assert fact.text.endswith(".")
    if fact.topic == "temperature":
        low, high = map(float, fact.value.split(".."))
        assert low < high
    if fact.topic == "stop_sequences":
        assert int(fact.value) > 0


def test_ids_are_unique_and_families_have_cards():
    assert len({fact.id for fact in facts()}) == len(facts())
    assert {fact.family for fact in facts()} <= set(Catalog.load().families())


FACT = facts()[0].model_dump() | {
    "family": "claude", "models": ("claude-opus-*",), "besides": ("*-fast",),
    "since": "4.6", "before": "6",
}  # fmt: skip
ABOUT = {
    "claude-opus-4-6": "certain",
    "claude-opus-5": "certain",
    "claude-opus-4-5": "no",
    "claude-opus-6": "no",
    "claude-opus-5-fast": "no",
    "claude-sonnet-5": "no",
    "claude-opus-latest": "possible",
    "gpt-5": "no",
}


@pytest.mark.parametrize(("model", "wanted"), ABOUT.items(), ids=ABOUT)
def test_a_fact_holds_for_its_models_and_versions(model, wanted):
    assert Fact.model_validate(FACT).about(read_model_name(model)) == wanted


def test_a_family_alone_may_be_meant():
    assert Fact.model_validate(FACT).about(ModelName(family="claude")) == "possible"
    assert [fact.id for fact, sure in facts_about(ModelName(family="gpt"), "stop_sequences")] == [
        "gpt-stop-sequences"
    ]


def test_retirements_are_found_with_and_without_the_provider():
    known = retirements()
    assert known.find("openai/gpt-4-0613") == known.find("GPT-4-0613")
    assert known.find("openai/gpt-5.4") is None
    assert known.source
    assert known.retrieved < known.expires
