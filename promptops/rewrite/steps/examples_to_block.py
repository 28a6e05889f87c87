"""Put solved examples into one block before the question."""

from dataclasses import replace
from typing import ClassVar

from promptops.rewrite.draft import Block, Draft, Turn
from promptops.rewrite.step import Step
from promptops.rewrite.steps.examples_to_turns import examples_to_turns


class ExamplesToBlock(Step):
    """Turns question and answer turns into ``<example>`` sections inside one message.

    They go to the end of the instructions, or in front of the last message where there are none.
    """

    name: ClassVar[str] = "examples-to-block"
    topic: ClassVar[str] = "few_shot"
    values: ClassVar[frozenset[str]] = frozenset({"block"})
    reason: ClassVar[str] = "puts the examples into one block instead of conversation turns"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        examples = [turn for turn in draft.turns if turn.example]
        others = [turn for turn in draft.turns if not turn.example]
        if not examples or not others or not _paired(examples):
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


def _paired(examples: list[Turn]) -> bool:
    roles = [turn.role for turn in examples]
    return roles == ["user", "assistant"] * (len(roles) // 2)


def _example(question: Turn, answer: Turn) -> str:
    return (
        f"<example>\n<input>\n{question.content}\n</input>\n"
        f"<output>\n{answer.content}\n</output>\n</example>"
    )
