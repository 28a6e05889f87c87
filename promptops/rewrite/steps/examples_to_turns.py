"""Turn a block of examples into conversation turns."""

import re
from dataclasses import replace
from typing import ClassVar

from promptops.rewrite.draft import Block, Draft, Turn
from promptops.rewrite.step import Step

_EXAMPLE = re.compile(
    r"<example>\s*<input>(.*?)</input>\s*<output>(.*?)</output>\s*</example>", re.DOTALL
)


class ExamplesToTurns(Step):
    """Turns an ``<examples>`` section of inputs and outputs into user and assistant turns.

    Only a section that holds nothing else, and only before a last user message.
    """

    name: ClassVar[str] = "examples-to-turns"
    topic: ClassVar[str] = "few_shot"
    values: ClassVar[frozenset[str]] = frozenset({"turns"})
    reason: ClassVar[str] = "puts the examples into conversation turns instead of one block"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        return examples_to_turns(draft)


def examples_to_turns(draft: Draft) -> Draft:
    """The draft with the examples of a block as turns; the same draft where there are none."""
    if draft.turns[-1].role != "user" or any(turn.example for turn in draft.turns):
        return draft
    for place, turn in enumerate(draft.turns):
        for number, block in enumerate(turn.blocks):
            pairs = _pairs(block)
            if not pairs:
                continue
            rest = turn.with_blocks((*turn.blocks[:number], *turn.blocks[number + 1 :]))
            if turn is draft.turns[-1] and not rest.blocks:
                return draft  # nothing else is asked
            turns = [*draft.turns]
            turns[place] = rest
            kept = [item for item in turns[:-1] if item.blocks]
            return draft.with_turns((*kept, *pairs, turns[-1]))
    return draft


def _pairs(block: Block) -> list[Turn]:
    if block.form != "tag" or block.name != "examples":
        return []
    found = _EXAMPLE.findall(block.body)
    if _EXAMPLE.sub("", block.body).strip():
        return []
    turns: list[Turn] = []
    for question, answer in found:
        turns.append(_turn("user", _inner(question)))
        turns.append(_turn("assistant", _inner(answer)))
    return turns


def _inner(text: str) -> str:
    """What stands between two tags, on lines of its own or on theirs."""
    if text.startswith("\n") and text.endswith("\n"):
        return text[1:-1]
    return text.strip()


def _turn(role: str, text: str) -> Turn:
    turn = Turn(role="user", blocks=(Block(text=text),), example=True)
    return turn if role == "user" else replace(turn, role="assistant")
