"""YAML as other tools read it, with the place of every text.

Unlike `strict_yaml` this takes what is common in the wild: anchors, unquoted words that readers
take differently (they stay texts here), unknown tags, repeated keys (the last one counts). It still
refuses what would be read wrongly or without end, and it says where.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from promptops.core.canonical import JSON
from promptops.errors import PromptSyntaxError
from promptops.prompts.formats.foreign import Locate, Remark, TablePlaces
from promptops.prompts.plain_scalars import AmbiguousScalarError, resolve_plain
from promptops.prompts.positions import LineIndex, Position, ScalarSpan, scalar_offsets

MAX_CHARACTERS = 4 * 1024 * 1024
MAX_DEPTH = 60
MAX_COPIES = 10_000
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# What YAML cannot hold as it is, and what only some readers take as the end of a line.
_FORBIDDEN = re.compile(
    "[^\\t\\n\\r\\x20-\\x7e\\xa0-\\u2027\\u202a-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]"
)
_LONE_CR = re.compile(r"\r(?!\n)")
_COMMENT = re.compile(r"(?:(?<=[ \t\n])|\A)#[^\n\r]*")
_PROPERTIES = re.compile(r"(?:[&!]\S{0,200}\s{0,200}){0,2}")
_BLOCK_STYLES = ("|", ">")


@dataclass(frozen=True, slots=True, kw_only=True)
class LooseYaml:
    """A YAML text as read; ``base`` is where it begins in its file.

    ``spans`` is keyed by JSON pointers and holds offsets inside ``text``, ``collections`` are the
    offsets where lists and mappings begin.
    """

    value: JSON
    text: str
    base: int
    spans: Mapping[str, ScalarSpan]
    collections: Mapping[str, int]
    remarks: tuple[Remark, ...]

    def locator(self, pointer: str, value: str) -> Locate:
        """The places in the file of the characters of the text at ``pointer``."""
        span = self.spans[pointer]
        return TablePlaces(
            lambda: [self.base + place for place in scalar_offsets(self.text, span, value)]
        )

    def start(self, pointer: str) -> int:
        """Where a value begins in the file; its nearest parent when it is not there."""
        while pointer and pointer not in self.spans and pointer not in self.collections:
            pointer = pointer.rpartition("/")[0]
        if pointer in self.spans:
            return self.base + self.spans[pointer].start
        return self.base + self.collections.get(pointer, 0)


def read_loose_yaml(text: str, where: str, *, file: str | None = None, base: int = 0) -> LooseYaml:
    """Read one YAML document that may be a part of a file.

    Args:
        text: The YAML.
        where: The file's name, for errors.
        file: The whole file, when ``text`` is a part of it.
        base: Where ``text`` begins in it.

    Raises:
        PromptSyntaxError: With line and column, in the file, of the first thing that is wrong.
    """
    builder = _Builder(text, where, LineIndex(text if file is None else file), base)
    if len(text) > MAX_CHARACTERS:
        raise builder.error(f"more than {MAX_CHARACTERS:,} characters of YAML", 0)
    if bad := _FORBIDDEN.search(text) or _LONE_CR.search(text):
        raise builder.error(
            f"the character U+{ord(bad.group()):04X} cannot stand in YAML as it is", bad.start()
        )
    return builder.build()


@dataclass(slots=True)
class _Frame:
    pointer: str
    target: dict[str, JSON] | list[JSON]
    anchor: str | None
    key: str | None = None


@dataclass(slots=True)
class _Builder:
    text: str
    where: str
    index: LineIndex
    base: int
    spans: dict[str, ScalarSpan] = field(default_factory=dict)
    collections: dict[str, int] = field(default_factory=dict)
    scalars: list[tuple[int, int]] = field(default_factory=list)
    anchors: dict[str, tuple[str, JSON]] = field(default_factory=dict)
    stack: list[_Frame] = field(default_factory=list)
    root: list[JSON] = field(default_factory=list)
    copies: int = 0

    def build(self) -> LooseYaml:
        for event in self._events():
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._open(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._close()
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
            elif self.root and isinstance(event, yaml.DocumentStartEvent):
                raise self.error("more than one YAML document", _start(event))
        return LooseYaml(
            value=self.root[0] if self.root else None,
            text=self.text,
            base=self.base,
            spans=self.spans,
            collections=self.collections,
            remarks=tuple(self._remarks()),
        )

    def error(self, message: str, offset: int) -> PromptSyntaxError:
        place = self.index.position(self.base + offset)
        return PromptSyntaxError(message, where=self.where, line=place.line, column=place.column)

    def _events(self) -> Iterator[Any]:
        try:
            yield from yaml.parse(self.text, Loader=_Loader)
        except yaml.MarkedYAMLError as problem:
            mark = problem.problem_mark or problem.context_mark
            context = f" {problem.context}" if problem.context else ""
            offset = 0
            if mark is not None:
                # libyaml gives line and column in its errors but not always the index.
                offset = LineIndex(self.text).offset(Position(mark.line + 1, mark.column + 1))
            raise self.error(f"not YAML: {problem.problem}{context}", offset) from None
        except yaml.YAMLError as problem:
            raise self.error(f"not YAML: {problem}", 0) from None

    def _scalar(self, event: Any) -> None:
        start, end = _start(event), event.end_mark.index
        self.scalars.append((start, end))
        if event.anchor is not None or event.tag is not None:
            # The event begins with its anchor and tag; what is read stands behind them.
            properties = _PROPERTIES.match(self.text, start, end)
            start = properties.end() if properties else start
        style = event.style if event.style in ("|", ">", '"', "'") else ""
        value: JSON = event.value
        frame = self.stack[-1] if self.stack else None
        if frame is not None and isinstance(frame.target, dict) and frame.key is None:
            frame.key = event.value
            return
        if not style and event.tag is None and event.implicit[0]:
            try:
                value = resolve_plain(event.value)
            except AmbiguousScalarError:
                value = event.value
        pointer = self._add(value, start)
        self.spans[pointer] = ScalarSpan(start, end, style)
        if event.anchor is not None:
            self.anchors[event.anchor] = (pointer, value)

    def _open(self, event: Any) -> None:
        start = _start(event)
        if len(self.stack) >= MAX_DEPTH:
            raise self.error(f"nested deeper than {MAX_DEPTH} levels", start)
        target: dict[str, JSON] | list[JSON]
        target = {} if isinstance(event, yaml.MappingStartEvent) else []
        pointer = self._add(target, start)
        self.collections[pointer] = start
        self.stack.append(_Frame(pointer, target, event.anchor))

    def _close(self) -> None:
        frame = self.stack.pop()
        # Known only now: an alias inside its own anchor would be a structure without end.
        if frame.anchor is not None:
            self.anchors[frame.anchor] = (frame.pointer, frame.target)

    def _alias(self, event: Any) -> None:
        start = _start(event)
        if event.anchor not in self.anchors:
            raise self.error(f'no anchor "{event.anchor}" is before this', start)
        source, value = self.anchors[event.anchor]
        pointer = self._add(value, start)
        for places in (self.spans, self.collections):
            copied = {
                pointer + name[len(source) :]: place
                for name, place in places.items()
                if name == source or name.startswith(f"{source}/")
            }
            self.copies += len(copied)
            if self.copies > MAX_COPIES:
                raise self.error(f"aliases repeat more than {MAX_COPIES:,} values", start)
            places.update(copied)  # type: ignore[arg-type]

    def _add(self, value: JSON, start: int) -> str:
        """Put a value where it belongs; returns its pointer."""
        if not self.stack:
            self.root.append(value)
            return ""
        frame = self.stack[-1]
        if isinstance(frame.target, list):
            frame.target.append(value)
            return f"{frame.pointer}/{len(frame.target) - 1}"
        if frame.key is None:
            raise self.error("a key is a text here, not a list, mapping or alias", start)
        key, frame.key = frame.key, None
        frame.target[key] = value
        return f"{frame.pointer}/{key.replace('~', '~0').replace('/', '~1')}"

    def _remarks(self) -> Iterator[Remark]:
        if "#" not in self.text:
            return
        number = 0
        for match in _COMMENT.finditer(self.text):
            while number < len(self.scalars) and self.scalars[number][1] <= match.start():
                number += 1
            if number < len(self.scalars) and self.scalars[number][0] <= match.start():
                continue  # a "#" inside a text is part of it
            start = self.base + match.start()
            yield Remark(
                body=match.group()[1:].strip(), start=start, end=start + len(match.group())
            )


def _start(event: Any) -> int:
    index: int = event.start_mark.index
    return index
