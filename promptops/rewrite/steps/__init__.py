"""The steps of a rewrite, one file each, in the order in which they are applied.

A step is pure: the same draft gives the same draft, and a draft that already has what the step
wants comes back unchanged. Adding one is a file here and a line in `STEPS`.
"""

from promptops.rewrite.step import Step
from promptops.rewrite.steps.add_schema_instruction import AddSchemaInstruction
from promptops.rewrite.steps.alternate_turns import AlternateTurns
from promptops.rewrite.steps.drop_identity import DropIdentity
from promptops.rewrite.steps.drop_prefill import DropPrefill
from promptops.rewrite.steps.drop_schema_instruction import DropSchemaInstruction
from promptops.rewrite.steps.drop_think_switch import DropThinkSwitch
from promptops.rewrite.steps.examples_to_block import ExamplesToBlock
from promptops.rewrite.steps.examples_to_turns import ExamplesToTurns
from promptops.rewrite.steps.frame_examples import FrameExamples
from promptops.rewrite.steps.hoist_system import HoistSystem
from promptops.rewrite.steps.keep_documents import KeepDocuments
from promptops.rewrite.steps.keep_examples import KeepExamples
from promptops.rewrite.steps.keep_once import KeepOnce
from promptops.rewrite.steps.merge_system import MergeSystem
from promptops.rewrite.steps.move_context_first import MoveContextFirst
from promptops.rewrite.steps.move_instructions_first import MoveInstructionsFirst
from promptops.rewrite.steps.name_json import NameJson
from promptops.rewrite.steps.name_labels import NameLabels
from promptops.rewrite.steps.pairs_to_turns import PairsToTurns
from promptops.rewrite.steps.request_to_system import RequestToSystem
from promptops.rewrite.steps.shorten_phrases import ShortenPhrases
from promptops.rewrite.steps.shorten_politeness import ShortenPoliteness
from promptops.rewrite.steps.soften_shouting import SoftenShouting
from promptops.rewrite.steps.split_system import SplitSystem
from promptops.rewrite.steps.strip_thinking_hints import StripThinkingHints
from promptops.rewrite.steps.to_headings import ToHeadings
from promptops.rewrite.steps.to_plain_labels import ToPlainLabels
from promptops.rewrite.steps.to_tags import ToTags

STEPS: tuple[Step, ...] = (
    # words first, while the parts still stand where their author put them
    DropThinkSwitch(),
    DropIdentity(),
    StripThinkingHints(),
    SoftenShouting(),
    ShortenPoliteness(),
    ShortenPhrases(),
    # then the order and the marks of the parts
    MoveContextFirst(),
    MoveInstructionsFirst(),
    ToTags(),
    ToHeadings(),
    ToPlainLabels(),
    # then the conversation
    DropPrefill(),
    PairsToTurns(),
    ExamplesToTurns(),
    RequestToSystem(),
    FrameExamples(),
    ExamplesToBlock(),
    DropSchemaInstruction(),
    AddSchemaInstruction(),
    NameJson(),
    NameLabels(),
    HoistSystem(),
    SplitSystem(),
    MergeSystem(),
    AlternateTurns(),
    # what stays although a claim speaks against it
    KeepExamples(),
    KeepDocuments(),
    KeepOnce(),
)
"""Every step, in order."""
