"""Mark sections with XML tags."""

from typing import ClassVar

from promptops.rewrite.draft import Block, Draft, Turn
from promptops.rewrite.sections import holds_more_than_a_value, is_referred_to, paired_names
from promptops.rewrite.step import Step


class ToTags(Step):
    """Turns labels and headings into tags: ``Context:`` becomes ``<context>``.

    A section whose label the text quotes (``the line after "Message:"``) keeps its label, and so do
    labels that come in pairs (``Ticket: ...``, ``Team: ...``). Headings of several levels stay,
    because tags would lose the levels; so does a heading at the end of a message that only
    announces what the next one brings (``# INPUT``), and one with an instruction behind its value.
    """

    name: ClassVar[str] = "to-tags"
    topic: ClassVar[str] = "delimiters"
    values: ClassVar[frozenset[str]] = frozenset({"xml"})
    reason: ClassVar[str] = "marks the parts with XML tags"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        paired = paired_names(draft)
        return draft.with_turns(tuple(_tagged(turn, draft, paired) for turn in draft.turns))

    def hindrance(self, draft: Draft) -> str:
        """See `Step.hindrance`."""
        for turn in draft.turns:
            headings = [block for block in turn.blocks if _is_closed(block, turn)]
            if len({block.level for block in headings}) > 1:
                return "headings of several levels stay: tags would lose the levels"
            if any(map(holds_more_than_a_value, headings)):
                return "headings stay: tags would take in what is said behind a value"
            if not all(map(_fits, headings)):
                return "a heading stays: its name makes no tag"
        return ""


def _tagged(turn: Turn, draft: Draft, paired: frozenset[str]) -> Turn:
    headings = [block for block in turn.blocks if _is_closed(block, turn)]
    # Tags have no levels, and half a page of headings is worse than a whole one.
    flat = len({block.level for block in headings}) <= 1 and all(map(_fits, headings))
    change = {
        block: block.with_form("tag")
        for block in turn.blocks
        if block.form not in ("plain", "tag")
        and (flat and _is_closed(block, turn) if block.form == "heading" else _fits(block))
        and not (block.form != "heading" and block.name in paired)
        and not is_referred_to(block, draft)
    }
    return turn.map_sections(lambda block: change.get(block, block)) if change else turn


def _is_closed(block: Block, turn: Turn) -> bool:
    """Whether it is a heading whose section ends inside of the message."""
    opens = block is turn.blocks[-1] and block.body.rstrip().endswith(":")
    return block.form == "heading" and not opens


def _fits(block: Block) -> bool:
    holds_tag = f"</{block.slug}>" in block.body
    return block.is_nameable and not holds_tag and not holds_more_than_a_value(block)
