"""A prompt as one of its variants says it."""

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
        changes["model"] = needs.model_copy(update={"params": {**needs.params, **chosen.params}})
    return prompt.model_copy(update=changes)
