"""Documents cut into chunks at their headings.

A chunk is known by the digest of its normalized text, so a re-wrapped or moved paragraph keeps its
identity, its vector and every answer that was given from it; only what really changed is new.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from promptops.core.canonical import digest_bytes
from promptops.knowledge.kb import Document, KnowledgeBase, normalize

CHUNKER = "md-heading@1"
"""Name and version of the method; part of every index fingerprint. A change here is a new one."""

_LARGEST = 1000
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_TITLE = re.compile(r"^title:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)(?:\s+#+)?$")
_FENCE = re.compile(r"^\s*(```+|~~~+)")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A piece of a document that is embedded, retrieved and shown to a model as one.

    Args:
        id: ``sha256:`` digest of ``text``.
        doc: Path of its document.
        heading: The titles above it, outermost first: ``Refunds > Deadlines``.
        text: The heading, then the normalized body.
    """

    id: str
    doc: str
    heading: str
    text: str


def chunk(document: Document) -> tuple[Chunk, ...]:
    """Cut a document at its headings; a section over 1000 characters is cut between its blocks.

    A cut table repeats its header rows. Front matter is left out, its title is kept as the
    outermost heading.
    """
    title, body = _front_matter(document.text.replace("\r\n", "\n"))
    chunks: list[Chunk] = []
    for headings, lines in _sections(normalize(body)):
        path = [title, *headings] if title and headings[:1] != [title] else headings
        heading = " > ".join(path) or _name(document.path)
        for piece in _pieces(lines) or [""]:
            text = f"{heading}\n{piece}" if piece else heading
            chunks.append(
                Chunk(id=digest_bytes(text.encode()), doc=document.path, heading=heading, text=text)
            )
    return tuple(chunks)


def chunk_kb(kb: KnowledgeBase) -> tuple[Chunk, ...]:
    """The chunks of every document, in order; of equal chunks the first stays."""
    unique: dict[str, Chunk] = {}
    for document in kb.documents:
        for part in chunk(document):
            unique.setdefault(part.id, part)
    return tuple(unique.values())


def _front_matter(text: str) -> tuple[str, str]:
    match = _FRONT_MATTER.match(text)
    if match is None:
        return "", text
    title = _TITLE.search(match[1])
    return (title[1].strip("\"'") if title else ""), text[match.end() :]


def _name(path: str) -> str:
    stem = path.rpartition("/")[2].removesuffix(".md")
    return re.sub(r"[-_]+", " ", stem)


def _sections(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """The titles above each section, and its lines.

    A section without a body is passed over when sections below it carry its title on; a question
    that is a mere heading is kept.
    """
    headings: list[tuple[int, str]] = []
    body: list[str] = []
    fence = ""
    for line in text.split("\n"):
        fence = _fence_after(fence, line)
        heading = None if fence else _HEADING.match(line)
        if heading is None:
            body.append(line)
            continue
        level = len(heading[1])
        if _is_said(body) or (headings and headings[-1][0] >= level):
            yield [name for _, name in headings], body
        body = []
        headings = [*(above for above in headings if above[0] < level), (level, heading[2])]
    if _is_said(body) or headings:
        yield [name for _, name in headings], body


def _is_said(body: Iterable[str]) -> bool:
    return any(line.strip() for line in body)


def _fence_after(fence: str, line: str) -> str:
    """The fence that is open after a line; empty when none is."""
    mark = _FENCE.match(line)
    if mark is None:
        return fence
    if not fence:
        return mark[1]
    return "" if mark[1].startswith(fence) and line.strip() == mark[1] else fence


def _pieces(lines: Iterable[str]) -> list[str]:
    """Lines packed into texts of at most `_LARGEST` characters, cut between lines."""
    pieces: list[str] = []
    piece: list[str] = []
    size = 0
    table: list[str] = []
    for line in _short_lines(lines):
        is_row = line.startswith("|")
        table = [*table, line][:2] if is_row else []
        if piece and size + len(line) > _LARGEST:
            pieces.append("\n".join(piece).strip("\n"))
            piece = list(table) if is_row and line not in table else []
            size = sum(len(row) + 1 for row in piece)
        piece.append(line)
        size += len(line) + 1
    pieces.append("\n".join(piece).strip("\n"))
    return [text for text in pieces if text]


def _short_lines(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if len(line) <= _LARGEST:
            yield line
        else:
            yield from _wrap(_SENTENCE_END.split(line), " ")


def _wrap(parts: list[str], separator: str) -> Iterator[str]:
    """Parts joined up to `_LARGEST`; a longer part is cut at spaces, then anywhere."""
    line = ""
    for part in parts:
        if len(part) > _LARGEST:
            if line:
                yield line
            line = ""
            if " " in part:
                yield from _wrap(part.split(" "), " ")
            else:
                starts = range(0, len(part), _LARGEST)
                yield from (part[start : start + _LARGEST] for start in starts)
        elif line and len(line) + len(separator) + len(part) > _LARGEST:
            yield line
            line = part
        else:
            line = f"{line}{separator}{part}" if line else part
    if line:
        yield line
