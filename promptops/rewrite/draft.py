"""The neutral form of a prompt between reading and writing: turns made of blocks.

A block is a paragraph or a named section; a section knows its name and body whatever marks it
(a tag, a heading, a label), so a step can change the marks without touching the words. Each block
also knows what it is for (kind), whose words it shows (trust), whether it must stay word for word
(frozen) and what may be moved (order). A draft that no step changed is written back byte for byte.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, Self

from promptops.prompts.model import MessageTemplate, Prompt

Role = Literal["system", "user", "assistant"]
Form = Literal["plain", "tag", "heading", "label", "inline"]
Kind = Literal[
    "instruction", "context", "question", "example", "format", "persona", "data", "other"
]
Trust = Literal["trusted", "untrusted"]
Order = Literal["free", "lead", "bound"]

_LEVEL = 2
_SENTENCE_WORDS = frozenset({"are", "i", "is", "it", "was", "we", "will", "you"})
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
        kind: What it is for: ``context`` is material to work on, ``question`` what is asked about
            it, ``data`` any other value, ``other`` neither words nor a value.
        trust: ``untrusted`` when it shows a value that somebody else writes.
        order: What may be moved: a ``lead`` introduces the block behind it, which is ``bound`` to
            it; ``free`` may be moved alone.
    """

    text: str
    form: Form = "plain"
    name: str = ""
    body: str = ""
    head: str = ""
    level: int = 0
    gap: str = ""
    frozen: bool = False
    kind: Kind = "instruction"
    trust: Trust = "trusted"
    order: Order = "free"

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
        """The section with other marks and the same body, without blank lines around it."""
        name = self.slug if form == "tag" else self.title
        head, tail = _marks(form, name)
        body = self.body.strip("\n")
        level = _LEVEL if form == "heading" else 0
        text = f"{head}{body}{tail}"
        return replace(self, form=form, name=name, body=body, head=head, level=level, text=text)

    @property
    def guards(self) -> bool:
        """Whether its tags keep an untrusted value apart from the instructions."""
        return self.form == "tag" and self.trust == "untrusted"

    @property
    def is_nameable(self) -> bool:
        """Whether the name can become a tag and be read back: a few plain words."""
        if not re.fullmatch(r"[A-Za-z]{3,}(?:[ _-][A-Za-z]+){0,4}", self.name):
            return False
        return not _SENTENCE_WORDS & set(self.slug.split("_"))

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
        family: The model family it is meant for, "" when there is none.
    """

    turns: tuple[Turn, ...]
    prompt: Prompt
    family: str = ""

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

    def instructing(self) -> Iterator[Block]:
        """The blocks outside of solved examples."""
        return (block for turn in self.turns if not turn.example for block in turn.blocks)

    def mentions(self, pattern: str) -> bool:
        """Whether the instructions say something that the regular expression finds."""
        return any(re.search(pattern, block.words, re.IGNORECASE) for block in self.instructing())


def _reworded(turn: Turn, change: Callable[[str], str]) -> Turn:
    if turn.example:
        return turn
    blocks = [
        block if block.frozen else block.with_text(change(block.words)) for block in turn.blocks
    ]
    if blocks == list(turn.blocks):
        return turn
    kept = tuple(
        block
        for block, before in zip(blocks, turn.blocks, strict=True)
        if block.words.strip() or not before.words.strip()
    )
    return turn.map(kept) if len(kept) == len(blocks) else turn.with_blocks(kept)
