"""Mark sections with markdown headings."""

from typing import ClassVar

from promptops.rewrite.draft import Block, Draft, Turn
from promptops.rewrite.sections import holds_more_than_a_value, is_referred_to, paired_names
from promptops.rewrite.step import Step

_INSTRUCTIONS = "Instructions"


class ToHeadings(Step):
    """Turns tags and label lines into headings: ``<context>`` becomes ``## Context``.

    A message that is one section, or has headings already, stays as it is; so do solved examples,
    sections that the text refers to by their marks, and tags around an untrusted value, which keep
    it apart from the instructions. One-line inputs
    (``Question: ...``) become headings only next to sections that do. A paragraph behind a section
    gets a heading of its own, or it would belong to the section.
    """

    name: ClassVar[str] = "to-headings"
    topic: ClassVar[str] = "delimiters"
    values: ClassVar[frozenset[str]] = frozenset({"markdown"})
    reason: ClassVar[str] = "marks the parts with markdown headings"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        if any(turn.example for turn in draft.turns) or any(map(_shows_input, draft.instructing())):
            # The real input must look like the examples'.
            return draft
        return draft.with_turns(tuple(_headed(turn, draft) for turn in draft.turns))

    def undo(self, draft: Draft) -> Draft:
        """See `Step.undo`."""
        return draft.with_turns(tuple(turn.map_sections(_tagged) for turn in draft.turns))


def _headed(turn: Turn, draft: Draft) -> Turn:
    if len(turn.blocks) < 2 or any(block.text.startswith("#") for block in turn.blocks):
        return turn
    if not any(_fits(block) for block in turn.blocks):
        return turn
    paired = paired_names(draft)
    if any(block.name in paired or _is_kept(block, draft) for block in turn.blocks):
        return turn  # half a page of headings is worse than none
    blocks: list[Block] = []
    headed = False
    for block in turn.blocks:
        if _fits(block, inline=True):
            blocks.append(block.with_form("heading"))
            headed = True
        elif block.form != "plain" or not headed or _is_cue(block, turn):
            blocks.append(block)
        elif block.shows_value or block.kind == "other":
            return turn  # it would belong to the section before it
        elif blocks[-1].name == _INSTRUCTIONS or block.order == "bound":
            blocks.append(block)
        else:
            blocks.append(_section(_INSTRUCTIONS, block))
    return turn.with_blocks(tuple(blocks), gap="\n\n")


def _is_kept(block: Block, draft: Draft) -> bool:
    return _fits(block, inline=True) and is_referred_to(block, draft)


def _shows_input(block: Block) -> bool:
    return block.kind == "example" and "<input>" in block.body


def _is_cue(block: Block, turn: Turn) -> bool:
    """Whether it ends the message and only waits for the answer (``Answer:``)."""
    return block is turn.blocks[-1] and block.order == "lead"


def _section(name: str, block: Block) -> Block:
    named = Block(text="", form="label", name=name, body=block.text, frozen=block.frozen)
    return named.with_form("heading")


def _fits(block: Block, *, inline: bool = False) -> bool:
    """Whether a heading can stand for the marks: the body has no structure of its own."""
    if block.guards or block.form not in ("tag", "label", "inline" if inline else "label"):
        return False
    return not any(line.startswith(("#", "<")) for line in block.body.split("\n"))


def _tagged(block: Block) -> Block:
    """The section with tags, where the heading is exactly the one that comes back."""
    if block.form != "heading" or not block.is_nameable or holds_more_than_a_value(block):
        return block
    tagged = block.with_form("tag")
    return tagged if tagged.with_form("heading").text == block.text else block
