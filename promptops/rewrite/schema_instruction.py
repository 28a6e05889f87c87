"""The sentence that tells a model about the output schema."""

import json

from promptops.prompts.model import Prompt
from promptops.prompts.template import escape_literal
from promptops.rewrite.draft import Block, Draft, Turn

_LEAD = "Answer with one JSON object that follows this schema, and nothing else:"


def schema_instruction(prompt: Prompt) -> str:
    """Template source of the instruction; empty when the prompt has no output schema."""
    if prompt.output is None:
        return ""
    schema = json.dumps(prompt.output.schema_, ensure_ascii=False)
    return f"{_LEAD}\n{escape_literal(schema)}"


def with_instruction(draft: Draft, text: str) -> Draft:
    """The draft with a paragraph at the end of its instructions.

    These are the last message before the examples and the input; a prompt of one message gets the
    paragraph in front of its first section that shows a value.
    """
    turns = list(draft.turns)
    block = Block(text=text, kind="format")
    places = [place for place, turn in enumerate(turns[:-1]) if not turn.example]
    if places:
        home = turns[places[-1]]
        turns[places[-1]] = home.with_blocks((*home.blocks, block))
    else:
        turns[-1] = _before_values(turns[-1], block)
    return draft.with_turns(tuple(turns))


def without_instruction(draft: Draft, text: str) -> Draft:
    """The draft without the paragraph, where it stands exactly as `with_instruction` writes it."""
    if not text or not any(block.text == text for turn in draft.turns for block in turn.blocks):
        return draft
    turns = []
    for turn in draft.turns:
        kept = tuple(block for block in turn.blocks if block.text != text)
        if len(kept) != len(turn.blocks):
            turns.append(turn.with_blocks(kept))
        else:
            turns.append(turn)
    return draft.with_turns(tuple(turns))


def _before_values(turn: Turn, block: Block) -> Turn:
    first = next(
        (number for number, item in enumerate(turn.blocks) if item.shows_value), len(turn.blocks)
    )
    return turn.with_blocks((*turn.blocks[:first], block, *turn.blocks[first:]))
