"""From a prompt's messages to a draft.

Read as a section: ``<tag>`` ... ``</tag>`` on lines of their own or all on one line, a markdown
heading with what follows, a ``Label:`` line with the paragraph below it, and ``Label: {{ value }}``
on one line. Everything else is a paragraph. Fenced code and template blocks (``{% if %}`` to
``{% endif %}``) are never cut in two.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from promptops.prompts.model import Prompt
from promptops.rewrite.draft import Block, Draft, Form, Turn
from promptops.rewrite.kinds import Setting, classified

_TAG = re.compile(r"<([A-Za-z][\w-]*)>[ \t]*$")
_TAG_LINE = re.compile(r"<([A-Za-z][\w-]*)>(.*\S.*)</\1>[ \t]*$")
_HEADING = re.compile(r"#{1,6}[ \t]+(\S.*?)[ \t]*#*$")
_LABEL = re.compile(r"([A-Z][\w/-]*(?: [\w/-]+){0,2}):[ \t]*$")
_INLINE = re.compile(r"([A-Z][\w/-]*(?: [\w/-]+){0,2}):[ \t]+(\S.*)$")
_USUAL = frozenset(
    {
        *(
            "answer",
            "article",
            "articles",
            "audience",
            "background",
            "best practices",
            "categories",
        ),
        *("category", "choices", "constraints", "context", "criteria", "customer", "data"),
        *(
            "definitions",
            "document",
            "documents",
            "email",
            "example",
            "examples",
            "facts",
            "format",
        ),
        *(
            "goal",
            "goals",
            "guidelines",
            "information",
            "input",
            "inputs",
            "instructions",
            "labels",
        ),
        *("message", "notes", "objective", "options", "output", "output format", "outputs"),
        *("policy", "process", "query", "question", "requirements", "response format"),
        *(
            "responsibilities",
            "role",
            "rules",
            "schema",
            "steps",
            "style",
            "task",
            "text",
            "ticket",
        ),
        *("tone", "topic", "variables", "workflow"),
    }
)
_SLOT = re.compile(r"\{\{[^{}]*\}\}[ \t]*$")
_FENCE = re.compile(r"[ \t]*(```|~~~)")
_OPENS = re.compile(r"\{%[-+]?\s*(?:if|for|raw)\b")
_CLOSES = re.compile(r"\{%[-+]?\s*end(?:if|for|raw)\b")


def read_draft(prompt: Prompt, family: str = "") -> Draft:
    """The draft of a prompt's own messages (resolve a variant first)."""
    labels = _value_labels(tuple(message.content for message in prompt.messages))
    keep = kept_sentences(prompt)
    setting = Setting.of(prompt)
    roles = [message.role for message in prompt.messages]
    turns = []
    for place, message in enumerate(prompt.messages):
        example = _is_example(roles, place)
        blocks = _read_message(message.content, labels, keep, setting, example)
        turns.append(Turn(role=message.role, blocks=blocks, example=example))
    return Draft(turns=tuple(turns), prompt=prompt, family=family)


@lru_cache(maxsize=8192)
def _read_message(
    text: str, labels: frozenset[str], keep: tuple[str, ...], setting: Setting, example: bool
) -> tuple[Block, ...]:
    """The blocks of one message; most messages are the same for every family."""
    return classified(tuple(_blocks(text, labels, keep)), setting, example=example)


def _is_example(roles: Sequence[str], place: int) -> bool:
    """Whether a message is half of a solved example: an answer, or what it answers.

    An answer that ends the conversation is the start of the real one (a prefill).
    """
    answer = place if roles[place] == "assistant" else place + 1
    if answer >= len(roles) - 1 or roles[answer] != "assistant":
        return False
    return roles[place] in ("assistant", "user")


def kept_sentences(prompt: Prompt) -> tuple[str, ...]:
    """The sentences that a prompt protects under ``x-keep``."""
    value = prompt.extra.get("x-keep", ())
    if isinstance(value, str):
        return (value,)
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()


@lru_cache(maxsize=8192)
def _value_labels(contents: tuple[str, ...]) -> frozenset[str]:
    """Labels that mark a value somewhere.

    An example's ``Message: hello`` is read like the real ``Message: {{ text }}``, or the two would
    be marked differently after a rewrite.
    """
    found = set()
    for content in contents:
        if "{{" not in content:
            continue
        lines = content.split("\n")
        for line, below in zip(lines, [*lines[1:], ""], strict=True):
            inline, label = _INLINE.match(line), _LABEL.match(line)
            if inline and _SLOT.match(inline[2]):
                found.add(inline[1])
            elif label and "{{" in below:
                found.add(label[1])
    return frozenset(found)


def _blocks(text: str, labels: frozenset[str], keep: tuple[str, ...]) -> Iterator[Block]:
    lines = text.split("\n")
    place = 0
    while place < len(lines):
        end, section = _section(lines, place, labels)
        source = "\n".join(lines[place:end])
        after = end
        while after < len(lines) and not lines[after].strip():
            after += 1
        # The line break that ends the block, the blank lines, and nothing after the last one.
        blank = "".join(f"\n{line}" for line in lines[end:after])
        gap = blank + ("\n" if after < len(lines) else "")
        frozen = any(_plain(sentence) in _plain(source) for sentence in keep)
        yield replace(section, text=source, gap=gap, frozen=frozen)
        place = after


def _section(lines: Sequence[str], start: int, labels: frozenset[str]) -> tuple[int, Block]:
    """The line after the block that starts at ``start``, and what kind of block it is."""
    line = lines[start]
    if match := _TAG.match(line):
        end = _closing(lines, start, match[1])
        if end:
            body = "\n".join(lines[start + 1 : end - 1])
            return end, _read_section("tag", match, lines[start:end], body)
    if match := _TAG_LINE.match(line):
        return start + 1, _read_section("tag", match, [line], match[2])
    if match := _HEADING.match(line):
        end = _heading_end(lines, start + 1, labels)
        body = "\n".join(lines[start + 1 : end]).lstrip("\n")
        if body.strip():
            return end, _read_section("heading", match, lines[start:end], body)
    if match := _label(line, labels):
        end = _paragraph_end(lines, start + 1, labels)
        body = "\n".join(lines[start + 1 : end])
        if body.strip():
            return end, _read_section("label", match, lines[start:end], body)
    if (match := _INLINE.match(line)) and match[1] in labels:
        end = _paragraph_end(lines, start + 1, labels) if not _SLOT.match(match[2]) else start + 1
        body = "\n".join([match[2], *lines[start + 1 : end]])
        return end, _read_section("inline", match, lines[start:end], body)
    return max(start + 1, _paragraph_end(lines, start + 1, labels, first=line)), Block(text="")


def _read_section(form: Form, match: re.Match[str], lines: Sequence[str], body: str) -> Block:
    text = "\n".join(lines)
    # Only a tag has marks behind its body as well.
    head = text.index(body, text.index(">") + 1) if form == "tag" else len(text) - len(body)
    level = len(lines[0]) - len(lines[0].lstrip("#")) if form == "heading" else 0
    return Block(text=text, form=form, name=match[1], body=body, head=text[:head], level=level)


def _label(line: str, labels: frozenset[str]) -> re.Match[str] | None:
    """A label line: one that marks a value, or a usual name (``Use these labels:`` is neither)."""
    match = _LABEL.match(line)
    return match if match and (match[1] in labels or is_usual(match[1])) else None


def is_usual(name: str) -> bool:
    """Whether a label of this name is read as a section even where it marks no value."""
    return name.lower() in _USUAL


def _closing(lines: Sequence[str], start: int, name: str) -> int:
    """The line after the closing tag; 0 when there is none."""
    depth = 0
    for number in range(start, len(lines)):
        stripped = lines[number].strip()
        depth += (stripped == f"<{name}>") - (stripped == f"</{name}>")
        if depth == 0:
            return number + 1
    return 0


def _starts_section(lines: Sequence[str], number: int, labels: frozenset[str]) -> bool:
    line = lines[number]
    if _HEADING.match(line) or _TAG_LINE.match(line) or _label(line, labels):
        return True
    if match := _TAG.match(line):
        return _closing(lines, number, match[1]) > 0
    inline = _INLINE.match(line)
    return inline is not None and inline[1] in labels


def _paragraph_end(
    lines: Sequence[str], start: int, labels: frozenset[str], *, first: str = ""
) -> int:
    """The line after a paragraph: at a blank line or a section, outside of code and blocks."""
    fence, depth = _nesting(first, "", 0)
    for number in range(start, len(lines)):
        line = lines[number]
        inside = fence or depth > 0
        if not inside and (not line.strip() or _starts_section(lines, number, labels)):
            return number
        fence, depth = _nesting(line, fence, depth)
    return len(lines)


def _heading_end(lines: Sequence[str], start: int, labels: frozenset[str]) -> int:
    """The line after a heading's text: at the next section, blank lines before it left out."""
    fence, depth, end = "", 0, start
    for number in range(start, len(lines)):
        line = lines[number]
        if not fence and depth <= 0 and _starts_section(lines, number, labels):
            break
        fence, depth = _nesting(line, fence, depth)
        if line.strip():
            end = number + 1
    return end


def _nesting(line: str, fence: str, depth: int) -> tuple[str, int]:
    if ("```" in line or "~~~" in line) and (match := _FENCE.match(line)):
        fence = "" if fence == match[1] else (fence or match[1])
    if "{%" in line:
        depth += len(_OPENS.findall(line)) - len(_CLOSES.findall(line))
    return fence, depth


def _plain(text: str) -> str:
    return " ".join(text.split())
