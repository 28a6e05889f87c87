"""Mark sections with plain labels, the form small models follow best."""

from typing import ClassVar

from promptops.rewrite.draft import Block, Draft
from promptops.rewrite.reading import is_usual
from promptops.rewrite.sections import is_referred_to
from promptops.rewrite.step import Step


class ToPlainLabels(Step):
    """Turns tags into ``Label:`` lines.

    A section that shows an untrusted value keeps its tags: they keep the value apart from the
    instructions. So does a section of several paragraphs, of which a label would hold the first,
    and one that the text refers to by its tag (``see <policy>``).
    """

    name: ClassVar[str] = "to-plain-labels"
    topic: ClassVar[str] = "delimiters"
    values: ClassVar[frozenset[str]] = frozenset({"plain"})
    reason: ClassVar[str] = "marks the parts with plain labels instead of tags"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""

        def change(block: Block) -> Block:
            labeled = _labeled(block)
            return block if labeled is block or is_referred_to(block, draft) else labeled

        return draft.with_turns(tuple(turn.map_sections(change) for turn in draft.turns))

    def undo(self, draft: Draft) -> Draft:
        """See `Step.undo`."""
        return draft.with_turns(tuple(turn.map_sections(_tagged) for turn in draft.turns))


def _labeled(block: Block) -> Block:
    if block.form != "tag" or not block.is_nameable or "\n\n" in block.body or block.guards:
        return block
    if block.shows_value or is_usual(block.title):
        return block.with_form("label")
    return block


def _tagged(block: Block) -> Block:
    """The section with tags, where the label is exactly the one that comes back."""
    if block.form != "label" or not block.is_nameable:
        return block
    tagged = block.with_form("tag")
    return tagged if _labeled(tagged).text == block.text else block
