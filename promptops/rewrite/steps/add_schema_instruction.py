"""Say in words what the answer's JSON looks like, for models that cannot be held to a schema."""

from typing import ClassVar

from promptops.rewrite.draft import Draft
from promptops.rewrite.schema_instruction import (
    schema_instruction,
    with_instruction,
    without_instruction,
)
from promptops.rewrite.step import Step


class AddSchemaInstruction(Step):
    """Adds the output schema to the instructions."""

    name: ClassVar[str] = "add-schema-instruction"
    topic: ClassVar[str] = "json"
    values: ClassVar[frozenset[str]] = frozenset({"instruction"})
    reason: ClassVar[str] = "spells out the JSON schema, which the API does not enforce"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        text = schema_instruction(draft.prompt)
        if not text or any(text in turn.content for turn in draft.turns):
            return draft
        return with_instruction(draft, text)

    def undo(self, draft: Draft) -> Draft:
        """See `Step.undo`."""
        return without_instruction(draft, schema_instruction(draft.prompt))

    def waive(self, draft: Draft) -> Draft:
        """See `Step.waive`."""
        return without_instruction(draft, schema_instruction(draft.prompt))
