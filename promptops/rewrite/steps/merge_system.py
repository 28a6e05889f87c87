"""Put the system message into the first user turn, for models without a system role."""

from dataclasses import replace
from typing import ClassVar

from promptops.rewrite.draft import Draft
from promptops.rewrite.step import Step
from promptops.rewrite.steps.split_system import split_system


class MergeSystem(Step):
    """Moves system text to the start of the first user message."""

    name: ClassVar[str] = "merge-system"
    topic: ClassVar[str] = "system_role"
    values: ClassVar[frozenset[str]] = frozenset({"none", "avoid"})
    reason: ClassVar[str] = "moves the system message into the first user message"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        system = [turn for turn in draft.turns if turn.role == "system"]
        others = [turn for turn in draft.turns if turn.role != "system"]
        if not system:
            return draft
        blocks = tuple(block for turn in system for block in turn.blocks)
        if not others or others[0].role != "user":
            first = replace(system[0], role="user", blocks=())
            return draft.with_turns((first.with_blocks(blocks), *others))
        first = others[0].with_blocks((*blocks, *others[0].blocks))
        return draft.with_turns((first, *others[1:]))

    def undo(self, draft: Draft) -> Draft:
        """See `Step.undo`."""
        return split_system(draft)
