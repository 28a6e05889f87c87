"""Prompts of one message, to compare wordings by."""

from promptops.prompts.model import Prompt


def prompt(said: str) -> Prompt:
    """A prompt that says something behind a first line that tells nothing; ``n`` may be shown."""
    return Prompt.model_validate(
        {
            "id": "p",
            "version": "1.0.0",
            "title": "T",
            "intent": "answer",
            "variables": {"n": {"type": "string"}} if "{{" in said else {},
            "messages": [{"role": "user", "content": f"You help people.\n{said}"}],
        }
    )
