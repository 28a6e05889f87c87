"""The files that a promptfoo configuration names, read only where they may be read.

A configuration of somebody else must not make us read any file there is: only what lies in its own
folder (and below) or in the folder we run in.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import yaml

from promptops.core.canonical import JSON
from promptops.core.files import read_text
from promptops.core.jsonl import parse_json
from promptops.errors import ImportFormatError, PromptOpsError, PromptSyntaxError
from promptops.prompts.formats.loose_yaml import read_loose_yaml

FILE = "file://"
CODE = (".py", ".js", ".ts", ".mjs", ".cjs", ".mts", ".cts", ".sh", ".rb", ".go")
TEXTS = (".txt", ".md", ".markdown", ".j2", ".jinja", ".jinja2")
MOST_FILES = 1000
_STANDARD = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(
    _STANDARD + name
    for name in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp", "merge", "value")
)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that was not imported, or not as it was: where it stands, and why.

    ``unread`` when a file that is named could not be read.
    """

    where: str
    text: str
    unread: bool = False


class UnreadableError(ValueError):
    """A part of a configuration that cannot be imported; the text says why."""


class UnreadFileError(UnreadableError):
    """A file that a configuration names is missing, forbidden or broken."""


def note_of(problem: UnreadableError, where: str, said: str = "") -> Note:
    """The note on what cannot be imported."""
    unread = isinstance(problem, UnreadFileError)
    return Note(where=where, text=f"{said}{problem}", unread=unread)


def files_of(reference: str, folder: Path) -> tuple[Path, ...]:
    """The files that a reference means, which may be a pattern, sorted.

    Raises:
        UnreadFileError: None is there, or one lies outside.
        UnreadableError: It is a program.
    """
    name = re.sub(r"(\.\w{1,4}):\w{1,100}$", r"\1", reference.removeprefix(FILE))
    if Path(name).suffix.lower() in CODE:
        raise UnreadableError(f"{name} is a program: what it makes is not known here")
    if name.startswith("/") or "\0" in name:
        raise UnreadFileError(f"{name} is outside of the configuration's folder")
    if re.search(r"[*?\[]", name):
        found = sorted(path for path in folder.glob(name) if path.is_file())
    elif (folder / name).is_dir():
        found = sorted(path for path in (folder / name).iterdir() if path.is_file())
    else:
        found = [folder / name]
    if not found or not all(path.is_file() for path in found):
        raise UnreadFileError(f"{name}: no such file")
    if len(found) > MOST_FILES:
        raise UnreadFileError(f"{name} means more than {MOST_FILES:,} files")
    for path in found:
        place = path.resolve()
        if not any(place.is_relative_to(root.resolve()) for root in (folder, Path.cwd())):
            raise UnreadFileError(f"{name} is outside of the configuration's folder")
    return tuple(found)


def text_of(path: Path) -> str:
    """The text of a file.

    Raises:
        UnreadFileError: It cannot be read, or is no text.
    """
    try:
        return read_text(path, ImportFormatError)
    except PromptOpsError as problem:
        raise UnreadFileError(f"{path.name}: {problem.message}") from problem


def read_strictly(text: str, where: str) -> JSON:
    """The value of a YAML text in which no key appears twice and no tag makes an object.

    promptfoo's own reader refuses both; `read_loose_yaml` takes them.

    Raises:
        PromptSyntaxError: Anything else, with its place.
    """
    value = read_loose_yaml(text, where).value
    waiting, seen = [yaml.compose(text, Loader=_Loader)], set()
    while waiting:
        node = waiting.pop()
        if node is None or id(node) in seen:  # an alias is the node itself
            continue
        seen.add(id(node))
        if node.tag not in _PLAIN_TAGS:
            tag = node.tag.replace(_STANDARD, "!!", 1)
            raise _at(
                node, f'the YAML tag "{tag}" is refused: a configuration makes no objects', where
            )
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            keys: set[str] = set()
            for key, each in node.value:
                if key.value in keys:
                    raise _at(key, f'the key "{key.value}" appears twice', where)
                keys.add(key.value)
                waiting += [key, each]
    return value


def _at(node: Any, message: str, where: str) -> PromptSyntaxError:
    mark = node.start_mark
    return PromptSyntaxError(message, where=where, line=mark.line + 1, column=mark.column + 1)


def value_of(path: Path) -> JSON:
    """What a YAML, JSON or text file holds.

    Raises:
        UnreadFileError: It cannot be read.
        UnreadableError: It is of another kind.
    """
    suffix = path.suffix.lower()
    if suffix in TEXTS:
        return text_of(path)
    if suffix not in (".yaml", ".yml", ".json", ".jsonl"):
        raise UnreadableError(f'{path.name}: "{suffix}" files are not read here')
    text = text_of(path)
    try:
        if suffix == ".jsonl":
            return [parse_json(line) for line in text.splitlines() if line.strip()]
        if suffix == ".json":
            return parse_json(text)
        return read_strictly(text, path.name)
    except PromptOpsError as problem:
        raise UnreadFileError(str(problem)) from problem
    except ValueError as problem:
        raise UnreadFileError(f"{path.name}: not JSON: {problem}") from problem


def table_of(path: Path) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV or TSV file by their header, each with its line.

    Raises:
        UnreadFileError: It cannot be read.
    """
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    reader = csv.DictReader(StringIO(text_of(path).removeprefix("\ufeff")), delimiter=delimiter)
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        for row in reader:
            cells = {name: cell or "" for name, cell in row.items() if isinstance(name, str)}
            rows.append((reader.line_num, cells))
    except csv.Error as problem:
        raise UnreadFileError(f"{path.name}: not CSV: {problem}") from problem
    return rows


def loaded(value: JSON, folder: Path) -> JSON:
    """A value, or what the one file holds that it names.

    Raises:
        UnreadableError: See `files_of` and `value_of`.
    """
    if not isinstance(value, str) or not value.startswith(FILE):
        return value
    paths: Sequence[Path] = files_of(value, folder)
    if len(paths) > 1:
        raise UnreadFileError(f"{value} means {len(paths)} files where one is needed")
    return value_of(paths[0])
