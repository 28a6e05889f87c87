"""GitHub Models prompt files (``*.prompt.yml``): a YAML mapping with ``messages``.

Source: GitHub's documentation, "Storing prompts in GitHub repositories"; read 2026-11-22.
"""

from collections.abc import Mapping

from promptops.core.canonical import JSON
from promptops.errors import PromptSyntaxError
from promptops.prompts.formats.foreign import ForeignMessage, ForeignPrompt, role_named
from promptops.prompts.formats.loose_yaml import LooseYaml, read_loose_yaml
from promptops.prompts.positions import LineIndex


def read_github_prompt(text: str, where: str) -> ForeignPrompt:
    """Read a GitHub Models prompt file; ``{{name}}`` is a value.

    Raises:
        PromptSyntaxError: Not YAML, or without a list of messages.
    """
    document = read_loose_yaml(text, where)
    meta: Mapping[str, JSON] = document.value if isinstance(document.value, dict) else {}
    name = meta.get("name")
    return ForeignPrompt(
        name=name if isinstance(name, str) else "",
        messages=yaml_messages(document, "/messages", meta.get("messages"), text, where),
        syntax="values",
        meta=meta,
        remarks=document.remarks,
    )


def yaml_messages(
    document: LooseYaml, pointer: str, value: JSON, text: str, where: str
) -> tuple[ForeignMessage, ...]:
    """The messages of a YAML list of ``{role, content}``.

    A content that is a list of parts gives one message for each part of text.

    Raises:
        PromptSyntaxError: Something else than such a list, with its place in ``text``.
    """

    def error(message: str, at: str) -> PromptSyntaxError:
        place = LineIndex(text).position(document.start(at))
        return PromptSyntaxError(message, where=where, line=place.line, column=place.column)

    if not isinstance(value, list):
        raise error("no list of messages with role and content is here", pointer)
    messages = []
    for number, item in enumerate(value):
        place = f"{pointer}/{number}"
        if not isinstance(item, dict) or "content" not in item:
            raise error("a message has a role and a content", place)
        role = role_named(str(item.get("role", "user")))
        for at, part in text_parts(item["content"], f"{place}/content"):
            if not isinstance(part, str):
                raise error("the content of a message is text", at)
            messages.append(ForeignMessage(role=role, text=part, locate=document.locator(at, part)))
    return tuple(messages)


def text_parts(content: JSON, pointer: str) -> list[tuple[str, JSON]]:
    """The texts of a content with their pointers: itself, or the text parts of a list.

    Parts of other kinds (images, sound, tool results) have no text and are passed over; null, the
    content of a message that only calls tools, is no text either.
    """
    if content is None:
        return []
    if not isinstance(content, list):
        return [(pointer, content)]
    found: list[tuple[str, JSON]] = []
    for number, part in enumerate(content):
        if isinstance(part, dict) and "text" in part:
            found.append((f"{pointer}/{number}/text", part["text"]))
        elif not isinstance(part, dict):
            found.append((f"{pointer}/{number}", part))
    return found
