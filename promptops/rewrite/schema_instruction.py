"""The sentence that tells a model about the output schema."""

import json
import re
from dataclasses import replace

from promptops.prompts.model import Prompt
from promptops.prompts.template import escape_literal
from promptops.rewrite.draft import Block, Draft, Turn

_LEAD = "Answer with one JSON object that follows this schema, and nothing else:"

_BLANK_LINE = 2


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
        turns[places[-1]] = _inserted(home, len(home.blocks), block)
    else:
        turns[-1] = _before_values(turns[-1], block)
    return draft.with_turns(tuple(turns))


def without_instruction(draft: Draft, text: str) -> Draft:
    """The draft without the paragraph, where it stands exactly as `with_instruction` writes it.

    Behind a heading it is read back as the end of that section, so it is looked for there, too.
    """
    if not text or not any(text in block.text for turn in draft.turns for block in turn.blocks):
        return draft
    return draft.with_turns(tuple(_without(turn, text) for turn in draft.turns))


def _without(turn: Turn, text: str) -> Turn:
    kept = tuple(block for block in turn.blocks if block.text != text)
    if len(kept) != len(turn.blocks):
        turn = turn.with_blocks(kept)
    return turn.map(tuple(_cut(block, text) for block in turn.blocks))


def _cut(block: Block, text: str) -> Block:
    """A heading's section without the paragraph."""
    if block.form != "heading" or text not in block.body:
        return block
    if block.body == text:
        return Block(text=block.head.rstrip("\n"), gap=block.gap)
    behind = re.sub(rf"\n\n+{re.escape(text)}(?=\n\n|\Z)", "", block.body)
    return block.with_text(re.sub(rf"\A{re.escape(text)}\n\n+", "", behind))


def _before_values(turn: Turn, block: Block) -> Turn:
    first = next(
        (number for number, item in enumerate(turn.blocks) if item.shows_value), len(turn.blocks)
    )
    return _inserted(turn, first, block)


def _inserted(turn: Turn, place: int, block: Block) -> Turn:
    """The turn with one more block, a paragraph of its own even where lines follow closely."""
    before = [*turn.blocks[:place]]
    if before and before[-1].gap.count("\n") < _BLANK_LINE:
        before[-1] = replace(before[-1], gap="\n" * _BLANK_LINE)
    return turn.with_blocks((*before, block, *turn.blocks[place:]))
