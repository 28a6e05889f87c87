"""Name the labels that an answer may have, for models that are held to a schema unseen."""

from collections.abc import Mapping
from typing import ClassVar

from promptops.prompts.model import Prompt
from promptops.prompts.template import escape_literal
from promptops.rewrite.draft import Draft
from promptops.rewrite.schema_instruction import with_instruction, without_instruction
from promptops.rewrite.step import Step

_LEAD = "Labels:"


class NameLabels(Step):
    """Adds the labels of the output schema to the instructions, where one of them is not named.

    A grammar holds the model to the labels, but it chooses among them by what it has read. Added
    is only what the contract says already.
    """

    name: ClassVar[str] = "name-labels"
    topic: ClassVar[str] = "schema_view"
    values: ClassVar[frozenset[str]] = frozenset({"hidden"})
    reason: ClassVar[str] = "lists the labels of the output schema, which the model is not shown"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        labels = _labels(draft.prompt)
        said = "\n".join(block.text for block in draft.instructing()).casefold()
        if not labels or all(label.casefold() in said for label in labels):
            return draft
        return with_instruction(draft, _listing(labels))

    def undo(self, draft: Draft) -> Draft:
        """See `Step.undo`."""
        return without_instruction(draft, _listing(_labels(draft.prompt)))

    def waive(self, draft: Draft) -> Draft:
        """See `Step.waive`."""
        return self.undo(draft)


def _listing(labels: tuple[str, ...]) -> str:
    """The labels as a paragraph; "" for none."""
    if not labels:
        return ""
    return "\n".join([_LEAD, *(f"- {escape_literal(label)}" for label in labels)])


def _labels(prompt: Prompt) -> tuple[str, ...]:
    """The texts that the only field of the answer may have; empty when it may have others."""
    schema = prompt.output.schema_ if prompt.output else {}
    fields = schema.get("properties")
    if not isinstance(fields, Mapping) or len(fields) != 1:
        return ()
    (field,) = fields.values()
    labels = field.get("enum") if isinstance(field, Mapping) else None
    if not labels or not all(isinstance(label, str) for label in labels):
        return ()
    return tuple(labels)
