"""From a prompt of another tool to what the rules look at."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import accumulate
from typing import Literal

from promptops.lint.parsed import Comment, ParsedMessage, ParsedPrompt, Place, Slot, Wording
from promptops.lint.regions import REGIONS, Region, fenced, paint
from promptops.lint.report import Skipped
from promptops.lint.slots import tags
from promptops.lint.sources.model import Read, Source
from promptops.lint.text import Lines
from promptops.prompts.formats.foreign import (
    VALUE,
    ForeignMessage,
    ForeignPrompt,
    Locate,
    Remark,
    Syntax,
    shifted,
)
from promptops.prompts.formats.handlebars import handlebars_tags
from promptops.prompts.formats.template_faults import template_fault

MARK = "promptops: ignore"
_ROOT = re.compile(r"@?[A-Za-z_$][\w$-]{0,100}")
_NOT_VALUES = frozenset({"role", "section"})
_SURROGATE = re.compile("[\ud800-\udfff]")


class Places:
    """Offsets of a file to lines and columns; indexed when the first place is asked for."""

    __slots__ = ("_lines", "_text")

    def __init__(self, text: str) -> None:
        """Take the file's text."""
        self._text = text
        self._lines: Lines | None = None

    def position(self, offset: int) -> Place:
        """Line and column of the character at ``offset``; of the end, past it."""
        if self._lines is None:
            self._lines = Lines(self._text)
        return self._lines.position(max(0, min(offset, len(self._text))))

    def line(self, offset: int) -> int:
        """The line of the character at ``offset``."""
        return self.position(offset)[0]


def build(
    foreign: ForeignPrompt, source: Source, places: Places | None = None, *, row: int | None = None
) -> ParsedPrompt:
    """One prompt for the rules; its metadata stay unknown to them (``prompt`` is None).

    Args:
        foreign: What a reader found.
        source: The file it was found in.
        places: The file's places, when several prompts share them.
        row: The data row, when the prompt is a cell: places are those inside each message then.
    """
    text = source.content
    places = places or Places(text)
    roles = [message.role for message in foreign.messages]
    messages: list[ParsedMessage] = []
    remarks = [(remark, True) for remark in foreign.remarks]
    for index, message in enumerate(foreign.messages):
        content = clean(message.text)
        slots, template, found = _template(message, foreign)
        remarks += [(remark, False) for remark in found]
        shot = is_shot(roles, index)
        base = Region.EXAMPLE if shot else Region.INSTRUCTION
        filled = [(slot.start, slot.end) for slot in slots]
        own = Places(content) if row is not None else places
        messages.append(
            ParsedMessage(
                index=index,
                role=message.role,
                text=content,
                mask=partial(paint, content, base=base, slots=filled, template=template),
                slots=slots,
                is_shot=shot,
                variant=None,
                place=_place(message.locate, own),
            )
        )
    comments = place_remarks(remarks, text, places) if row is None and MARK in text else ()
    wording = Wording(variant=None, families=(), messages=tuple(messages), params={})
    return ParsedPrompt(
        path=source.shown,
        prompt_id=foreign.name,
        prompt=None,
        source=text,
        wordings=(wording,),
        place_of_key=_first_place,
        row=row,
        comments=comments,
    )


def built(
    read: Callable[[str, str], ForeignPrompt], *, template: Literal["file", "texts", ""] = ""
) -> Callable[[Source], Iterator[Read]]:
    """The reader of a format with one prompt a file.

    Args:
        read: Reads it.
        template: What must be a template of the format's language: all below the front matter, or
            each message's text by itself. Empty where the format does not say the language.
    """

    def prompts(source: Source) -> Iterator[Read]:
        foreign = read(source.content, source.shown)
        if not foreign.messages:
            yield source.skipped("no prompt text is in this file")
            return
        parts = [(source.content[foreign.body :], shifted(foreign.body))]
        if template != "file":
            parts = [(item.text, item.locate) for item in foreign.messages if template]
        problems = (broken(text, foreign.syntax, source, locate) for text, locate in parts)
        yield next((item for item in problems if item), None) or build(foreign, source)

    return prompts


def broken(text: str, syntax: Syntax, source: Source, locate: Locate) -> Skipped | None:
    """The skip of a template that its language cannot parse; None for one that it can.

    Args:
        text: The template.
        syntax: Its language.
        source: The file that it stands in.
        locate: Where its characters stand in the file.
    """
    fault = template_fault(text, syntax)
    if fault is None:
        return None
    line, column = Places(source.content).position(locate(fault.offset))
    return source.skipped(f"not a template: {fault.message}", line=line, column=column)


def is_shot(roles: Sequence[str], index: int) -> bool:
    """An answer that is given, or the question right before it: a few-shot example."""
    if roles[index] == "assistant":
        return True
    return roles[index] == "user" and roles[index + 1 : index + 2] == ["assistant"]


def clean(text: str) -> str:
    """The text with lone surrogates, which no output can hold, replaced one by one."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def html_remarks(text: str, start: int = 0) -> Iterator[Remark]:
    """HTML comments below an offset that speak to the linter.

    One inside code or quotes is an example of such a comment: it says nothing.
    """
    if MARK not in text:
        return
    said: Callable[[int], bool] | None = None
    for begin, end in html_comments(text, start):
        body = text[begin + 4 : end - 3].strip()
        if body.startswith("promptops:"):
            said = said or _said(text[start:])
            if said(begin - start):
                yield Remark(body=body, start=begin, end=end)


def _said(text: str) -> Callable[[int], bool]:
    """Tells whether a place is neither code nor quoted, not even where that is most of a text."""
    mask = bytearray(paint(text))
    code = REGIONS.index(Region.CODE)
    for start, end in fenced(text):
        mask[start:end] = bytes([code]) * (end - start)
    shown = (code, REGIONS.index(Region.QUOTE))
    return lambda place: mask[place] not in shown


def html_comments(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """Where the HTML comments below an offset stand."""
    while (begin := text.find("<!--", start)) >= 0:
        end = text.find("-->", begin + 4)
        if end < 0:
            return
        start = end + 3
        yield begin, start


def share(prompts: Sequence[ParsedPrompt], comments: Iterable[Comment]) -> None:
    """Hand each comment of a file with several prompts to those that it speaks about.

    One that speaks about none goes to the first, which reports it as unused.
    """
    taken: list[list[Comment]] = [[] for _ in prompts]
    spans = sorted((*_lines(prompt), number) for number, prompt in enumerate(prompts))
    starts = [first for first, _, _ in spans]
    # The last line of any of the prompts that begin at or before the nth.
    reach = list(accumulate((last for _, last, _ in spans), max))
    for comment in comments:
        hits = []
        place = bisect_right(starts, comment.last_line) - 1
        while place >= 0 and reach[place] >= comment.first_line:
            if spans[place][1] >= comment.first_line:
                hits.append(spans[place][2])
            place -= 1
        if "ignore-file" in comment.text:
            hits = list(range(len(prompts)))
        for number in hits or [0]:
            taken[number].append(comment)
    for prompt, own in zip(prompts, taken, strict=True):
        prompt.comments = tuple(own)


def _lines(prompt: ParsedPrompt) -> tuple[int, int]:
    first = min(message.place(0)[0] for message in prompt.messages)
    last = max(message.place(max(0, len(message.text) - 1))[0] for message in prompt.messages)
    return first, last


def _first_place(_: str) -> Place:
    return 1, 1


def _place(locate: Locate, places: Places) -> Callable[[int], Place]:
    return lambda offset: places.position(locate(offset))


def _template(
    message: ForeignMessage, foreign: ForeignPrompt
) -> tuple[tuple[Slot, ...], list[tuple[int, int]], list[Remark]]:
    """Slots, other template stretches and comments of a message."""
    slots = [(slot.name, slot.start, slot.end, slot.untrusted) for slot in message.slots]
    template = list(message.template)
    remarks: list[Remark] = []
    said: Callable[[int], bool] | None = None
    for kind, name, start, end, body in _tags(message.text, foreign.syntax):
        if kind == "value":
            slots.append((name, start, end, name in foreign.untrusted))
            continue
        template.append((start, end))
        # Dotprompt's reader has listed its comments already: they may stand above the first role.
        if kind == "comment" and foreign.syntax == "jinja" and body.startswith("promptops:"):
            place = message.locate
            said = said or _said(message.text)
            if not said(start):
                continue  # an example of such a comment
            remarks.append(Remark(body=body, start=place(start), end=place(end - 1) + 1))
    return (
        tuple(
            Slot(name=name, start=start, end=end, untrusted=untrusted, variable=None)
            for name, start, end, untrusted in sorted(slots, key=lambda slot: slot[1])
        ),
        template,
        remarks,
    )


def _tags(text: str, syntax: Syntax) -> Iterator[tuple[str, str, int, int, str]]:
    if syntax == "none" or "{" not in text:
        return
    if syntax == "values":
        for match in VALUE.finditer(text):
            yield "value", match[1], match.start(), match.end(), match.group()
        return
    if syntax == "jinja":
        for tag in tags(text):
            yield tag.kind, tag.name, tag.start, tag.end, tag.body
        return
    for found in handlebars_tags(text):
        kind, name = str(found.kind), found.name
        if kind == "helper":
            kind = "statement" if name in _NOT_VALUES else "value"
            name = _argument(found.words)
        root = _ROOT.match(name)
        yield kind, root.group() if root else name, found.start, found.end, found.body


def _argument(words: Sequence[str]) -> str:
    """The first value that a helper is given, positional or named."""
    for word in words[1:]:
        value = word.rpartition("=")[2]
        if _ROOT.match(value):
            return value
    return words[0]


def place_remarks(
    remarks: Iterable[tuple[Remark, bool]], text: str, places: Places
) -> tuple[Comment, ...]:
    """The comments that speak to the linter, in order; each with whether it may be YAML's."""
    chosen = [item for item in remarks if item[0].body.startswith("promptops:")]
    ends: dict[int, int] = {}
    found = [
        _placed(remark, text, places, ends if block and text[remark.start] == "#" else None)
        for remark, block in sorted(chosen, key=lambda item: item[0].start, reverse=True)
    ]
    return tuple(sorted(found, key=lambda comment: (comment.line, comment.column)))


def _placed(remark: Remark, text: str, places: Places, ends: dict[int, int] | None) -> Comment:
    """A comment with the lines that it speaks for.

    At the end of a line it speaks for that line. Alone, it speaks for the next line; with
    ``ends`` for the whole value below it, which is what a comment in YAML stands above. ``ends``
    remembers what was found for the comments further down.
    """
    line, column = places.position(remark.start)
    last = places.line(max(remark.start, remark.end - 1))
    begin = text.rfind("\n", 0, remark.start) + 1
    end = text.find("\n", remark.end)
    rest = text[begin : remark.start] + text[remark.end : end if end >= 0 else len(text)]
    alone = not rest.strip()
    if alone:
        last = last + 1 if ends is None else _end_of_value(text, end, last, ends)
    return Comment(
        text=remark.body, line=line, column=column, alone=alone, first_line=line, last_line=last
    )


def _end_of_value(text: str, newline: int, line: int, ends: dict[int, int]) -> int:
    """The last line of the YAML value that begins below a comment which ends at ``newline``."""
    indent, comment = -1, newline
    while 0 <= newline < len(text) - 1:
        if indent < 0 and newline in ends:
            line = ends[newline]
            break
        end = text.find("\n", newline + 1)
        content = text[newline + 1 : end if end >= 0 else len(text)]
        depth = len(content) - len(content.lstrip(" "))
        if indent < 0:
            if content.strip() and not content.lstrip().startswith("#"):
                indent = depth
        elif content.strip() and depth <= indent:
            break
        line, newline = line + 1, end
    ends[comment] = line
    return line
