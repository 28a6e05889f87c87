"""Steps of a rewrite, and what one does to a prompt of plain messages."""

from promptops.prompts.model import Prompt
from promptops.rewrite.reading import read_draft
from promptops.rewrite.steps import STEPS

BY_NAME = {step.name: step for step in STEPS}


def prompt(*messages, **more) -> Prompt:
    """A prompt of (role, content) messages; every name of the tests is a variable."""
    names = ("context", "question", "message", "text")
    return Prompt.model_validate(
        {
            "apiVersion": "promptops/v1",
            "kind": "Prompt",
            "id": "p",
            "version": "1.0.0",
            "title": "T",
            "intent": "answer",
            "variables": {name: {"type": "string"} for name in names} | more.pop("variables", {}),
            "messages": [{"role": role, "content": content} for role, content in messages],
            **more,
        }
    )


def applied(name, given: Prompt) -> list[tuple[str, str]]:
    """The messages after a step, which must not change them again."""
    once = BY_NAME[name].apply(read_draft(given)).messages()
    again = BY_NAME[name].apply(read_draft(given.replace(messages=once))).messages()
    assert again == once, "the step is not idempotent"
    return [(message.role, message.content) for message in once]
