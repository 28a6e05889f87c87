"""What a fix may change in a file, by the kind of file.

Four kinds are edited: plain texts (front matter excepted), YAML files, JSON files, and our prompt
files, which are YAML that must load as a prompt before and after. Tables and source code are not:
their texts are cells and literals, whose findings do not point into the file.
"""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath
from typing import Protocol

from promptops.core.canonical import JSON
from promptops.errors import PromptSyntaxError
from promptops.lint.finding import Edit, Finding
from promptops.lint.regions import Region, paint
from promptops.lint.rules import RULES
from promptops.lint.scalar_edits import NotEditableError, scalar_at, scalar_edit
from promptops.lint.slots import Tag, tags
from promptops.prompts.formats.json_places import read_placed_json
from promptops.prompts.loader import parse_prompt, template_sources
from promptops.prompts.positions import LineIndex, Position, scalar_offsets
from promptops.prompts.strict_yaml import read_yaml

_YAML = (".yaml", ".yml")
_CLOSED = (".py", ".pyi", ".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".ipynb")
_SHARED = ("anchors are not allowed", "aliases are not allowed")
_CHANGED = "the file has changed since it was checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Replace ``[start, end)`` of the file by ``written``.

    ``pointer``, ``first``, ``last`` and ``text`` are the same change inside a YAML value; a plain
    text is one value with the empty pointer.
    """

    start: int
    end: int
    written: str
    pointer: str
    first: int
    last: int
    text: str


class EditedFile(Protocol):
    """One kind of file."""

    def patches(self, finding: Finding) -> tuple[Patch, ...]:
        """The changes of a fix; raises `NotEditableError` when one of them may not be made."""
        ...

    def check(self, after: str, patches: Sequence[Patch]) -> None:
        """Raise `NotEditableError` when ``after`` differs in more than the patches say."""
        ...


def open_file(text: str, path: str) -> EditedFile:
    """The file as what its name says it is.

    Args:
        text: Its text without a byte order mark.
        path: Its name.

    Raises:
        NotEditableError: It is a table or source code, or cannot be read.
    """
    suffix = PurePath(path).suffix.lower()
    if suffix in _CLOSED:
        raise NotEditableError(f"texts inside {suffix} files are not rewritten: change it by hand")
    if suffix == ".json":
        return _Json(text, path)
    return _Yaml(text, path) if suffix in _YAML else _Plain(text)


class _Plain:
    """A file that is one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._index = LineIndex(text)
        self._newline = newline_of(text)
        self._body = _after_front_matter(text)

    def patches(self, finding: Finding) -> tuple[Patch, ...]:
        found = []
        for edit in _edits(finding):
            start, end = _stretch(self._index, edit)
            if start < self._body:
                raise NotEditableError("the front matter of a file is not rewritten")
            written = edit.text.replace("\r\n", "\n").replace("\n", self._newline)
            guard(self._text, (start, end), written, finding)
            found.append(
                Patch(
                    start=start,
                    end=end,
                    written=written,
                    pointer="",
                    first=start,
                    last=end,
                    text=written,
                )
            )
        return tuple(found)

    def check(self, after: str, patches: Sequence[Patch]) -> None:
        _same_tags(self._text, after, [(patch.first, patch.last, patch.text) for patch in patches])


class _Yaml:
    """A YAML or JSON file; when it is a prompt, it stays one."""

    def __init__(self, text: str, path: str) -> None:
        self._path = path
        try:
            self._document = read_yaml(text, path)
        except PromptSyntaxError as problem:
            reason = f"the file cannot be read: {problem.message}"
            if problem.message.startswith(_SHARED):
                reason = "no fix is made in a file with anchors or aliases: change it by hand"
            raise NotEditableError(reason) from None
        value = self._document.value
        self._is_prompt = isinstance(value, dict) and value.get("apiVersion") == "promptops/v1"
        self._newline = newline_of(text)
        self._offsets: dict[str, list[int]] = {}
        self._templates = self._template_pointers(text)

    def patches(self, finding: Finding) -> tuple[Patch, ...]:
        return tuple(self._patch(finding, edit) for edit in _edits(finding))

    def check(self, after: str, patches: Sequence[Patch]) -> None:
        try:
            document = read_yaml(after, self._path)
            if self._is_prompt:
                parse_prompt(after, self._path)
        except PromptSyntaxError as problem:
            raise NotEditableError(f"the file would not load: {problem.message}") from None
        by_pointer: dict[str, list[tuple[int, int, str]]] = {}
        for patch in patches:
            change = (patch.first, patch.last, patch.text)
            by_pointer.setdefault(patch.pointer, []).append(change)
        expected = self._document.value
        for pointer, changes in by_pointer.items():
            old = self._document.lookup(pointer)
            if not isinstance(old, str):
                raise NotEditableError("this value is no text")
            new = _changed(old, changes)
            if self._is_template(pointer):
                _same_tags(old, new, changes)
            expected = _replaced(expected, _parts(pointer), new)
        if document.value != expected or document.spans.keys() != self._document.spans.keys():
            raise NotEditableError("the words cannot be written into this kind of YAML text")

    def _patch(self, finding: Finding, edit: Edit) -> Patch:
        place = _stretch(self._document.index, edit)
        pointer = scalar_at(self._document, *place)
        if pointer is None:
            raise NotEditableError("the edit reaches over more than one value of the file")
        text = edit.text.replace("\r\n", "\n")
        value = self._value(pointer)
        if pointer not in self._offsets:
            span = self._document.spans[pointer]
            self._offsets[pointer] = scalar_offsets(self._document.text, span, value)
        offsets = self._offsets[pointer]
        found = scalar_edit(self._document, pointer, offsets, place, text, newline=self._newline)
        if self._is_template(pointer):
            guard(value, (found.first, found.last), text, finding)
        return Patch(
            start=found.start,
            end=found.end,
            written=found.written,
            pointer=pointer,
            first=found.first,
            last=found.last,
            text=text,
        )

    def _value(self, pointer: str) -> str:
        value = self._document.lookup(pointer)
        if not isinstance(value, str):
            raise NotEditableError("this value is no text")
        return value

    def _template_pointers(self, text: str) -> frozenset[str]:
        if not self._is_prompt:
            return frozenset()
        try:
            prompt = parse_prompt(text, self._path).prompt
        except PromptSyntaxError as problem:
            raise NotEditableError(f"the file does not load: {problem.message}") from None
        return frozenset(pointer for pointer, _ in template_sources(prompt))

    def _is_template(self, pointer: str) -> bool:
        """In a foreign format any text may be one."""
        return not self._is_prompt or pointer in self._templates


class _Json:
    """A JSON file; every text in it may be a template."""

    def __init__(self, text: str, path: str) -> None:
        self._path = path
        self._index = LineIndex(text)
        try:
            self._document = read_placed_json(text, path)
        except PromptSyntaxError as problem:
            raise NotEditableError(f"the file cannot be read: {problem.message}") from None

    def patches(self, finding: Finding) -> tuple[Patch, ...]:
        return tuple(self._patch(finding, edit) for edit in _edits(finding))

    def check(self, after: str, patches: Sequence[Patch]) -> None:
        try:
            document = read_placed_json(after, self._path)
        except PromptSyntaxError as problem:
            raise NotEditableError(f"the file would not load: {problem.message}") from None
        by_pointer: dict[str, list[tuple[int, int, str]]] = {}
        for patch in patches:
            change = (patch.first, patch.last, patch.text)
            by_pointer.setdefault(patch.pointer, []).append(change)
        expected = self._document.value
        for pointer, changes in by_pointer.items():
            old = text_at(self._document.value, pointer)
            new = _changed(old, changes)
            _same_tags(old, new, changes)
            expected = _replaced(expected, _parts(pointer), new)
        if document.value != expected or document.spans.keys() != self._document.spans.keys():
            raise NotEditableError("the words cannot be written into this JSON text")

    def _patch(self, finding: Finding, edit: Edit) -> Patch:
        start, end = _stretch(self._index, edit)
        spans = self._document.spans.items()
        found = (name for name, (first, last) in spans if first <= start and end <= last)
        pointer = next(found, None)
        if pointer is None:
            raise NotEditableError("the edit reaches over more than one value of the file")
        value = text_at(self._document.value, pointer)
        locate = self._document.locator(pointer)
        first, last = (bisect_left(range(len(value)), at, key=locate) for at in (start, end))
        if (locate(first), locate(last)) != (start, end):
            raise NotEditableError("the edit begins or ends between two characters of the text")
        text = edit.text.replace("\r\n", "\n")
        guard(value, (first, last), text, finding)
        written = json.dumps(text, ensure_ascii=False)[1:-1]
        return Patch(
            start=start,
            end=end,
            written=written,
            pointer=pointer,
            first=first,
            last=last,
            text=text,
        )


def text_at(value: JSON, pointer: str) -> str:
    """The text at a JSON pointer; raises `NotEditableError` when there is none."""
    for part in _parts(pointer):
        value = value[int(part)] if isinstance(value, list) else value[part]
    if not isinstance(value, str):
        raise NotEditableError("this value is no text")
    return value


def guard(value: str, stretch: tuple[int, int], text: str, finding: Finding) -> None:
    """Refuse to touch template tags, and regions that the rule does not speak about.

    Raises:
        NotEditableError: With what would be touched.
    """
    first, last = stretch
    found = _tags(value)
    # Tags stand in order and apart: the first one that ends behind the edit's start decides.
    at = bisect_right(found, first, key=lambda tag: tag.end)
    if at < len(found) and found[at].start < last:
        raise NotEditableError("the edit would change a template tag")
    if any(tag.kind != "value" for tag in tags(text)):
        raise NotEditableError("the edit would add a template statement")
    allowed = _regions(finding)
    if first == last or allowed is None:
        return
    if not _inside(_mask(value, Region.INSTRUCTION)[first:last], allowed):
        shot = _mask(value, Region.EXAMPLE)[first:last]
        if finding.region != Region.EXAMPLE or not _inside(shot, allowed):
            raise NotEditableError("the edit reaches into text that the rule does not speak about")


@lru_cache(maxsize=16)
def _tags(value: str) -> tuple[Tag, ...]:
    return tuple(tags(value))


@lru_cache(maxsize=16)
def _mask(value: str, base: Region) -> bytes:
    return paint(value, base=base, slots=[(tag.start, tag.end) for tag in _tags(value)])


def newline_of(text: str) -> str:
    """The line end of a file: that of most of its lines."""
    return "\r\n" if 2 * text.count("\r\n") > text.count("\n") else "\n"


def _edits(finding: Finding) -> tuple[Edit, ...]:
    if finding.row is not None:
        raise NotEditableError("a cell of a table is not rewritten: change it by hand")
    return finding.fix.edits if finding.fix else ()


def _stretch(index: LineIndex, edit: Edit) -> tuple[int, int]:
    places = []
    for line, column in ((edit.line, edit.column), (edit.end_line, edit.end_column)):
        offset = index.offset(Position(line, column))
        shown = index.position(offset)
        # One past a line's end is the next line's beginning: that is how a line end is named.
        past = (shown.line, shown.column) == (line + 1, 1)
        if (shown.line, shown.column) != (line, column) and not past:
            raise NotEditableError(_CHANGED)
        places.append(offset)
    start, end = places
    if end < start:
        raise NotEditableError(_CHANGED)
    return start, end


def _regions(finding: Finding) -> frozenset[Region] | None:
    rule = RULES.get(finding.code)
    if rule is not None:
        return rule.regions
    known = finding.region in {region.value for region in Region}
    return frozenset({Region(finding.region)}) if known else None


def _inside(mask: bytes, allowed: frozenset[Region]) -> bool:
    numbers = {number for number, region in enumerate(Region) if region in allowed}
    return set(mask) <= numbers


def _same_tags(before: str, after: str, changes: Sequence[tuple[int, int, str]]) -> None:
    """The tags of ``after`` are those of ``before`` and those that the changes bring, in order."""
    expected = [(tag.start, _key(before, tag)) for tag in _tags(before)]
    for first, _, text in changes:
        expected += [(first, _key(text, tag)) for tag in tags(text)]
    expected.sort(key=lambda item: item[0])
    if [key for _, key in expected] != [_key(after, tag) for tag in _tags(after)]:
        raise NotEditableError("the edit would change what is a template tag")


def _key(text: str, tag: Tag) -> str:
    return text[tag.start : tag.end]


def _changed(old: str, changes: Sequence[tuple[int, int, str]]) -> str:
    parts, done = [], 0
    for first, last, text in sorted(changes):
        parts += [old[done:first], text]
        done = last
    return "".join(parts) + old[done:]


def _parts(pointer: str) -> tuple[str, ...]:
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])


def _replaced(value: JSON, parts: Sequence[str], new: str) -> JSON:
    if not parts:
        return new
    name, rest = parts[0], parts[1:]
    if isinstance(value, list):
        at = int(name)
        return [*value[:at], _replaced(value[at], rest, new), *value[at + 1 :]]
    if not isinstance(value, dict):
        raise NotEditableError("this value is no text")
    return {**value, name: _replaced(value[name], rest, new)}


def _after_front_matter(text: str) -> int:
    """The offset after YAML front matter (``---`` to ``---``), 0 when there is none."""
    if not text.startswith(("---\n", "---\r\n")):
        return 0
    end = text.find("\n---", 3)
    line_end = text.find("\n", end + 1) if end >= 0 else -1
    return line_end + 1 if line_end >= 0 else 0
