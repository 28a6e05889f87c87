"""Model ids: the family, the generation and the size that they tell."""

import pytest

from promptops.models.names import read_model_name

NAMES = {
    "anthropic/claude-opus-4-7": ("claude", (4, 7), None),
    "claude-sonnet-4-5-20250929": ("claude", (4, 5), None),
    "claude-sonnet-4-20250514": ("claude", (4,), None),
    "claude-3-5-haiku-latest": ("claude", (3, 5), None),
    "bedrock/anthropic.claude-opus-4-6-v1:0": ("claude", (4, 6), None),
    "openai/gpt-4.1-mini": ("gpt", (4, 1), None),
    "gpt-5-2025-08-07": ("gpt", (5,), None),
    "gpt-4o": ("gpt", (4,), None),
    "o3-mini": ("gpt", (3,), None),
    "gemini/gemini-3.1-pro-preview": ("gemini", (3, 1), None),
    "google/gemma-3n-e4b-it": ("gemma", (3,), 4),
    "Qwen/Qwen3-30B-A3B-Instruct-2507": ("qwen", (3,), 30),
    "ollama/qwen2.5:1.5b": ("qwen", (2, 5), 1.5),
    "dashscope/qwen3.8-max": ("qwen", (3, 8), None),
    "mistralai/Mixtral-8x7B-Instruct-v0.1": ("mistral", (0, 1), 56),
    "mistral-large-2407": ("mistral", (), None),
    "cohere/command-a-03-2025": ("command", (), None),
    "cohere/command-r7b-12-2024": ("command", (12,), 7),
    "meta-llama/Llama-3.2-1B-Instruct": ("llama", (3, 2), 1),
    "deepseek/deepseek-r1": ("deepseek", (1,), None),
    "deepseek-r1-distill-qwen-1.5b": ("deepseek", (1,), 1.5),
    "embedded/smollm2-135m": ("smollm", (2,), 0.135),
    "microsoft/Phi-4-mini-instruct": ("phi", (4,), None),
    "phind-v9-34b": ("", (9,), 34),
    "my-own-model": ("", (), None),
}


@pytest.mark.parametrize(("model", "wanted"), NAMES.items(), ids=NAMES)
def test_an_id_tells_family_version_and_size(model, wanted):
    name = read_model_name(model)
    assert (name.family, name.version, name.size_b) == wanted


def test_words_of_a_family_of_ones_own_are_told_apart():
    words = {"answerer": "acme", "answerer-pro": "acme-pro"}
    assert read_model_name("acme/answerer-3-mini", words).family == "acme"
    assert read_model_name("acme/answerer-pro-3", words).family == "acme-pro"
    assert read_model_name("claude-opus-5", words).family == ""
