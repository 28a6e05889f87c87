"""A knowledge base: a folder of markdown documents with one version.

    datasets/kb/<name>/kb.yaml      name, label ("2026-06"), title
    datasets/kb/<name>/**/*.md      the documents

The version is a digest over paths and normalized texts, so re-wrapped lines make no new version.
DVC's md5 of the same folder is computed here too, to bind the version to ``dvc.lock``.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from promptops.core.canonical import digest, digest_bytes
from promptops.core.files import read_text
from promptops.errors import KnowledgeBaseError

KB_FILE = "kb.yaml"
JOURNAL = ".update.json"
"""In the folder while an update is being applied: its documents are of two versions then."""

_LARGEST_DOCUMENT = 4 * 1024 * 1024
_FENCE = re.compile(r"^\s*(```+|~~~+)")
_OWN_LINE = re.compile(r"^\s*([-*+]\s|\d+[.)]\s|>)")
_WHOLE_LINE = re.compile(r"^\s*(#{1,6}\s|\||={3,}\s*$|-{3,}\s*$)")


class KBSettings(BaseModel):
    """What ``kb.yaml`` says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)
    label: str = Field(min_length=1, max_length=64)
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document.

    Args:
        path: Path within the knowledge base, with forward slashes.
        text: Its text as it stands in the file.
        digest: Digest of the normalized text.
    """

    path: str
    text: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class KnowledgeBase:
    """A knowledge base at one version; documents in order of their path."""

    name: str
    label: str
    documents: tuple[Document, ...]
    title: str = ""

    @cached_property
    def version(self) -> str:
        """``sha256:`` digest over (path, digest of normalized text); the label is not part."""
        return digest([[document.path, document.digest] for document in self.documents])

    def document(self, path: str) -> Document | None:
        """The document at a path, or None."""
        return next((document for document in self.documents if document.path == path), None)


def load_kb(folder: Path) -> KnowledgeBase:
    """Read a knowledge base.

    Raises:
        KnowledgeBaseError: No such folder, no or a broken ``kb.yaml``, no documents, a document
            that is not UTF-8 or larger than 4 MiB, or an update that was interrupted.
    """
    settings = load_settings(folder)
    if (folder / JOURNAL).exists():
        raise KnowledgeBaseError(
            "an update of this knowledge base was interrupted",
            where=str(folder),
            hint="apply the update again: it finishes",
        )
    documents = tuple(
        make_document(path.relative_to(folder).as_posix(), _document_text(path))
        for path in document_paths(folder)
    )
    if not documents:
        raise KnowledgeBaseError("a knowledge base needs at least one .md file", where=str(folder))
    return KnowledgeBase(
        name=settings.name, label=settings.label, title=settings.title, documents=documents
    )


def load_settings(folder: Path) -> KBSettings:
    """Read ``kb.yaml`` alone.

    Raises:
        KnowledgeBaseError: No such folder, or no or a broken ``kb.yaml``.
    """
    if not folder.is_dir():
        raise KnowledgeBaseError("no such knowledge base", where=str(folder))
    path = folder / KB_FILE
    if not path.exists():
        raise KnowledgeBaseError(
            "no such file", where=str(path), hint="write one that gives name, label and title"
        )
    text = read_text(path, KnowledgeBaseError)
    try:
        values: Any = yaml.safe_load(text)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise KnowledgeBaseError("this is not YAML", where=place) from problem
    if not isinstance(values, Mapping):
        raise KnowledgeBaseError(f"{KB_FILE} is a mapping of name, label, title", where=str(path))
    # YAML reads an unquoted 2026-06-01 as a date; a label is text.
    values = {key: str(value) if key == "label" else value for key, value in values.items()}
    try:
        return KBSettings.model_validate(values)
    except ValidationError as problem:
        first = problem.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise KnowledgeBaseError(f'"{name}": {first["msg"]}', where=str(path)) from problem


def document_paths(folder: Path) -> list[Path]:
    """The markdown files below a folder, hidden ones left out, in order of their path inside."""
    found = [
        path
        for path in folder.rglob("*.md")
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def make_document(path: str, text: str) -> Document:
    """A document from its text."""
    return Document(path=path, text=text, digest=digest_bytes(normalize(text).encode()))


def normalize(text: str) -> str:
    """Text with white space that means nothing removed: two wrappings of one text are equal.

    Lines of a paragraph are joined; headings, list items, table rows and quotes keep lines of their
    own; fenced code keeps its lines and indentation. Normalizing again changes nothing.
    """
    lines: list[str] = []
    words: list[str] = []
    fence = ""

    def close() -> None:
        if not words:
            return
        block = " ".join(words)
        words.clear()
        if lines and not _OWN_LINE.match(block) and not _WHOLE_LINE.match(block):
            lines.append("")
        lines.append(block)

    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        mark = _FENCE.match(line)
        if fence or mark:
            close()
            lines.append(line.rstrip())
            if not fence and mark:
                fence = mark[1]
            elif mark and line.strip() == mark[1] and mark[1].startswith(fence):
                fence = ""
        elif not line.strip():
            close()
        elif _WHOLE_LINE.match(line):
            close()
            words.extend(line.split())
            close()
        else:
            if _OWN_LINE.match(line):
                close()
            words.extend(line.split())
    close()
    return "\n".join(lines)


def dvc_md5(folder: Path) -> str:
    """The ``<md5>.dir`` that DVC 3 gives a folder, without DVC.

    Method: md5 of the JSON list of (md5, relative path) of every file, sorted by path, as dvc-data
    writes a directory object. Files that ``.dvcignore`` names are not handled.

    Raises:
        KnowledgeBaseError: No such folder.
    """
    if not folder.is_dir():
        raise KnowledgeBaseError("no such folder", where=str(folder))
    entries = [
        {
            "md5": hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest(),
            "relpath": path.relative_to(folder).as_posix(),
        }
        for path in folder.rglob("*")
        if path.is_file()
    ]
    entries.sort(key=lambda entry: entry["relpath"])
    listing = json.dumps(entries, sort_keys=True).encode()
    return hashlib.md5(listing, usedforsecurity=False).hexdigest() + ".dir"


def _document_text(path: Path) -> str:
    if path.stat().st_size > _LARGEST_DOCUMENT:
        raise KnowledgeBaseError("a document is at most 4 MiB", where=str(path))
    return read_text(path, KnowledgeBaseError)
