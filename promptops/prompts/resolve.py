"""A prompt as one of its variants says it."""

from collections.abc import Mapping

from promptops.core.canonical import JSON
from promptops.prompts.model import ModelNeeds, Prompt


def resolve(prompt: Prompt, variant: str | None) -> Prompt:
    """The prompt with one wording: the variant's messages, its params laid over the prompt's own.

    ``variants`` of the result is empty: nothing is left to choose.

    Raises:
        UnknownPromptError: The prompt has no such variant.
    """
    if variant is None:
        return prompt.model_copy(update={"variants": ()}) if prompt.variants else prompt
    chosen = prompt.variant(variant)
    changes: dict[str, object] = {"variants": ()}
    if chosen.messages is not None:
        changes["messages"] = chosen.messages
    if chosen.params:
        needs = prompt.model or ModelNeeds()
        params = overlay(needs.params, chosen.params)
        changes["model"] = needs.model_copy(update={"params": params})
    return prompt.model_copy(update=changes)


def overlay(params: Mapping[str, JSON], patch: Mapping[str, JSON]) -> dict[str, JSON]:
    """Parameters with others laid over them; a null takes one away (RFC 7396, one level)."""
    laid = {**params, **patch}
    return {name: value for name, value in laid.items() if patch.get(name, "") is not None}
