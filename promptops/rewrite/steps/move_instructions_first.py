"""Put the instructions above long material, and the question last."""

from collections.abc import Sequence
from typing import ClassVar

from promptops.rewrite.draft import Block, Draft
from promptops.rewrite.ordering import hindered, in_order
from promptops.rewrite.step import Step

_TOLD = frozenset({"instruction", "persona", "format", "example"})


class MoveInstructionsFirst(Step):
    """Within the last user message: instructions, then everything else in its order.

    Only instructions that end the message are moved: one between two inputs introduces the second.
    What "both ends" asks for besides is not done, see `KeepOnce`.
    """

    name: ClassVar[str] = "move-instructions-first"
    topic: ClassVar[str] = "long_context"
    values: ClassVar[frozenset[str]] = frozenset({"instructions-first", "both-ends"})
    reason: ClassVar[str] = "puts the instructions above the material"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        return in_order(draft, _rank, _is_fine)

    def hindrance(self, draft: Draft) -> str:
        """See `Step.hindrance`."""
        return hindered(draft, _rank, _is_fine)


def _rank(block: Block) -> int:
    return 0 if block.kind in _TOLD and not block.shows_value else 1


def _is_fine(blocks: Sequence[Block]) -> bool:
    """Whether nothing is to be moved: only what ends the message is no introduction to data."""
    ranks = [_rank(block) for block in blocks]
    while ranks and ranks[-1] == 0:
        ranks.pop()
    at_end = len(ranks) < len(blocks)
    return not at_end or ranks != sorted(ranks) or 1 not in ranks
