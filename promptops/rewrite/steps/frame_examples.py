"""Let the questions of solved examples look like the real input."""

import re
from dataclasses import replace
from typing import ClassVar

from promptops.rewrite.draft import Draft, Turn
from promptops.rewrite.step import Step
from promptops.rewrite.steps.examples_to_turns import examples_to_turns

_ONE_SLOT = re.compile(r"([^{}]*)\{\{[^{}]*\}\}([^{}]*)")


class FrameExamples(Step):
    """Writes around each example's question what the last user message writes around its value.

    Only where that message shows one value and no example is framed already: nobody knows which
    part of a question would be which of several values.
    """

    name: ClassVar[str] = "frame-examples"
    topic: ClassVar[str] = "user_turn"
    values: ClassVar[frozenset[str]] = frozenset({"input-only"})
    reason: ClassVar[str] = "gives the examples the same marks as the input"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        frame = _ONE_SLOT.fullmatch(draft.turns[-1].content)
        if frame is None or not (frame[1].strip() or frame[2].strip()):
            return draft
        questions = [turn for turn in draft.turns if turn.example and turn.role == "user"]
        marks = frame[1].strip() or frame[2].strip()
        if not questions or any(marks in turn.content for turn in questions):
            return draft
        return draft.with_turns(
            tuple(_framed(turn, frame) if turn in questions else turn for turn in draft.turns)
        )

    def waive(self, draft: Draft) -> Draft:
        """See `Step.waive`; the questions of a block have its marks until they are turns."""
        return self.apply(examples_to_turns(draft))


def _framed(turn: Turn, frame: re.Match[str]) -> Turn:
    block = replace(
        turn.blocks[0], text=f"{frame[1]}{turn.content}{frame[2]}", form="plain", gap=""
    )
    return replace(turn, blocks=(block,))
