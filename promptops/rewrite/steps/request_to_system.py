"""Leave nothing but the input in the user's turn."""

import re
from dataclasses import replace
from typing import ClassVar

from promptops.rewrite.draft import Block, Draft
from promptops.rewrite.literals import map_words
from promptops.rewrite.pointing import ELSEWHERE
from promptops.rewrite.step import Step
from promptops.rewrite.steps.examples_to_turns import examples_to_turns

_POINTS = re.compile(r"\b(above|below)\b")
_POINTS_OTHERWISE = re.compile(
    rf"\b(?:following|preceding|previous|earlier|here is|here are)\b|{ELSEWHERE}", re.IGNORECASE
)
_OTHER = {"above": "below", "below": "above"}


class RequestToSystem(Step):
    """Moves the request that ends the last user message to the end of the system message.

    What is "above" a request that stands behind the input is "below" it then. Only whole
    paragraphs behind the last value move, and only where a system message is.
    """

    name: ClassVar[str] = "request-to-system"
    topic: ClassVar[str] = "user_turn"
    values: ClassVar[frozenset[str]] = frozenset({"input-only"})
    reason: ClassVar[str] = "leaves only the input in the last user message"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        first, last = draft.turns[0], draft.turns[-1]
        request = _request(last.blocks)
        if first.role != "system" or last.role != "user" or not request:
            return draft
        if any(_POINTS_OTHERWISE.search(block.words) for block in request):
            return draft
        rest = last.blocks[: len(last.blocks) - len(request)]
        # Frozen words move, too, but stay as they are.
        moved = tuple(block if block.frozen else _turned(block) for block in request)
        if any(block.frozen and _POINTS.search(block.words) for block in request):
            return draft
        home = first.with_blocks((*first.blocks, *moved))
        return draft.with_turns((home, *draft.turns[1:-1], last.with_blocks(rest)))

    def waive(self, draft: Draft) -> Draft:
        """See `Step.waive`; examples leave the system message first, or the order would differ."""
        return self.apply(examples_to_turns(draft))


def _request(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The paragraphs behind the last value; none when there is no value, or an open end."""
    places = [place for place, block in enumerate(blocks) if block.shows_value]
    behind = blocks[places[-1] + 1 :] if places else ()
    fits = all(block.form == "plain" and "{%" not in block.text for block in behind)
    open_end = bool(behind) and behind[-1].text.rstrip().endswith(":")
    return behind if fits and not open_end else ()


def _turned(block: Block) -> Block:
    text = map_words(block.text, lambda text: _POINTS.sub(lambda match: _OTHER[match[1]], text))
    return replace(block, text=text)
