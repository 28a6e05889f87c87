"""Which variant a model gets."""

import pytest

from promptops.prompts.model import Prompt
from promptops.prompts.resolve import resolve
from promptops.prompts.selection import choose_variant


def prompt(**conditions):
    """A prompt with one variant a condition, called after it."""
    return Prompt.model_validate(
        {
            "id": "p",
            "version": "1.0.0",
            "title": "T",
            "intent": "answer",
            "messages": [{"role": "user", "content": "Hi."}],
            "model": {"params": {"temperature": 0, "max_tokens": 9}},
            "variants": [{"id": name, "when": when} for name, when in conditions.items()],
        }
    )


SONNET = {"model": "anthropic/claude-sonnet-5", "family": "claude"}
SMALL = {"model": "qwen2.5-0.5b", "family": "qwen", "size_b": 0.5}
CASES = {
    "the family's": ({"a": {"family": ["gpt"]}, "b": {"family": ["claude"]}}, SONNET, "b"),
    "one word is a list of one": ({"a": {"family": "claude"}}, SONNET, "a"),
    "another family's": ({"a": {"family": ["gpt"]}}, SONNET, None),
    "a model beats its family": (
        {"a": {"family": ["claude"]}, "b": {"model": ["claude-sonnet-5"]}},
        SONNET,
        "b",
    ),
    "a model beats a glob": (
        {"a": {"model": ["claude-*"]}, "b": {"model": ["anthropic/claude-sonnet-5"]}},
        SONNET,
        "b",
    ),
    "a glob beats the family": (
        {"a": {"family": ["claude"]}, "b": {"model": ["*sonnet*"]}},
        SONNET,
        "b",
    ),
    "a small model of a family": (
        {"a": {"family": ["qwen"]}, "b": {"family": ["qwen"], "max_params_b": 4}},
        SMALL,
        "b",
    ),
    "a model too large": ({"a": {"family": ["qwen"], "max_params_b": 0.1}}, SMALL, None),
    "a size that is not known": ({"a": {"family": ["claude"], "max_params_b": 4}}, SONNET, None),
    "the first of equals": (
        {"a": {"family": ["claude"]}, "b": {"family": ["claude"]}},
        SONNET,
        "a",
    ),
    "conditions that nobody knows": ({"a": {"family": ["claude"], "moon": "full"}}, SONNET, None),
    "no condition": ({"a": {}}, SONNET, None),
    "both must hold": ({"a": {"model": ["claude-*"], "family": ["gpt"]}}, SONNET, None),
}


@pytest.mark.parametrize(("conditions", "asked", "chosen"), CASES.values(), ids=CASES)
def test_the_variant_that_fits_best_is_chosen(conditions, asked, chosen):
    found = choose_variant(prompt(**conditions), **asked)
    assert (found.id if found else None) == chosen


def test_null_in_a_variant_takes_a_parameter_away():
    base = prompt(a={"family": ["gpt"]})
    (variant,) = base.variants
    changed = base.replace(
        variants=(variant.model_copy(update={"params": {"temperature": None, "seed": 1}}),)
    )
    assert resolve(changed, "a").params == {"max_tokens": 9, "seed": 1}
    assert resolve(changed, None).params == {"temperature": 0, "max_tokens": 9}
