"""Chats in JSON: a list of ``{role, content}``, alone or under ``messages``."""

from collections.abc import Iterator
from typing import Any

from promptops.core.canonical import JSON
from promptops.errors import PromptSyntaxError
from promptops.lint.sources.building import build
from promptops.lint.sources.model import Read, Source
from promptops.prompts.formats.foreign import ForeignMessage, ForeignPrompt, role_named
from promptops.prompts.formats.github_prompt import text_parts
from promptops.prompts.formats.json_places import PlacedJson, read_placed_json


def read_chat_file(source: Source) -> Iterator[Read]:
    """Read a JSON file that holds one chat.

    Raises:
        PromptSyntaxError: Not JSON, or not a chat.
    """
    document = read_placed_json(source.content, source.shown)
    messages = chat_messages(document)
    if messages is None:
        raise PromptSyntaxError(
            "no chat is here: a list of messages with role and content",
            where=source.shown,
            line=1,
            column=1,
        )
    yield build(ForeignPrompt(name="", messages=messages, syntax="values"), source)


def chat_messages(document: PlacedJson) -> tuple[ForeignMessage, ...] | None:
    """The messages of a chat; None when the document is none, or has no text."""
    base, value = "", document.value
    if isinstance(value, dict):
        base, value = "/messages", value.get("messages")
    if not is_chat(value):
        return None
    messages = []
    for number, item in enumerate(value):
        for pointer, text in text_parts(item["content"], f"{base}/{number}/content"):
            if isinstance(text, str):
                role = role_named(str(item.get("role", "user")))
                messages.append(
                    ForeignMessage(role=role, text=text, locate=document.locator(pointer))
                )
    return tuple(messages) or None


def is_chat(value: JSON) -> bool:
    """Whether a value is a list of messages whose contents are texts or lists of parts."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, dict) and _content(item) for item in value)
    )


def _content(item: dict[str, Any]) -> bool:
    return "content" in item and all(
        isinstance(text, str) for _, text in text_parts(item["content"], "")
    )
