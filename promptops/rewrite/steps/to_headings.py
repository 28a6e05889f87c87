"""Mark sections with markdown headings."""

from typing import ClassVar

from promptops.rewrite.draft import Block, Draft, Turn

_INSTRUCTIONS = "Instructions"


class ToHeadings:
    """Turns tags and label lines into headings: ``<context>`` becomes ``## Context``.

    One-line inputs (``Question: ...``) and solved examples stay as they are: a heading for a line
    is noise. So do messages that have headings already, and tags around an untrusted value, which
    keep it apart from the instructions. A paragraph after a section gets a
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
        return draft.with_turns(tuple(_headed(turn, draft) for turn in draft.turns))


def _headed(turn: Turn, draft: Draft) -> Turn:
    if any(block.form == "heading" or block.text.startswith("#") for block in turn.blocks):
        return turn
    blocks: list[Block] = []
    for block in turn.blocks:
        if _fits(block) and not draft.guards(block):
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


def _fits(block: Block) -> bool:
    """Whether a heading can stand for the marks: the body has no structure of its own."""
    if block.form not in ("tag", "label"):
        return False
    return not any(line.startswith(("#", "<")) for line in block.body.split("\n"))
