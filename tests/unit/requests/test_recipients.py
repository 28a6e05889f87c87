"""Which model is meant, and which API serves it."""

import pytest

from promptops.errors import RequestError, UnknownModelError
from promptops.models.card import ModelCard
from promptops.models.catalog import Catalog
from promptops.models.dialects import Claim, Dialect, dialects
from promptops.requests.recipient import check_format, find_recipient

CATALOG = Catalog(
    [
        ModelCard(id="openai/gpt-9", family="gpt", provider="openai", max_output=5),
        ModelCard(id="own/assistant", family="claude", provider="own"),
        ModelCard(id="own/other", family="homemade", provider="own"),
    ]
)


def find(model):
    return find_recipient(model, CATALOG, dialects())


def test_a_card_tells_the_longest_answer_and_the_family():
    found = find("openai/gpt-9")
    assert (found.bare, found.name.family, found.max_output) == ("gpt-9", "gpt", 5)
    assert found.remark == ""
    assert found.dialect.family == "gpt"
    assert find("own/assistant").dialect.family == "claude"


def test_a_dialect_is_that_of_the_model():
    assert isinstance(find("openai/gpt-9").dialect, Dialect)
    for claim in find("anthropic/claude-opus-4-8").dialect.claims:
        assert isinstance(claim, Claim)
        assert claim.about(find("anthropic/claude-opus-4-8").name) == "certain"


def test_a_model_without_a_card_is_known_by_its_name():
    found = find("openai/gpt-8")
    assert found.max_output is None
    assert found.remark.endswith('tells the family gpt (did you mean "openai/gpt-9"?)')


def test_a_family_without_claims_is_told():
    assert 'nothing is known of what the family "homemade" takes' in find("own/other").remark


def test_a_model_that_nobody_knows_is_an_error():
    with pytest.raises(UnknownModelError, match=r'"own/othr" \(did you mean "own/other"'):
        find("own/othr")


# model: the formats that serve it, its provider's own first
SERVED = {
    "openai/gpt-9": ("openai", "litellm"),
    "gpt-9": ("openai", "litellm"),
    "anthropic/claude-opus-9": ("anthropic", "litellm"),
    "gemini/gemini-9": ("gemini", "litellm"),
    "gemini/gemma-9": ("gemini", "litellm"),
    "deepinfra/google/gemma-9": ("openai", "litellm", "gemini"),
    "mistral/mistral-large-9": ("mistral", "litellm"),
    "deepinfra/mistralai/mistral-9": ("mistral", "litellm", "openai"),
    "dashscope/qwen9": ("openai", "litellm"),
    "bedrock/anthropic.claude-opus-9": ("litellm",),
    "own/other": ("openai", "litellm", "anthropic", "gemini", "mistral"),
}


@pytest.mark.parametrize("model", SERVED)
def test_a_model_is_served_in_the_formats_of_its_provider(model):
    recipient = find(model)
    for format_ in ("openai", "anthropic", "gemini", "mistral", "litellm"):
        if format_ in SERVED[model]:
            check_format(format_, recipient)
        else:
            with pytest.raises(RequestError, match=f"use --format {SERVED[model][0]}"):
                check_format(format_, recipient)
