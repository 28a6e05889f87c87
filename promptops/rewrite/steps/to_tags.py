"""Mark sections with XML tags."""

import re
from typing import ClassVar

from promptops.rewrite.draft import Block, Draft, Turn


class ToTags:
    """Turns labels and headings into tags: ``Context:`` becomes ``<context>``.

    A section whose label the text quotes (``the line after "Message:"``) keeps its label. Headings
    of several levels stay, because tags would lose the levels.
    """

    name: ClassVar[str] = "to-tags"
    topic: ClassVar[str] = "delimiters"
    values: ClassVar[frozenset[str]] = frozenset({"xml"})
    reason: ClassVar[str] = "marks the parts with XML tags"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        return draft.with_turns(tuple(_tagged(turn, draft) for turn in draft.turns))


def _tagged(turn: Turn, draft: Draft) -> Turn:
    headings = [block for block in turn.blocks if block.form == "heading"]
    # Tags have no levels, and half a page of headings is worse than a whole one.
    flat = len({block.level for block in headings}) <= 1 and all(map(_fits, headings))

    def change(block: Block) -> Block:
        wanted = flat if block.form == "heading" else block.form != "tag" and _fits(block)
        return block.with_form("tag") if wanted and not _is_quoted(block, draft) else block

    return turn.map_sections(change)


def _fits(block: Block) -> bool:
    return block.is_nameable and f"</{block.slug}>" not in block.body


def _is_quoted(block: Block, draft: Draft) -> bool:
    return draft.mentions(rf"[\"'“‘`]{re.escape(block.name)}:?[\"'”’`]")
