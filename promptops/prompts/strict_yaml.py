"""YAML without its surprises, with a place for everything that was read.

One document, one meaning: no anchors, aliases or merge keys, no duplicate keys, no tags beyond
JSON's types, no words that readers take differently, at most 20 levels deep. The tree is built
from the parser's events (libyaml's when it is there), so that a hostile file is refused at the
event that shows it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from promptops.core.canonical import JSON
from promptops.errors import PromptSyntaxError
from promptops.prompts.plain_scalars import AmbiguousScalarError, resolve_plain
from promptops.prompts.positions import LineIndex, Position, ScalarSpan, scalar_offsets

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAGS = {
    f"tag:yaml.org,2002:{name}": kind
    for name, kind in {
        "str": str,
        "int": int,
        "float": float,
        "bool": bool,
        "null": type(None),
    }.items()
}
_COLLECTION_TAGS = {"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "!"}
# What YAML cannot hold unescaped, and the characters that only some readers take as line breaks.
_FORBIDDEN = re.compile(
    "[^\\t\\n\\r\\x20-\\x7e\\xa0-\\u2027\\u202a-\\ud7ff\\ue000-\\ufefe\\uff00-\\ufffd"
    "\\U00010000-\\U0010ffff]"
)
_NEVER = re.compile("[\\x00\\ud800-\\udfff]")
_LONE_CR = re.compile(r"\r(?!\n)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A YAML file as read.

    ``spans`` and ``keys`` are keyed by JSON pointers (RFC 6901): the place of a scalar value (or
    the start of a collection), and the offset of a mapping's key.
    """

    value: JSON
    text: str
    where: str
    index: LineIndex
    spans: Mapping[str, ScalarSpan]
    keys: Mapping[str, int]
    _offsets: dict[str, list[int]] = field(default_factory=dict, repr=False, compare=False)

    def position(self, pointer: str) -> Position:
        """The place of a value's first character; of its nearest parent when it is not there."""
        while pointer and pointer not in self.spans:
            pointer = pointer.rpartition("/")[0]
        return self.index.position(self._first_character(pointer))

    def key_position(self, pointer: str) -> Position:
        """The place of the key that names a value."""
        if pointer in self.keys:
            return self.index.position(self.keys[pointer])
        return self.position(pointer)

    def locate(self, pointer: str, offset: int) -> Position:
        """The place of the character at ``offset`` of the text value at ``pointer``."""
        value = self.lookup(pointer)
        span = self.spans.get(pointer)
        if span is None or not isinstance(value, str):
            return self.position(pointer)
        if pointer not in self._offsets:
            self._offsets[pointer] = scalar_offsets(self.text, span, value)
        return self.index.position(self._offsets[pointer][max(0, min(offset, len(value)))])

    def lookup(self, pointer: str) -> JSON:
        """The value at a pointer, None when there is none."""
        value = self.value
        for part in pointer.split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            if isinstance(value, Mapping) and name in value:
                value = value[name]
            elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
                value = value[int(name)]
            else:
                return None
        return value

    def error(self, message: str, position: Position, *, hint: str = "") -> PromptSyntaxError:
        """An error of this file at a place."""
        return PromptSyntaxError(
            message, where=self.where, hint=hint, line=position.line, column=position.column
        )

    def _first_character(self, pointer: str) -> int:
        span = self.spans[pointer]
        value = self.lookup(pointer) if span.style in ("|", ">") else None
        if isinstance(value, str) and value:
            return scalar_offsets(self.text, span, value)[0]
        return span.start + (1 if span.style in ('"', "'") else 0)


def read_yaml(text: str, where: str, *, max_bytes: int = MAX_BYTES) -> Document:
    """Read one YAML document.

    Args:
        text: The file's text; a byte order mark at the start is passed over.
        where: The file's name, for errors.
        max_bytes: Refuse longer texts (bytes of UTF-8).

    Raises:
        PromptSyntaxError: With line and column of the first thing that is wrong.
    """
    text = text.removeprefix("\ufeff")
    index = LineIndex(text)
    if len(text) > max_bytes or len(text.encode("utf-8", "replace")) > max_bytes:
        limit = f"{max_bytes // 1024} KiB"
        raise PromptSyntaxError(f"larger than {limit}", where=where, line=1, column=1)
    if bad := _FORBIDDEN.search(text) or _LONE_CR.search(text):
        place = index.position(bad.start())
        raise PromptSyntaxError(
            f"the character U+{ord(bad.group()):04X} cannot stand here as it is",
            where=where,
            hint="write it as an escape in double quotes, or remove it",
            line=place.line,
            column=place.column,
        )
    return _Builder(text, where, index).build()


def pointer_to(*parts: str | int) -> str:
    """The JSON pointer of a path of keys and indexes."""
    return "".join(f"/{_escape(str(part))}" for part in parts)


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1") if "~" in name or "/" in name else name


@dataclass(slots=True)
class _Frame:
    """A collection being read; ``key`` is the key whose value comes next."""

    pointer: str
    target: dict[str, JSON] | list[JSON]
    key: str | None = None
    key_offset: int = 0


@dataclass(slots=True)
class _Builder:
    text: str
    where: str
    index: LineIndex
    spans: dict[str, ScalarSpan] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    stack: list[_Frame] = field(default_factory=list)
    root: list[JSON] = field(default_factory=list)

    def build(self) -> Document:
        for event in self._events():
            self._take(event)
        if not self.root:
            raise self._error("the file is empty", 0)
        return Document(
            value=self.root[0],
            text=self.text,
            where=self.where,
            index=self.index,
            spans=self.spans,
            keys=self.keys,
        )

    def _events(self) -> Iterator[Any]:
        try:
            yield from yaml.parse(self.text, Loader=_Loader)
        except yaml.MarkedYAMLError as problem:
            mark = problem.problem_mark or problem.context_mark
            context = f" {problem.context}" if problem.context else ""
            place = self.index.position(mark.index if mark else 0)
            # libyaml gives line and column in its errors but not always the index.
            if mark and not mark.index:
                place = Position(mark.line + 1, mark.column + 1)
            raise PromptSyntaxError(
                f"not YAML: {problem.problem}{context}",
                where=self.where,
                line=place.line,
                column=place.column,
            ) from None
        except yaml.YAMLError as problem:
            raise self._error(f"not YAML: {problem}", 0) from None

    def _take(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()
        elif isinstance(event, yaml.AliasEvent):
            raise self._error("aliases are not allowed: write the value out", _start(event))
        elif isinstance(event, yaml.DocumentStartEvent):
            if self.root:
                raise self._error("a file holds one document", _start(event))
            if event.version or event.tags:
                raise self._error("% directives are not allowed", _start(event))
        elif isinstance(event, yaml.DocumentEndEvent) and event.explicit:
            raise self._error("a file holds one document: remove the ... line", _start(event))

    def _scalar(self, event: Any) -> None:
        start = _start(event)
        self._refuse_anchor(event)
        style = event.style if event.style in ("|", ">", '"', "'") else ""
        plain = not style and event.tag is None and event.implicit[0]
        frame = self.stack[-1] if self.stack else None
        if bad := _NEVER.search(event.value):
            code = f"U+{ord(bad.group()):04X}"
            raise self._error(f"a text cannot hold the character {code}", start)
        if frame is not None and isinstance(frame.target, dict) and frame.key is None:
            self._key(frame, event, start, plain=plain)
            return
        value: JSON = event.value
        if plain:
            try:
                value = resolve_plain(event.value)
            except AmbiguousScalarError as problem:
                raise self._error(str(problem), start) from None
        elif event.tag not in (None, "!"):
            value = self._tagged(event, start)
        pointer = self._add(value, start)
        self.spans[pointer] = ScalarSpan(start, event.end_mark.index, style)

    def _key(self, frame: _Frame, event: Any, start: int, *, plain: bool) -> None:
        name = event.value
        if event.tag not in (None, "!", "tag:yaml.org,2002:str"):
            raise self._error("a key is text, without a tag", start)
        if plain and name == "<<":
            raise self._error("merge keys are not allowed: write the keys out", start)
        if plain:
            try:
                if not isinstance(resolve_plain(name), str):
                    raise self._error(f"the key {name or 'null'} is not text: quote it", start)
            except AmbiguousScalarError as problem:
                raise self._error(f"key: {problem}", start) from None
        if name in frame.target:
            first = self.index.position(self.keys[f"{frame.pointer}/{_escape(name)}"])
            raise self._error(f'the key "{name}" is here twice, first on line {first.line}', start)
        frame.key, frame.key_offset = name, start

    def _tagged(self, event: Any, start: int) -> JSON:
        kind = _TAGS.get(event.tag)
        if kind is None:
            raise self._error(f"the tag {event.tag} is not allowed", start)
        if kind is str:
            return event.value
        try:
            value = resolve_plain(event.value)
        except AmbiguousScalarError as problem:
            raise self._error(str(problem), start) from None
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind:
            raise self._error(f"this is not what its tag {event.tag} says", start)
        return value

    def _open(self, event: Any) -> None:
        start = _start(event)
        self._refuse_anchor(event)
        if event.tag is not None and event.tag not in _COLLECTION_TAGS:
            raise self._error(f"the tag {event.tag} is not allowed", start)
        if len(self.stack) >= MAX_DEPTH:
            raise self._error(f"nested deeper than {MAX_DEPTH} levels", start)
        target: dict[str, JSON] | list[JSON]
        target = {} if isinstance(event, yaml.MappingStartEvent) else []
        frame = self.stack[-1] if self.stack else None
        if frame is not None and isinstance(frame.target, dict) and frame.key is None:
            raise self._error("a key is text, not a list or mapping", start)
        pointer = self._add(target, start)
        self.spans[pointer] = ScalarSpan(start, start, "")
        self.stack.append(_Frame(pointer, target))

    def _add(self, value: JSON, start: int) -> str:
        """Put a value where it belongs; returns its pointer."""
        if not self.stack:
            self.root.append(value)
            return ""
        frame = self.stack[-1]
        if isinstance(frame.target, list):
            pointer = f"{frame.pointer}/{len(frame.target)}"
            frame.target.append(value)
            return pointer
        if frame.key is None:
            raise self._error("a key is text, not a list or mapping", start)
        pointer = f"{frame.pointer}/{_escape(frame.key)}"
        frame.target[frame.key] = value
        self.keys[pointer] = frame.key_offset
        frame.key = None
        return pointer

    def _refuse_anchor(self, event: Any) -> None:
        if event.anchor is not None:
            raise self._error("anchors are not allowed: write the value out", _start(event))

    def _error(self, message: str, offset: int) -> PromptSyntaxError:
        place = self.index.position(offset)
        return PromptSyntaxError(message, where=self.where, line=place.line, column=place.column)


def _start(event: Any) -> int:
    index: int = event.start_mark.index
    return index
