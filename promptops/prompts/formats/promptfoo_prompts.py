"""The prompts of a promptfoo configuration: inline, in text files, as chats.

Source: promptfoo's documentation, "Prompt configuration"; read 2026-11-22.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from promptops.core.canonical import JSON
from promptops.core.jsonl import parse_json
from promptops.errors import PromptOpsError
from promptops.prompts.formats.foreign import role_named
from promptops.prompts.formats.loose_yaml import read_loose_yaml
from promptops.prompts.formats.promptfoo_files import (
    FILE,
    Note,
    UnreadableError,
    files_of,
    note_of,
    table_of,
    text_of,
)
from promptops.prompts.nodes import TemplateFaultError
from promptops.prompts.template import compile_template

_BARE_PATH = re.compile(r"[^\s{}]{1,200}\.(?:txt|md|j2|json|ya?ml|csv|py|js|ts|mjs|cjs|sh|rb)")
_SERVICE = re.compile(r"(?:langfuse|portkey|helicone|exec|https?|package):", re.IGNORECASE)
_CUT = re.compile(r"^---[ \t]{0,20}\r?$", re.MULTILINE)
_ENVIRONMENT = "env"


@dataclass(frozen=True, slots=True, kw_only=True)
class FooPrompt:
    """One prompt: its label (may be empty), its messages, and the variables that they use."""

    where: str
    label: str
    messages: tuple[tuple[str, str], ...]
    names: frozenset[str]


def read_prompts(value: JSON, folder: Path, where: str) -> Iterator[FooPrompt | Note]:
    """The prompts, and a note for each that cannot be said in our template language.

    Args:
        value: What stands under ``prompts``.
        folder: The configuration's.
        where: The configuration's name.
    """
    if isinstance(value, str):
        value = [value]
    if isinstance(value, dict):  # the old way: files to labels
        value = [{"id": f"{FILE}{name.removeprefix(FILE)}", "label": value[name]} for name in value]
    if not isinstance(value, list):
        yield Note(where=where, text="`prompts` is neither a text nor a list")
        return
    for number, item in enumerate(value, start=1):
        place = f"{where} prompt {number}"
        label, text = "", item
        if isinstance(item, dict):
            label = str(item.get("label") or "")
            text = item.get("raw", item.get("id", item.get("file")))
        if not isinstance(text, str):
            yield Note(where=place, text="a prompt is a text or names a file")
            continue
        try:
            yield from _entry(text, label, folder, place)
        except UnreadableError as problem:
            yield note_of(problem, place)


def _entry(text: str, label: str, folder: Path, place: str) -> Iterator[FooPrompt | Note]:
    reference = text.strip()
    if _SERVICE.match(reference):
        raise UnreadableError(f"{reference}: not a prompt in a file")
    if not reference.startswith(FILE) and not _BARE_PATH.fullmatch(reference):
        yield _prompt(text, label, place)
        return
    for path in files_of(reference, folder):
        for name, part in _parts(path, label):
            yield _prompt(part, name, path.name)


def _parts(path: Path, label: str) -> Iterator[tuple[str, str]]:
    """Label and text of each prompt in a file."""
    suffix = path.suffix.lower()
    if suffix == ".csv":
        for _, row in table_of(path):
            if row.get("prompt", "").strip():
                yield row.get("label") or label or path.stem, row["prompt"]
        return
    text = text_of(path)
    pieces = [piece.strip() for piece in _CUT.split(text)] if suffix == ".txt" else [text]
    pieces = [piece for piece in pieces if piece.strip()]
    for number, piece in enumerate(pieces, start=1):
        name = label or path.stem
        yield (f"{name} {number}" if len(pieces) > 1 else name), piece


def _prompt(text: str, label: str, where: str) -> FooPrompt | Note:
    try:
        messages = chat_of(text) or (("user", text),)
        used = [compile_template(content).names for _, content in messages]
    except TemplateFaultError as fault:
        return Note(where=where, text=f"its template: {fault.message}")
    except UnreadableError as problem:
        return Note(where=where, text=str(problem))
    names = frozenset().union(*used)
    if _ENVIRONMENT in names:
        return Note(where=where, text="its template reads environment variables")
    return FooPrompt(where=where, label=label, messages=messages, names=names)


def chat_of(text: str) -> tuple[tuple[str, str], ...]:
    """The messages of a text that is a chat in JSON or YAML; empty for any other text.

    Raises:
        UnreadableError: A chat with parts that are no text, or with tools' answers.
    """
    start = text.lstrip()[:40]
    try:
        if start.startswith("["):
            value = parse_json(text)
        elif re.match(r"-[ \t]{1,20}(?:role|content)[ \t]{0,4}:", start):
            value = read_loose_yaml(text, "").value
        else:
            return ()
    except (ValueError, PromptOpsError):
        return ()  # template tags may make it a chat only when it is rendered
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return ()
    messages = []
    for item in value:
        if not {"role", "content"} <= item.keys():
            return ()
        role = role_named(str(item["role"]))
        if role == "tool" or not isinstance(item["content"], str):
            raise UnreadableError("a message that is not text of system, user or assistant")
        messages.append((role, item["content"]))
    return tuple(messages)
