"""Put solved examples into one block before the question."""

import re
from dataclasses import replace
from typing import ClassVar

from promptops.rewrite.draft import Block, Draft, Turn
from promptops.rewrite.step import Step
from promptops.rewrite.steps.examples_to_turns import examples_to_turns

_SLOT = re.compile(r"\{\{.*\}\}", re.DOTALL)
_ASKS_BACK = ("?", "？", "؟")
_GREETING = re.compile(
    r"(?:hello|hi|hey|good (?:morning|afternoon|evening)|hallo|guten tag|bonjour|salut|hola"
    r"|buenos días|ciao|buongiorno|olá|bom dia|你好|您好|こんにちは)\b[^\n]{0,20}",
    re.IGNORECASE,
)


class ExamplesToBlock(Step):
    """Turns question and answer turns into ``<example>`` sections inside one message.

    They go to the end of the instructions, or in front of the last message where there are none.
    Only turns that are surely solved examples move, not what was said before: they stand in one row
    in front of the last message and show no value. Where the real input is marked, they have its
    marks; where it is not, there are at least two, nobody greets and no answer asks back.
    """

    name: ClassVar[str] = "examples-to-block"
    topic: ClassVar[str] = "few_shot"
    values: ClassVar[frozenset[str]] = frozenset({"block"})
    reason: ClassVar[str] = "puts the examples into one block instead of conversation turns"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        examples = [turn for turn in draft.turns if turn.example]
        others = [turn for turn in draft.turns if not turn.example]
        if not examples or not others or not _is_solved(draft, examples):
            return draft
        pairs = zip(examples[::2], examples[1::2], strict=True)
        body = "\n".join(_example(question, answer) for question, answer in pairs)
        block = Block(text="", form="tag", name="examples", body=body).with_form("tag")
        if len(others) > 1:
            home, place = others[-2], len(others) - 2
            grown = home.with_blocks((*home.blocks, block))
        else:
            home, place = others[-1], 0
            grown = home.with_blocks((block, *home.blocks))
        others[place] = grown
        return draft.with_turns(tuple(replace(turn, example=False) for turn in others))

    def undo(self, draft: Draft) -> Draft:
        """See `Step.undo`."""
        return examples_to_turns(draft)


def _is_solved(draft: Draft, examples: list[Turn]) -> bool:
    """Whether turns are solved examples and not an earlier part of the conversation."""
    roles = [turn.role for turn in examples]
    in_row = list(draft.turns[-1 - len(examples) : -1]) == examples
    if not in_row or roles != ["user", "assistant"] * (len(roles) // 2):
        return False
    if any(block.shows_value for turn in examples for block in turn.blocks):
        return False  # an example is the same in every request
    questions = [turn.content.strip() for turn in examples[::2]]
    answers = [turn.content.strip() for turn in examples[1::2]]
    mark = _mark(draft.turns[-1].content)
    if mark:
        return all(mark in question for question in questions)
    greets = any(map(_GREETING.fullmatch, questions))
    asks_back = any(answer.endswith(_ASKS_BACK) for answer in answers)
    return len(questions) > 1 and not greets and not asks_back


def _mark(text: str) -> str:
    """What stands next to the values of a message: before them, else behind them; "" for none."""
    slots = _SLOT.search(text)
    if slots is None:
        return ""
    before, behind = text[: slots.start()].strip(), text[slots.end() :].strip()
    return before.rsplit("\n", 1)[-1] or behind.split("\n", 1)[0]


def _example(question: Turn, answer: Turn) -> str:
    return (
        f"<example>\n<input>\n{question.content}\n</input>\n"
        f"<output>\n{answer.content}\n</output>\n</example>"
    )
