"""What the tags of rules stand for: an article of a law, an entry of a list of risks.

The data is ``taxonomy.yaml`` beside this module.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from promptops.core.suggest import did_you_mean
from promptops.errors import InputError

_FILE = Path(__file__).with_name("taxonomy.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One entry of a framework.

    Attributes:
        id: As rules write it: ``owasp-llm01``.
        framework: The id of its `Framework`.
        number: What the publisher calls it: ``LLM01:2025``.
        title: The publisher's title.
        url: Where it is published.
        text: One sentence of ours on what it means for a prompt.
    """

    id: str
    framework: str
    number: str
    title: str
    url: str
    text: str

    @property
    def label(self) -> str:
        """Number and title, once when they are the same word."""
        if self.number.lower() == self.title.lower() or self.number.isdigit():
            return self.title
        return f"{self.number} {self.title}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """A law, standard or list that tags refer to; ``version`` may be empty."""

    id: str
    title: str
    version: str
    organization: str
    url: str
    tags: tuple[Tag, ...]


@cache
def frameworks() -> Mapping[str, Framework]:
    """Every framework by its id, in the order of the file."""
    import yaml

    rows: list[dict[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))["frameworks"]
    return {row["id"]: _framework(row) for row in rows}


@cache
def tags() -> Mapping[str, Tag]:
    """Every tag by its id, in the order of the file."""
    return {tag.id: tag for framework in frameworks().values() for tag in framework.tags}


def tag(tag_id: str) -> Tag:
    """One tag.

    Raises:
        InputError: There is none of this id.
    """
    known = tags()
    if tag_id not in known:
        raise InputError(f'no tag is called "{tag_id}"', hint=did_you_mean(tag_id, known))
    return known[tag_id]


def known_tags(tag_ids: Iterable[str]) -> tuple[Tag, ...]:
    """The tags of these ids; ids of tags that a workspace made up are left out."""
    known = tags()
    return tuple(known[tag_id] for tag_id in tag_ids if tag_id in known)


def references(tag_ids: Iterable[str]) -> list[str]:
    """Tags as a Markdown list: framework, linked title, and what it means for a prompt."""
    lines = []
    for entry in known_tags(tag_ids):
        framework = frameworks()[entry.framework]
        title = f"{framework.title} {framework.version}".strip()
        lines.append(f"- `{entry.id}`: {title}, [{entry.label}]({entry.url}). {entry.text}")
    return lines


def _framework(row: Mapping[str, Any]) -> Framework:
    entries = tuple(
        Tag(
            id=entry["id"],
            framework=row["id"],
            number=entry["number"],
            title=entry["title"],
            url=entry.get("url", row["url"]),
            text=entry["text"],
        )
        for entry in row["tags"]
    )
    return Framework(
        id=row["id"],
        title=row["title"],
        version=row.get("version", ""),
        organization=row["organization"],
        url=row["url"],
        tags=entries,
    )
