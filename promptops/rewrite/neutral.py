"""The neutral wording that stands behind the wording for one model.

Neutral is: the system message first, sections between tags, solved examples as turns, no output
schema in words. Each step that has an inverse (`Step.undo`) is taken back as far as deriving the
result again gives the same wording, letter by letter; so the way from a family's wording to the
neutral one and back is stable by construction. Words that were left out are not made up again.
"""

from promptops.models.dialects import Dialect
from promptops.models.names import ModelName
from promptops.prompts.model import Prompt
from promptops.rewrite.derive import Messages, derive
from promptops.rewrite.planner import plan
from promptops.rewrite.reading import read_draft


def neutral(prompt: Prompt, model: ModelName, dialect: Dialect) -> Messages:
    """The neutral wording of a prompt that is worded for a model.

    Args:
        prompt: The prompt with the model's wording as its messages.
        model: The model.
        dialect: What the model takes, already picked out (`Dialect.for_model`).
    """
    worded, found = prompt.messages, prompt
    for item in reversed(plan(dialect)):
        undone = item.step.undo(read_draft(found, model.family)).messages()
        if not undone or undone == found.messages:
            continue
        candidate = prompt.model_copy(update={"messages": undone})
        if derive(candidate, model, dialect).messages == worded:
            found = candidate
    return found.messages
