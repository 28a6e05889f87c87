"""Put long material first and the question last."""

from collections.abc import Sequence
from typing import ClassVar

from promptops.rewrite.draft import Block, Draft
from promptops.rewrite.ordering import hindered, in_order, is_material
from promptops.rewrite.step import Step


class MoveContextFirst(Step):
    """Within the last user message: material sections first, question sections last.

    Left alone when the wording points up or down ("the context below"), because that would become
    untrue. A sentence that introduces a section moves with it.
    """

    name: ClassVar[str] = "move-context-first"
    topic: ClassVar[str] = "long_context"
    values: ClassVar[frozenset[str]] = frozenset({"context-first"})
    reason: ClassVar[str] = "puts the material first and the question last"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        return in_order(draft, _rank, _is_fine)

    def hindrance(self, draft: Draft) -> str:
        """See `Step.hindrance`."""
        return hindered(draft, _rank, _is_fine)


def _rank(block: Block) -> int:
    if is_material(block):
        return 0
    return 2 if block.kind == "question" else 1


def _is_fine(blocks: Sequence[Block]) -> bool:
    """Whether the material stands first; behind it the author's order counts."""
    material = [is_material(block) for block in blocks]
    return material == sorted(material, reverse=True)
