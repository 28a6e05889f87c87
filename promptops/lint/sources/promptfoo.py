"""promptfoo configurations (``promptfooconfig.yaml``): inline prompts and the files they name.

A prompt that is made by code or fetched from a service cannot be read here, and is told.

Source: promptfoo's documentation, "Prompt configuration"; read 2026-11-22.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from promptops.core.canonical import JSON
from promptops.core.files import read_text
from promptops.errors import PromptOpsError, PromptSyntaxError
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.sources.building import Places, broken, build, place_remarks, share
from promptops.lint.sources.chat_json import chat_messages
from promptops.lint.sources.model import Read, Source
from promptops.lint.sources.tables import read_csv
from promptops.prompts.formats.foreign import (
    ForeignMessage,
    ForeignPrompt,
    Locate,
    Syntax,
    composed,
    shifted,
)
from promptops.prompts.formats.github_prompt import yaml_messages
from promptops.prompts.formats.json_places import read_placed_json
from promptops.prompts.formats.loose_yaml import LooseYaml, read_loose_yaml

MOST_FILES = 1000
_DEEPEST = 3
_FILE = "file://"
_TEXTS = (".txt", ".md", ".markdown", ".j2", ".jinja", ".jinja2")
_TEMPLATES = (".j2", ".jinja", ".jinja2")
_LISTS = (".yaml", ".yml")
_CODE = (".py", ".js", ".ts", ".mjs", ".cjs", ".mts", ".cts", ".sh", ".rb", ".go")
_BARE_PATH = re.compile(r"[^\s{}]{1,200}\.(?:txt|md|j2|json|ya?ml|csv|py|js|ts|mjs|cjs)")
_SERVICE = re.compile(
    r"(?:langfuse|portkey|helicone|exec|https?|package|huggingface):", re.IGNORECASE
)
_CUT = re.compile(r"^---[ \t]{0,20}\r?$", re.MULTILINE)


def read_promptfoo(
    source: Source, *, depth: int = 0, seen: set[Path] | None = None
) -> Iterator[Read]:
    """Read the prompts of a configuration; a file that it names several times is read once.

    Args:
        source: The configuration.
        depth: How many configurations led to it.
        seen: The files that they have read.

    Raises:
        PromptSyntaxError: Not YAML, or without prompts.
    """
    known = seen if seen is not None else set()
    document = read_loose_yaml(source.content, source.shown)
    value, base = document.value, ""
    if isinstance(value, dict):
        value, base = value.get("prompts"), "/prompts"
    entries = list(_entries(value, base))
    if not entries:
        yield source.skipped("no prompts are in this configuration", line=1, column=1)
        return
    places = Places(source.content)
    inline: list[ParsedPrompt] = []
    for pointer, text, label in entries:
        for item in _entry(source, document, places, (pointer, text, label), depth, known):
            if isinstance(item, ParsedPrompt) and item.path == source.shown:
                inline.append(item)
            else:
                yield item
    if inline:
        remarks = [(remark, True) for remark in document.remarks]
        share(inline, place_remarks(remarks, source.content, places))
    yield from inline


def _entries(value: JSON, base: str) -> Iterator[tuple[str, JSON, str]]:
    """Pointer, text and label of each prompt; a mapping is the old way: files to labels."""
    if isinstance(value, str):
        yield base, value, ""
    elif isinstance(value, dict):
        for name, label in value.items():
            yield base, f"{_FILE}{name.removeprefix(_FILE)}", str(label)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            if isinstance(item, dict):
                label = str(item.get("label") or item.get("id") or "")
                key = next((key for key in ("raw", "file", "id") if key in item), "")
                text = item.get(key)
                if key == "file" and isinstance(text, str):
                    text = f"{_FILE}{text.removeprefix(_FILE)}"
                yield f"{base}/{number}/{key}" if key else f"{base}/{number}", text, label
            else:
                yield f"{base}/{number}", item, ""


def _entry(
    source: Source,
    document: LooseYaml,
    places: Places,
    entry: tuple[str, JSON, str],
    depth: int,
    seen: set[Path],
) -> Iterator[Read]:
    pointer, text, label = entry
    line, column = places.position(document.start(pointer))
    if not isinstance(text, str):
        yield source.skipped("a prompt is a text or names a file", line=line, column=column)
        return
    reference = text.strip()
    if _SERVICE.match(reference):
        yield source.skipped(f"{reference}: not a prompt in a file", line=line, column=column)
    elif reference.startswith(_FILE) or _BARE_PATH.fullmatch(reference):
        for found in _files(source, reference.removeprefix(_FILE)):
            if isinstance(found, str):
                yield source.skipped(found, line=line, column=column)
            elif (place := found[0].resolve()) not in seen:
                seen.add(place)
                yield from _file(found, depth, seen)
    else:
        locate = document.locator(pointer, text) if pointer in document.spans else shifted(0)
        foreign = ForeignPrompt(
            name=label, messages=_turns(text, source.shown, locate), syntax="jinja"
        )
        yield broken(text, "values", source, locate) or build(foreign, source, places)


def _turns(text: str, where: str, locate: Locate) -> tuple[ForeignMessage, ...]:
    """A chat in JSON or YAML gives its messages, any other text one of the user."""
    start = text.lstrip()[:40]
    messages: tuple[ForeignMessage, ...] | None = None
    try:
        if start.startswith(("[", "{")):
            messages = chat_messages(read_placed_json(text, where))
        elif re.match(r"-[ \t]{1,20}(?:role|content)[ \t]{0,4}:", start):
            document = read_loose_yaml(text, where)
            messages = yaml_messages(document, "", document.value, text, where)
    except PromptSyntaxError:
        messages = None  # template tags may make it a chat only when it is rendered
    if messages is None:
        return (ForeignMessage(role="user", text=text, locate=locate),)
    return tuple(
        ForeignMessage(role=turn.role, text=turn.text, locate=composed(turn.locate, locate))
        for turn in messages
    )


def _files(source: Source, name: str) -> Iterator[tuple[Path, str] | str]:
    """The files that a reference means, each with the path to show; or why there is none."""
    # promptfoo lets a reference name a function of the file: prompts.py:make_prompt.
    name = re.sub(r"(\.\w{1,4}):\w{1,100}$", r"\1", name)
    if source.path is None:
        yield f"{name} cannot be found: this text has no place among files"
        return
    folder = source.path.parent
    if PurePosixPath(name).is_absolute() or "\0" in name:
        yield f"{name} is outside of this folder and of the one linted from"
        return
    try:
        found = sorted(folder.glob(name))[:MOST_FILES] if re.search(r"[*?\[]", name) else []
        found = found or [folder / name]
        for path in found:
            if not _inside(path, folder):
                yield f"{name} is outside of this folder and of the one linted from"
            elif not path.is_file():
                yield f"{name}: no such file"
            else:
                relative = path.relative_to(folder).as_posix()
                yield path, _joined(source.shown, relative)
    except (OSError, RuntimeError, ValueError, NotImplementedError) as problem:
        yield f"{name} cannot be looked up: {problem}"


def _inside(path: Path, folder: Path) -> bool:
    """A configuration of somebody else must not make us read (and quote) any file there is."""
    place = path.resolve()
    return any(place.is_relative_to(root.resolve()) for root in (folder, Path.cwd()))


def _joined(shown: str, relative: str) -> str:
    parts = list(PurePosixPath(shown).parent.parts)
    for part in PurePosixPath(relative).parts:
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        else:
            parts.append(part)
    return PurePosixPath(*parts).as_posix()


def _file(found: tuple[Path, str], depth: int, seen: set[Path]) -> Iterator[Read]:
    path, shown = found
    suffix = path.suffix.lower()
    own = Source(text=None, shown=shown, path=path)
    if suffix == ".csv":
        yield from read_csv(own)
        return
    if suffix in _CODE or suffix not in (*_TEXTS, *_LISTS, ".json"):
        kind = "is a program" if suffix in _CODE else "is of a kind that is not read here"
        yield own.skipped(f"{kind}: what it makes of its inputs is not known")
        return
    try:
        text = read_text(path, PromptSyntaxError)
    except PromptOpsError as problem:
        yield own.skipped(problem.message)
        return
    own = Source(text=text, shown=shown, path=path)
    if suffix in _LISTS and not _is_chat_yaml(text, shown):
        if depth < _DEEPEST:
            yield from read_promptfoo(own, depth=depth + 1, seen=seen)
        else:
            yield own.skipped(f"configurations refer to each other more than {_DEEPEST} times")
        return
    places = Places(text)
    for start, end in _sections(text) if suffix == ".txt" else [(0, len(text))]:
        messages = _turns(text[start:end], shown, shifted(start))
        foreign = ForeignPrompt(name="", messages=messages, syntax="jinja")
        language: Syntax = "jinja" if suffix in _TEMPLATES else "values"
        fault = broken(text[start:end], language, own, shifted(start))
        yield fault or build(foreign, own, places)


def _is_chat_yaml(text: str, shown: str) -> bool:
    value = read_loose_yaml(text, shown).value
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, Mapping) and "content" in item for item in value)
    )


def _sections(text: str) -> list[tuple[int, int]]:
    """The prompts of a text file; a line of three dashes stands between two of them."""
    cuts = list(_CUT.finditer(text))
    starts = [0, *(cut.end() for cut in cuts)]
    ends = [*(cut.start() for cut in cuts), len(text)]
    return [(a, b) for a, b in zip(starts, ends, strict=True) if text[a:b].strip()]
