"""Model cards: dated facts, checked against the table that LiteLLM carries."""

import datetime as dt
import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from promptops.errors import SettingsError, UnknownModelError
from promptops.models.catalog import Catalog

CAPABILITIES = {
    "tools": "supports_function_calling",
    "schema": "supports_response_schema",
    "vision": "supports_vision",
    "reasoning": "supports_reasoning",
    "prompt-cache": "supports_prompt_caching",
}
HOSTED = [card for card in Catalog.load().cards if card.provider != "embedded"]


@pytest.fixture(scope="module")
def table():
    folder = Path(find_spec("litellm").origin).parent
    return json.loads((folder / "model_prices_and_context_window_backup.json").read_bytes())


@pytest.mark.parametrize("card", HOSTED, ids=lambda card: card.id)
def test_a_card_says_what_litellms_table_says(card, table):
    listed = table.get(card.id) or table[card.id.partition("/")[2]]
    assert listed["mode"] == "chat"
    assert card.context == listed["max_input_tokens"]
    assert card.price.input == pytest.approx(listed["input_cost_per_token"] * 1e6)
    assert card.price.output == pytest.approx(listed["output_cost_per_token"] * 1e6)
    assert card.price.input > 0, "a hosted model that costs nothing is one whose price is unknown"
    assert card.capabilities == {name for name, field in CAPABILITIES.items() if listed.get(field)}


def test_the_cards_cover_the_families_and_say_where_they_are_from():
    catalog = Catalog.load()
    assert set(catalog.families()) == {
        *("claude", "command", "deepseek", "gemini", "gemma", "gpt", "granite", "grok", "llama"),
        *("mistral", "phi", "qwen", "smollm"),
    }
    for card in catalog.cards:
        assert card.source, card.id
        assert dt.date.fromisoformat(card.retrieved), card.id


def test_a_card_of_the_workspace_replaces_one_of_ours(tmp_path):
    path = tmp_path / "models.yaml"
    path.write_text(
        "models:\n"
        "  - {id: openai/gpt-4.1, family: gpt, provider: azure, region: eu-west}\n"
        "  - {id: openai/our-own, family: llama, provider: openai, price: {input: 1, output: 2}}\n"
    )
    catalog = Catalog.load(path)
    assert catalog.get("openai/gpt-4.1").region == "eu-west"
    assert catalog.get("openai/our-own").price.output == 2
    assert catalog.get("openai/gpt-4.1-mini") == Catalog.load().get("openai/gpt-4.1-mini")


BROKEN = {
    "not YAML": ("models: [", r"models\.yaml:\d+:\d+: not YAML"),
    "no list of models": ("gpt: 4", "no list under `models:`"),
    "an unknown field": ("models:\n- {id: a, family: b, provider: c, prize: 1}", "model 1: prize"),
    "no id": ("models:\n- {family: b, provider: c}", "model 1: id: Field required"),
    "a negative price": (
        "models:\n- {id: a, family: b, provider: c, price: {input: -1}}",
        "price.input: Input should be greater",
    ),
}


@pytest.mark.parametrize(("text", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_says_where(tmp_path, text, message):
    path = tmp_path / "models.yaml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=message):
        Catalog.load(path)


def test_a_mistyped_id_suggests_the_right_one():
    with pytest.raises(UnknownModelError, match=r'did you mean "openai/gpt-4\.1-mini"'):
        Catalog.load().get("openai/gpt-4.1-mimi")


def test_a_gguf_file_of_the_users_needs_no_card():
    card = Catalog.load().get("embedded/models/mine.gguf")
    assert (card.jurisdiction, card.price.input, card.trains_on_data) == ("local", 0, False)


def test_cards_are_found_by_family_and_provider():
    catalog = Catalog.load()
    assert {card.provider for card in catalog.find(family="claude")} == {"anthropic"}
    embedded = {"embedded/smollm2-135m", "embedded/qwen2.5-coder-1.5b"}
    assert {card.id for card in catalog.find(provider="embedded")} == embedded
