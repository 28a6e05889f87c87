"""The neutral form of a prompt between reading and writing: turns made of blocks.

A block is a paragraph or a named section; a section knows its name and body whatever marks it
(a tag, a heading, a label), so a step can change the marks without touching the words. A draft that
no step changed is written back byte for byte.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, Self

from promptops.prompts.model import MessageTemplate, Prompt

Role = Literal["system", "user", "assistant"]
Form = Literal["plain", "tag", "heading", "label", "inline"]

_LEVEL = 2
_NOT_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph or a section.

    Attributes:
        text: Template source as it stands.
        form: How a section is marked; ``plain`` for a paragraph.
        name: The section's name as written, empty for a paragraph.
        body: What the section holds, without its marks.
        head: The marks before the body.
        level: A heading's level, from 1; 0 for anything else.
        gap: White space up to the next block.
        frozen: Whether it holds a sentence that must stay word for word.
    """

    text: str
    form: Form = "plain"
    name: str = ""
    body: str = ""
    head: str = ""
    level: int = 0
    gap: str = ""
    frozen: bool = False

    @property
    def slug(self) -> str:
        """The name as a tag: ``Customer message`` is ``customer_message``."""
        return _NOT_WORD.sub("_", self.name.lower()).strip("_")

    @property
    def title(self) -> str:
        """The name as a heading: ``customer_message`` is ``Customer message``."""
        if self.form == "tag":
            words = self.name.replace("_", " ").replace("-", " ")
            return words[:1].upper() + words[1:]
        return self.name

    @property
    def shows_value(self) -> bool:
        """Whether a variable is rendered in it."""
        return "{{" in self.text

    def with_text(self, text: str) -> Self:
        """The block with other words; a section's marks stay as they are."""
        if self.form == "plain":
            return replace(self, text=text)
        tail = self.text[len(self.head) + len(self.body) :]
        return replace(self, body=text, text=f"{self.head}{text}{tail}")

    def with_form(self, form: Form) -> Self:
        """The section with other marks and the same body."""
        name = self.slug if form == "tag" else self.title
        head, tail = _marks(form, name)
        text = f"{head}{self.body}{tail}"
        level = _LEVEL if form == "heading" else 0
        return replace(self, form=form, name=name, head=head, level=level, text=text)

    @property
    def is_nameable(self) -> bool:
        """Whether the name can become a tag and be read back: a few plain words."""
        return re.fullmatch(r"[A-Za-z]+(?:[ _-][A-Za-z]+){0,4}", self.name) is not None

    @property
    def words(self) -> str:
        """What steps may reword: a section's body, a paragraph's text."""
        return self.text if self.form == "plain" else self.body


def _marks(form: Form, name: str) -> tuple[str, str]:
    """What stands before and after a section's body."""
    marks = {
        "tag": (f"<{name}>\n", f"\n</{name}>"),
        "heading": (f"{'#' * _LEVEL} {name}\n\n", ""),
        "label": (f"{name}:\n", ""),
        "inline": (f"{name}: ", ""),
    }
    return marks[form]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message.

    Attributes:
        role: Who speaks.
        blocks: What is said.
        example: Whether it is half of a solved example (a question that an assistant turn answers,
            or that answer): its words are data, not instructions.
    """

    role: Role
    blocks: tuple[Block, ...]
    example: bool = False

    @property
    def content(self) -> str:
        """The message's template source."""
        return "".join(block.text + block.gap for block in self.blocks)

    def with_blocks(self, blocks: tuple[Block, ...], *, gap: str = "") -> Self:
        """The turn with other blocks, each parted from the next.

        Args:
            blocks: The blocks.
            gap: White space between them; what stands there (or a blank line) when empty.
        """
        if not blocks:
            return replace(self, blocks=())
        spaced = [replace(block, gap=gap or _gap(block)) for block in blocks[:-1]]
        return replace(self, blocks=(*spaced, replace(blocks[-1], gap="")))

    def map(self, changed: tuple[Block, ...]) -> Self:
        """The turn with blocks changed one for one; the white space between stays."""
        return replace(self, blocks=changed)

    def map_sections(self, change: Callable[[Block], Block]) -> Self:
        """The turn with every section changed one for one; paragraphs stay."""
        return self.map(
            tuple(block if block.form == "plain" else change(block) for block in self.blocks)
        )


def _gap(block: Block) -> str:
    return block.gap if "\n" in block.gap else "\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A prompt in neutral form.

    Attributes:
        turns: The messages.
        prompt: The prompt it was read from: its contract (variables, output) never changes.
    """

    turns: tuple[Turn, ...]
    prompt: Prompt

    def messages(self) -> tuple[MessageTemplate, ...]:
        """The messages that the draft stands for; empty ones are left out."""
        return tuple(
            MessageTemplate(role=turn.role, content=turn.content)
            for turn in self.turns
            if turn.content.strip()
        )

    def with_turns(self, turns: tuple[Turn, ...]) -> Self:
        """The draft with other turns."""
        return replace(self, turns=turns)

    def reword(self, change: Callable[[str], str]) -> Self:
        """The draft with the words of its instructions changed.

        Examples, answers and blocks with a kept sentence stay as they are, and so does everything
        that is not plain text (see `promptops.rewrite.literals`). A paragraph that loses all its
        words is taken out.
        """
        return self.with_turns(tuple(_reworded(turn, change) for turn in self.turns))

    @property
    def untrusted(self) -> frozenset[str]:
        """Variables whose value somebody else writes, and what retrieval fills in."""
        names = {name for name, item in self.prompt.variables.items() if item.trust == "untrusted"}
        if self.prompt.retrieval:
            names.add(self.prompt.retrieval.into)
        return frozenset(names)

    def guards(self, block: Block) -> bool:
        """Whether a section's tags keep an untrusted value apart from the instructions."""
        if block.form != "tag":
            return False
        return any(re.search(rf"\{{\{{[^{{}}]*\b{name}\b", block.body) for name in self.untrusted)

    def mentions(self, pattern: str) -> bool:
        """Whether the instructions say something that the regular expression finds."""
        return any(
            re.search(pattern, block.words, re.IGNORECASE)
            for turn in self.turns
            for block in turn.blocks
            if not turn.example
        )


def _reworded(turn: Turn, change: Callable[[str], str]) -> Turn:
    if turn.example:
        return turn
    blocks = [
        block if block.frozen else block.with_text(change(block.words)) for block in turn.blocks
    ]
    if blocks == list(turn.blocks):
        return turn
    kept = tuple(block for block in blocks if block.words.strip())
    return turn.map(kept) if len(kept) == len(blocks) else turn.with_blocks(kept)
