"""Let user and assistant take turns, for chat templates that refuse anything else."""

from dataclasses import replace
from itertools import groupby
from typing import ClassVar

from promptops.rewrite.draft import Block, Draft, Turn
from promptops.rewrite.schema_instruction import without_instruction
from promptops.rewrite.step import Step

_BEGUN = "You began the conversation with:"


class AlternateTurns(Step):
    """Joins neighboring messages of one role; a user message comes first.

    An answer that opens the conversation is told at the start of the first user message, which
    stands where the template wants it.
    """

    name: ClassVar[str] = "alternate-turns"
    topic: ClassVar[str] = "turn_order"
    values: ClassVar[frozenset[str]] = frozenset({"alternating"})
    reason: ClassVar[str] = "lets user and assistant messages take turns, a user message first"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        system = tuple(turn for turn in draft.turns if turn.role == "system")
        spoken = [turn for turn in draft.turns if turn.role != "system"]
        if draft.turns[: len(system)] != system:
            return draft  # where system messages stand is another step's business
        turns = [_joined(tuple(group)) for _, group in groupby(spoken, key=lambda turn: turn.role)]
        if turns and turns[0].role == "assistant":
            turns = _user_first(turns)
        if turns == spoken:
            return draft
        return draft.with_turns((*system, *turns))

    def waive(self, draft: Draft) -> Draft:
        """See `Step.waive`."""
        return without_instruction(draft, _BEGUN)


def _joined(turns: tuple[Turn, ...]) -> Turn:
    if len(turns) == 1:
        return turns[0]
    return turns[0].with_blocks(tuple(block for turn in turns for block in turn.blocks))


def _user_first(turns: list[Turn]) -> list[Turn]:
    opening, *others = turns
    told = (Block(text=_BEGUN, order="lead"), *opening.blocks)
    first = others[0] if others else replace(opening, role="user", blocks=())
    spaced = first.with_blocks((*told, *first.blocks))
    return [replace(spaced, example=False), *others[1:]]
