"""Editing one text inside a YAML file without rewriting the file around it.

A stretch of a YAML scalar is not a stretch of its text: block texts lose their indentation, quoted
ones their escapes, folded ones their line breaks. A `ScalarEdit` is the change of the text together
with the change of the file that should bring it about; whether it does is for the caller to check
by reading the file again.
"""

import json
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from promptops.prompts.positions import ScalarSpan
from promptops.prompts.strict_yaml import Document

_BLOCK = ("|", ">")


class NotEditableError(ValueError):
    """A change that cannot be made here; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalarEdit:
    """Replace ``value[first:last]`` of the text at ``pointer`` by ``text``.

    ``start``, ``end`` and ``written`` say the same about the file: offsets in its text, and how
    the new words are written there (indented, escaped).
    """

    pointer: str
    first: int
    last: int
    text: str
    start: int
    end: int
    written: str


def scalar_at(document: Document, start: int, end: int) -> str | None:
    """The pointer of the text whose token holds ``start`` to ``end``; None when there is none."""
    for pointer, span in document.spans.items():
        if span.start <= start and end <= span.end and span.start < span.end:
            return pointer
    return None


def scalar_edit(
    document: Document,
    pointer: str,
    offsets: Sequence[int],
    place: tuple[int, int],
    text: str,
    *,
    newline: str,
) -> ScalarEdit:
    """Work out an edit of one text.

    Args:
        document: The file.
        pointer: Which of its texts.
        offsets: Where each of its characters stands (`scalar_offsets`).
        place: Start and end offsets in the file.
        text: What to put there, its lines ending in a line feed.
        newline: The line end of the file.

    Raises:
        NotEditableError: The place is not a stretch of the text.
    """
    span, value = document.spans[pointer], document.lookup(pointer)
    if not isinstance(value, str):
        raise NotEditableError("this value is no text")
    begin = place[0] + (1 if document.text[place[0] : place[0] + 2] == "\r\n" else 0)
    first, last = _index(offsets, begin), _index(offsets, place[1])
    if place[0] == place[1]:
        last = first
    if offsets[first] != begin:
        raise NotEditableError("the edit begins between two characters of the text")
    start, end = _file_stretch(document.text, span, offsets, (first, last), value)
    written = _written(document.text, span, text, newline)
    if not text.endswith("\n") and _ends_block(span, value, (first, last)):
        # The whole last line goes: its indentation must not be left for the next key.
        start = document.text.rfind("\n", 0, start) + 1
        written = _indent(document.text, span) + written if written else ""
    return ScalarEdit(
        pointer=pointer, first=first, last=last, text=text, start=start, end=end, written=written
    )


def _index(offsets: Sequence[int], place: int) -> int:
    index = min(bisect_left(offsets, place), len(offsets) - 1)
    if 0 < index < len(offsets) - 1 and offsets[index] in (offsets[index - 1], offsets[index + 1]):
        raise NotEditableError("the edit ends inside a folded line break")
    return index


def _file_stretch(
    text: str, span: ScalarSpan, offsets: Sequence[int], stretch: tuple[int, int], value: str
) -> tuple[int, int]:
    first, last = stretch
    start = offsets[first]
    if first == last:
        return _before_return(text, start), _before_return(text, start)
    final = offsets[last - 1]
    if span.style in _BLOCK:
        ends_line = text[final : final + 1] == "\n"
        end = offsets[last] if ends_line and last < len(value) else final + 1
        end = _before_return(text, end)
    elif last < len(value):
        end = offsets[last]
    else:
        end = span.end - (1 if span.style else 0)
    return _before_return(text, start), end


def _before_return(text: str, place: int) -> int:
    """The line end that ``place`` points at begins with its carriage return, where it has one."""
    return place - 1 if text[place - 1 : place + 1] == "\r\n" else place


def _ends_block(span: ScalarSpan, value: str, stretch: tuple[int, int]) -> bool:
    first, last = stretch
    begins_line = first == 0 or value[first - 1] == "\n"
    takes_break = first < last == len(value) and value.endswith("\n")
    return span.style in _BLOCK and begins_line and takes_break


def _written(text: str, span: ScalarSpan, words: str, newline: str) -> str:
    if span.style in _BLOCK:
        return words.replace("\n", newline + _indent(text, span))
    if span.style == '"':
        return json.dumps(words, ensure_ascii=False)[1:-1]
    if "\n" in words:
        raise NotEditableError("a line break cannot be written into this text: make it a block")
    return words.replace("'", "''") if span.style == "'" else words


def _indent(text: str, span: ScalarSpan) -> str:
    """The indentation of a block text: that of its first line that is not blank."""
    for line in text[span.start : span.end].split("\n")[1:]:
        if line.strip():
            return line[: len(line) - len(line.lstrip(" "))]
    return ""
