"""What a prompt file of another tool says, whatever its format."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from promptops.core.canonical import JSON

Locate = Callable[[int], int]
"""From an offset in a text to the offset in the file it was read from."""

_ROLES = {
    "developer": "system",
    "model": "assistant",
    "ai": "assistant",
    "bot": "assistant",
    "gpt": "assistant",
    "human": "user",
    "function": "tool",
}
ROLES = frozenset({"system", "user", "assistant", "tool"})


Syntax = Literal["jinja", "handlebars", "values", "none"]
"""The template language of a text; Mustache is a part of Handlebars, "values" is `VALUE` alone."""

VALUE = re.compile(r"\{\{[ \t]{0,20}([A-Za-z_]\w{0,100})[^{}\n]{0,200}\}\}")
"""``{{name}}`` where there is no more of a template language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignSlot:
    """A place where a value is filled in; ``untrusted`` only when the format says so."""

    name: str
    start: int
    end: int
    untrusted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignMessage:
    """One message.

    Attributes:
        role: One of `ROLES`.
        text: The content as the file has it, template tags included.
        locate: Where each character of ``text`` stands in the file.
        slots: Values that no template syntax shows (an f-string's), offsets of ``text``.
        template: Stretches that never reach the model, likewise.
    """

    role: str
    text: str
    locate: Locate
    slots: tuple[ForeignSlot, ...] = ()
    template: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A comment of the file; offsets in the file, ``body`` without its marks."""

    body: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignPrompt:
    """One prompt.

    Attributes:
        name: What the file calls it, or an empty string.
        messages: In their order.
        syntax: The template language of all messages.
        untrusted: Names of the values that users write, as far as the format says so.
        meta: The declarations around the text: front matter, or the file's other keys.
        remarks: Comments, wherever the format allows them.
        body: Where the template begins, for a file that is one template below front matter.
    """

    name: str
    messages: tuple[ForeignMessage, ...]
    syntax: Syntax = "none"
    untrusted: frozenset[str] = frozenset()
    meta: Mapping[str, JSON] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    body: int = 0


def role_named(word: str) -> str:
    """The role that a format's own word means; "user" for a word that no format has."""
    name = word.strip().lower()
    name = _ROLES.get(name, name)
    return name if name in ROLES else "user"


def shifted(start: int) -> Locate:
    """The places of a text that is a slice of its file."""
    return start.__add__


class TablePlaces:
    """Places looked up in a table that is made when the first one is asked for."""

    __slots__ = ("_make", "_table")

    def __init__(self, make: Callable[[], list[int]]) -> None:
        """Take what makes the table: one offset per character, and one past the last."""
        self._make = make
        self._table: list[int] | None = None

    def __call__(self, offset: int) -> int:
        """The place of one character; of the nearest one outside the text."""
        if self._table is None:
            self._table = self._make()
        return self._table[max(0, min(offset, len(self._table) - 1))]


def composed(inner: Locate, outer: Locate) -> Locate:
    """The places of a text inside a text inside a file."""
    return lambda offset: outer(inner(offset))
