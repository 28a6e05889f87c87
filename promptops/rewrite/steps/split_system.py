"""Put the instructions of a lone user message into a system message."""

from dataclasses import replace
from typing import ClassVar

from promptops.rewrite.draft import Block, Draft
from promptops.rewrite.step import Step

_TOLD = frozenset({"instruction", "persona", "format", "example"})
_GIVEN = frozenset({"context", "question", "data"})


class SplitSystem(Step):
    """Moves the instructions before the data from the first user message to a system message.

    Only where the prompt has no system message and the user message clearly falls into two parts:
    paragraphs that show no value, and behind them a section or a paragraph that is little else than
    a value. What stands behind the data stays there.
    """

    name: ClassVar[str] = "split-system"
    topic: ClassVar[str] = "system_role"
    values: ClassVar[frozenset[str]] = frozenset({"native"})
    reason: ClassVar[str] = "gives the instructions a system message of their own"
    optional: ClassVar[bool] = True

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        return split_system(draft)


def split_system(draft: Draft) -> Draft:
    """The draft with the instructions in a system message; the same draft where there is one."""
    first, *others = draft.turns
    if first.role != "user" or first.example or any(turn.role == "system" for turn in others):
        return draft
    place = _first_data(first.blocks)
    if place == 0:
        return draft
    system = replace(first, role="system").with_blocks(first.blocks[:place])
    user = first.with_blocks(first.blocks[place:])
    return draft.with_turns((system, user, *others))


def _first_data(blocks: tuple[Block, ...]) -> int:
    """The place of the first block that is data, when all before it are instructions; else 0."""
    for place, block in enumerate(blocks):
        if block.kind in _GIVEN:
            return place if block.shows_value and block.order != "bound" else 0
        if block.kind not in _TOLD or block.shows_value or "{%" in block.text:
            return 0
    return 0
