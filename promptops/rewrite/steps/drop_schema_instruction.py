"""Leave out the schema in words where the API enforces it."""

from typing import ClassVar

from promptops.rewrite.draft import Draft
from promptops.rewrite.schema_instruction import schema_instruction, without_instruction


class DropSchemaInstruction:
    """Removes the schema instruction that `AddSchemaInstruction` writes, and nothing else."""

    name: ClassVar[str] = "drop-schema-instruction"
    topic: ClassVar[str] = "json"
    values: ClassVar[frozenset[str]] = frozenset({"native"})
    reason: ClassVar[str] = "leaves out the spelled-out JSON schema, which the API enforces"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        text = schema_instruction(draft.prompt)
        if not text or not any(b.text == text for turn in draft.turns for b in turn.blocks):
            return draft
        return without_instruction(draft, text)
