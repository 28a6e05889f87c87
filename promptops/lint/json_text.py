"""JSON that a prompt shows: found in fences and answers, read with its placeholders masked."""

import json
import re
from dataclasses import dataclass

from promptops.core.canonical import JSON
from promptops.lint.parsed import ParsedMessage
from promptops.lint.regions import fences
from promptops.lint.slots import tags

_SKETCH = re.compile(r"\.\.\.|…|//|/\*|<[^<>\n]{1,80}>|\[[A-Za-z][^\]\n\"]{2,60}\]|\$\{|\||#")
_JSONISH = re.compile(r'[{,]\s{0,20}"[^"\n]{1,80}"\s{0,4}:')


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A JSON text that a message shows; ``start`` is its offset in the message."""

    start: int
    text: str
    sketch: bool


def json_blocks(message: ParsedMessage) -> list[Shown]:
    """The fenced blocks marked as JSON; ``sketch`` when they leave things out on purpose."""
    found = []
    for (start, end), info in fences(message.text)[0]:
        if info.split(" ")[0].lower() != "json":
            continue
        block = message.text[start:end]
        body = block.find("\n") + 1
        text = mask_slots(block[body : block.rstrip().rfind("\n") + 1])
        found.append(Shown(start=start + body, text=text, sketch=bool(_SKETCH.search(text))))
    return found


def mask_slots(text: str) -> str:
    """Template tags replaced by digits of the same length, so that JSON around them can be read."""
    masked = text
    for tag in tags(text):
        filler = (
            "1" * (tag.end - tag.start)
            if tag.kind in {"value", "literal"}
            else " " * (tag.end - tag.start)
        )
        masked = masked[: tag.start] + filler + masked[tag.end :]
    return masked


def shows_keys(text: str) -> bool:
    """Whether a text shows JSON keys, so that a reader knows what to return."""
    return bool(_JSONISH.search(text))


def read(text: str) -> tuple[JSON, json.JSONDecodeError | None]:
    """The value of a JSON text, or the place where it breaks."""
    try:
        return json.loads(text), None
    except json.JSONDecodeError as problem:
        return None, problem
