"""Mark sections with markdown headings."""

from typing import ClassVar

from promptops.rewrite.draft import Block, Draft, Turn

_INSTRUCTIONS = "Instructions"


class ToHeadings:
    """Turns tags and label lines into headings: ``<context>`` becomes ``## Context``.

    One-line inputs (``Question: ...``) and solved examples stay as they are: a heading for a line
    is noise. So does a message that has headings already. A paragraph after a section gets a
    heading of its own, or it would belong to the section.
    """

    name: ClassVar[str] = "to-headings"
    topic: ClassVar[str] = "delimiters"
    values: ClassVar[frozenset[str]] = frozenset({"markdown"})
    reason: ClassVar[str] = "marks the parts with markdown headings"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        if any(turn.example for turn in draft.turns):
            # The real input must look like the examples'.
            return draft
        return draft.with_turns(tuple(_headed(turn) for turn in draft.turns))


def _headed(turn: Turn) -> Turn:
    if any(block.form == "heading" or block.text.startswith("#") for block in turn.blocks):
        return turn
    blocks: list[Block] = []
    for block in turn.blocks:
        if block.form in ("tag", "label") and not _has_structure(block):
            blocks.append(block.with_form("heading"))
        elif block.form == "plain" and blocks and blocks[-1].form == "heading":
            named = Block(
                text="", form="label", name=_INSTRUCTIONS, body=block.text, frozen=block.frozen
            )
            blocks.append(named.with_form("heading"))
        else:
            blocks.append(block)
    if blocks == list(turn.blocks):
        return turn
    return turn.with_blocks(tuple(blocks), gap="\n\n")


def _has_structure(block: Block) -> bool:
    """Whether the body has tags or headings of its own, which a heading cannot enclose."""
    return any(line.startswith(("#", "<")) for line in block.body.split("\n"))
