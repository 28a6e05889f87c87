"""The steps of a rewrite, one file each, in the order in which they are applied.

A step is pure: the same draft gives the same draft, and a draft that already has what the step
wants comes back unchanged. Adding one is a file here and a line in `STEPS`.
"""

from promptops.rewrite.step import Step
from promptops.rewrite.steps.add_schema_instruction import AddSchemaInstruction
from promptops.rewrite.steps.drop_schema_instruction import DropSchemaInstruction
from promptops.rewrite.steps.examples_to_block import ExamplesToBlock
from promptops.rewrite.steps.examples_to_turns import ExamplesToTurns
from promptops.rewrite.steps.hoist_system import HoistSystem
from promptops.rewrite.steps.merge_system import MergeSystem
from promptops.rewrite.steps.move_context_first import MoveContextFirst
from promptops.rewrite.steps.shorten_politeness import ShortenPoliteness
from promptops.rewrite.steps.soften_shouting import SoftenShouting
from promptops.rewrite.steps.strip_thinking_hints import StripThinkingHints
from promptops.rewrite.steps.to_headings import ToHeadings
from promptops.rewrite.steps.to_plain_labels import ToPlainLabels
from promptops.rewrite.steps.to_tags import ToTags

STEPS: tuple[Step, ...] = (
    # words first, while the parts still stand where their author put them
    StripThinkingHints(),
    SoftenShouting(),
    ShortenPoliteness(),
    # then the order and the marks of the parts
    MoveContextFirst(),
    ToTags(),
    ToHeadings(),
    ToPlainLabels(),
    # then the conversation
    ExamplesToTurns(),
    ExamplesToBlock(),
    DropSchemaInstruction(),
    AddSchemaInstruction(),
    HoistSystem(),
    MergeSystem(),
)
"""Every step, in order."""
