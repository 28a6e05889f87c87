"""Where a template fills values in, found by one walk over the text.

The loader has already checked the grammar; this only needs to know where the tags stand, so it
works as well on a text that is no valid template.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_CLOSERS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_ROOT = re.compile(r"[A-Za-z_]\w{0,100}")
_RAW_END = re.compile(r"\{%[-+]?\s{0,20}endraw")
_LOOP = re.compile(r"for\s{1,20}([A-Za-z_]\w{0,100})\s{1,20}in\s{1,20}([A-Za-z_]\w{0,100})")

TagKind = Literal["value", "literal", "statement", "comment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One template tag; ``name`` is the root name of a value, "" otherwise."""

    kind: TagKind
    name: str
    start: int
    end: int
    body: str


def tags(text: str) -> Iterator[Tag]:
    """The template tags of a text, in order; a tag that is not closed ends the walk."""
    position = 0
    loops: dict[str, str] = {}
    while (start := text.find("{", position)) >= 0:
        closer = _CLOSERS.get(text[start : start + 2])
        if closer is None:
            position = start + 1
            continue
        end = _end(text, start + 2, closer)
        if end < 0:
            return
        body = text[start + 2 : end - 2].strip("-+ \t\n")
        kind, name = _kind(text[start + 1], body)
        if kind == "statement" and (loop := _LOOP.match(body)):
            loops[loop.group(1)] = loops.get(loop.group(2), loop.group(2))
        yield Tag(kind=kind, name=loops.get(name, name), start=start, end=end, body=body)
        position = _after_raw(text, end) if kind == "statement" and body == "raw" else end


def _after_raw(text: str, position: int) -> int:
    """Where a raw block's end tag begins: what stands inside is text, whatever it looks like."""
    end = _RAW_END.search(text, position)
    return end.start() if end else len(text)


def _kind(mark: str, body: str) -> tuple[TagKind, str]:
    if mark == "#":
        return "comment", ""
    if mark == "%":
        return "statement", ""
    root = _ROOT.match(body)
    return ("value", root.group()) if root else ("literal", "")


def _end(text: str, position: int, closer: str) -> int:
    """The offset after ``closer``, which does not count inside a string; -1 when there is none."""
    if closer == "#}":
        found = text.find(closer, position)
        return found + 2 if found >= 0 else -1
    quote = ""
    while position < len(text):
        char = text[position]
        if quote:
            if char == "\\":
                position += 1
            elif char == quote:
                quote = ""
        elif char in "'\"":
            quote = char
        elif text.startswith(closer, position):
            return position + 2
        position += 1
    return -1
