"""Prompty files (``*.prompty``), version 1 and 2: front matter, then turns under role lines.

Source: the parse, load and render vectors of microsoft/prompty; read 2026-08-21.
"""

import re

from promptops.core.canonical import JSON
from promptops.prompts.formats.foreign import (
    ForeignMessage,
    ForeignPrompt,
    Syntax,
    role_named,
    shifted,
)
from promptops.prompts.formats.front_matter import read_front_matter

_BOUNDARY = re.compile(
    r"^[ \t]{0,40}#?[ \t]{0,40}(assistant|developer|function|system|tool|user)"
    r"(?:\[[^\]\n]{0,400}\])?[ \t]{0,40}:[ \t]{0,40}\r?(?:\n|\Z)",
    re.IGNORECASE | re.MULTILINE,
)


def read_prompty(text: str, where: str) -> ForeignPrompt:
    """Read a Prompty file. Text above the first role line belongs to the system message.

    Raises:
        PromptSyntaxError: The front matter is wrong.
    """
    front = read_front_matter(text, where)
    meta = front.meta
    name = meta.get("name")
    return ForeignPrompt(
        name=name if isinstance(name, str) else "",
        messages=split_turns(text, front.body),
        syntax=_syntax(meta),
        untrusted=_threads(meta),
        meta=meta,
        remarks=front.yaml.remarks if front.yaml is not None else (),
        body=front.body,
    )


def split_turns(text: str, start: int) -> tuple[ForeignMessage, ...]:
    """The messages below ``start``; blank lines around a message are not part of it."""
    marks = [("system", start, start)]
    marks += [(m[1], m.start(), m.end()) for m in _BOUNDARY.finditer(text, start)]
    messages = []
    for number, (role, _, begin) in enumerate(marks):
        end = marks[number + 1][1] if number + 1 < len(marks) else len(text)
        content = text[begin:end].lstrip("\r\n")
        body = end - len(content)
        content = content.rstrip("\r\n")
        # Above the first role line there need not be anything; below one, an empty message counts.
        if number == 0 and len(marks) > 1 and not content.strip():
            continue
        messages.append(ForeignMessage(role=role_named(role), text=content, locate=shifted(body)))
    return tuple(messages)


def _syntax(meta: dict[str, JSON]) -> Syntax:
    template = meta.get("template")
    kind = template.get("format", template.get("type")) if isinstance(template, dict) else template
    if isinstance(kind, dict):
        kind = kind.get("kind")
    return "handlebars" if kind in ("mustache", "handlebars") else "jinja"


def _threads(meta: dict[str, JSON]) -> frozenset[str]:
    """Inputs of the kind ``thread``: the conversation so far, which the user wrote a part of."""
    inputs = meta.get("inputs")
    if isinstance(inputs, dict):
        inputs = [{**item, "name": name} for name, item in inputs.items() if isinstance(item, dict)]
    if not isinstance(inputs, list):
        return frozenset()
    return frozenset(
        str(item.get("name"))
        for item in inputs
        if isinstance(item, dict) and item.get("kind") == "thread"
    )
