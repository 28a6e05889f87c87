"""Bring the blocks of the last user message into another order, where the wording allows it."""

import re
from collections.abc import Callable, Sequence

from promptops.rewrite.draft import Block, Draft
from promptops.rewrite.pointing import POINTS

Rank = Callable[[Block], int]
IsFine = Callable[[Sequence[Block]], bool]
"""Whether blocks may stay as they are, although their ranks go up and down."""

_ENDED = re.compile(r"[.!?。:)\]>}\"'`*_]\s*$")


def in_order(draft: Draft, rank: Rank, is_fine: IsFine) -> Draft:
    """The draft with the blocks of its last user message sorted; equal ones keep their order.

    Nothing moves without material, nor behind an unfinished sentence that the answer goes on from.
    """
    ordered = _sorted(draft, rank, is_fine)
    if ordered == draft.turns[-1].blocks or draft.mentions(POINTS):
        return draft
    return draft.with_turns((*draft.turns[:-1], draft.turns[-1].with_blocks(ordered)))


def hindered(draft: Draft, rank: Rank, is_fine: IsFine) -> str:
    """Why the blocks stand in another order; "" when they do not."""
    if _sorted(draft, rank, is_fine) == draft.turns[-1].blocks or not draft.mentions(POINTS):
        return ""
    return 'the wording speaks of places or order ("below", "the following", "first")'


def is_material(block: Block) -> bool:
    """Whether a block brings material to work on, not only words about it."""
    return block.kind == "context" and block.shows_value


def _sorted(draft: Draft, rank: Rank, is_fine: IsFine) -> tuple[Block, ...]:
    last = draft.turns[-1]
    if last.role != "user" or last.example or not any(map(is_material, last.blocks)):
        return last.blocks
    groups = _groups(last.blocks)
    end = [groups.pop()] if _is_open(groups[-1][-1]) else []
    if is_fine([_head(group) for group in groups]):
        return last.blocks
    groups.sort(key=lambda group: rank(_head(group)))
    return tuple(block for group in [*groups, *end] for block in group)


def _is_open(block: Block) -> bool:
    """Whether the message ends with the start of the answer (``Answer:``, ``It is {{ x }} as``)."""
    if block.form != "plain":
        return False
    return block.order == "lead" or not _ENDED.search(block.text)


def _groups(blocks: tuple[Block, ...]) -> list[list[Block]]:
    """The blocks with what they must stay behind: what introduces them, options of a question."""
    groups: list[list[Block]] = []
    for block in blocks:
        bound = block.order == "bound"
        if groups and (bound or (block.kind == "data" and _head(groups[-1]).kind == "question")):
            groups[-1].append(block)
        else:
            groups.append([block])
    return groups


def _head(group: list[Block]) -> Block:
    """The block that says what a group is: the first that is not an introduction."""
    return next((block for block in group if block.order != "lead"), group[0])
