"""The YAML block between two ``---`` lines at the top of a file."""

import re
from dataclasses import dataclass

from promptops.core.canonical import JSON
from promptops.errors import PromptSyntaxError
from promptops.prompts.formats.loose_yaml import LooseYaml, read_loose_yaml
from promptops.prompts.positions import LineIndex

# Dotprompt allows comments (a license, mostly) and blank lines above the block.
_OPENED = re.compile(r"(?:[ \t]{0,80}(?:#[^\n]{0,4000})?\r?\n){0,200}?---[ \t]{0,80}\r?\n")
_CLOSED = re.compile(r"^---[ \t]{0,80}(?:\r?\n|\Z)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """The block and where the text after it begins; ``yaml`` is None when there is no block."""

    yaml: LooseYaml | None
    body: int

    @property
    def meta(self) -> dict[str, JSON]:
        """What the block declares; empty when there is none."""
        value = self.yaml.value if self.yaml is not None else None
        return value if isinstance(value, dict) else {}


def read_front_matter(text: str, where: str) -> FrontMatter:
    """Read the block at the top of a file; a file need not have one.

    Raises:
        PromptSyntaxError: The block is not closed, not YAML, or not a mapping.
    """
    opened = _OPENED.match(text)
    if opened is None:
        return FrontMatter(yaml=None, body=0)
    closed = _CLOSED.search(text, opened.end())
    if closed is None:
        place = LineIndex(text).position(opened.end() - 1)
        raise PromptSyntaxError(
            "the --- block at the top is not closed", where=where, line=place.line, column=1
        )
    block = read_loose_yaml(
        text[opened.end() : closed.start()], where, file=text, base=opened.end()
    )
    if block.value is not None and not isinstance(block.value, dict):
        place = LineIndex(text).position(opened.end())
        raise PromptSyntaxError(
            "the --- block at the top is not a mapping of keys to values",
            where=where,
            line=place.line,
            column=place.column,
        )
    return FrontMatter(yaml=block, body=closed.end())
