"""Leave out the schema in words where the API enforces it."""

from typing import ClassVar

from promptops.rewrite.draft import Draft
from promptops.rewrite.schema_instruction import schema_instruction, without_instruction
from promptops.rewrite.step import Step


class DropSchemaInstruction(Step):
    """Removes the schema instruction that `AddSchemaInstruction` writes, and nothing else."""

    name: ClassVar[str] = "drop-schema-instruction"
    topic: ClassVar[str] = "json"
    values: ClassVar[frozenset[str]] = frozenset({"native", "tool"})
    reason: ClassVar[str] = "leaves out the spelled-out JSON schema, which the API enforces"
    optional: ClassVar[bool] = True

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        return without_instruction(draft, schema_instruction(draft.prompt))

    def waive(self, draft: Draft) -> Draft:
        """See `Step.waive`."""
        return without_instruction(draft, schema_instruction(draft.prompt))
