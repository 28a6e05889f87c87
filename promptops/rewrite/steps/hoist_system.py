"""One system message, and it comes first."""

from typing import ClassVar

from promptops.rewrite.draft import Draft
from promptops.rewrite.step import Step


class HoistSystem(Step):
    """Joins all system messages into one at the start."""

    name: ClassVar[str] = "hoist-system"
    topic: ClassVar[str] = "system_position"
    values: ClassVar[frozenset[str]] = frozenset({"first"})
    reason: ClassVar[str] = "joins the system messages into one at the start"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        system = [turn for turn in draft.turns if turn.role == "system"]
        others = tuple(turn for turn in draft.turns if turn.role != "system")
        if not system or (len(system) == 1 and draft.turns[0] is system[0]):
            return draft
        blocks = tuple(block for turn in system for block in turn.blocks)
        return draft.with_turns((system[0].with_blocks(blocks), *others))
