"""Where the texts of a JSON document stand, character by character."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from promptops.core.canonical import JSON
from promptops.core.jsonl import parse_json
from promptops.errors import PromptSyntaxError
from promptops.prompts.formats.foreign import Locate, TablePlaces
from promptops.prompts.positions import LineIndex

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedJson:
    """A JSON value; ``spans`` gives start and end of each text (between its quotes) by pointer."""

    value: JSON
    text: str
    spans: Mapping[str, tuple[int, int]]

    def locator(self, pointer: str) -> Locate:
        """The places in ``text`` of the characters of the text at ``pointer``."""
        start, end = self.spans[pointer]
        if "\\" not in self.text[start:end]:
            return start.__add__
        return TablePlaces(lambda: [*_characters(self.text, start, end), end])


def read_placed_json(text: str, where: str) -> PlacedJson:
    """Read JSON.

    Raises:
        PromptSyntaxError: Not JSON, or a key is repeated; with line and column where known.
    """
    try:
        value = parse_json(text)
    except ValueError as problem:
        place = LineIndex(text).position(getattr(problem, "pos", 0))
        message = getattr(problem, "msg", str(problem))
        raise PromptSyntaxError(
            f"not JSON: {message}", where=where, line=place.line, column=place.column
        ) from None
    return PlacedJson(value=value, text=text, spans=dict(_spans(text)))


def _characters(text: str, start: int, end: int) -> Iterator[int]:
    for match in _CHARACTER.finditer(text, start, end):
        yield match.start()


def _spans(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """The texts of a valid document: keys are followed, not yielded."""
    # One entry per open collection: its pointer, and the index of a list or the key of a mapping.
    stack: list[list[str | int | None]] = []
    for match in _TOKEN.finditer(text):
        word = match.group()
        top = stack[-1] if stack else None
        if word in "{[":
            stack.append([_pointer(top), None if word == "{" else 0])
        elif word in "}]":
            stack.pop()
        elif word == ",":
            if top is not None:
                top[1] = top[1] + 1 if isinstance(top[1], int) else None
        elif word[0] == '"':
            if top is not None and top[1] is None:
                top[1] = _key(word)
            else:
                yield _pointer(top), (match.start() + 1, match.end() - 1)


def _key(word: str) -> str:
    return str(parse_json(word)).replace("~", "~0").replace("/", "~1")


def _pointer(top: list[str | int | None] | None) -> str:
    return "" if top is None else f"{top[0]}/{top[1]}"
