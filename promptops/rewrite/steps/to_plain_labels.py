"""Mark sections with plain labels, the form small models follow best."""

from typing import ClassVar

from promptops.rewrite.draft import Block, Draft
from promptops.rewrite.reading import is_usual


class ToPlainLabels:
    """Turns tags into ``Label:`` lines.

    A section that shows an untrusted value keeps its tags: they keep the value apart from the
    instructions.
    """

    name: ClassVar[str] = "to-plain-labels"
    topic: ClassVar[str] = "delimiters"
    values: ClassVar[frozenset[str]] = frozenset({"plain"})
    reason: ClassVar[str] = "marks the parts with plain labels instead of tags"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""

        def change(block: Block) -> Block:
            if block.form != "tag" or not block.is_nameable or "\n\n" in block.body:
                return block
            if draft.guards(block):
                return block
            if block.shows_value or is_usual(block.title):
                return block.with_form("label")
            return block

        return draft.with_turns(tuple(turn.map_sections(change) for turn in draft.turns))
