"""Turn the start of the answer into an instruction, for models that refuse or ignore it."""

from typing import ClassVar

from promptops.rewrite.draft import Block, Draft
from promptops.rewrite.schema_instruction import without_instruction
from promptops.rewrite.step import Step

_BEGIN = "Begin your answer with:"
_OPENS_JSON = ("{", "[", "```json", "```")


class DropPrefill(Step):
    """Takes the answer that ends the conversation out of the conversation.

    The start of a JSON answer goes where an output schema says the same; anything else becomes an
    instruction at the end of the last user message.
    """

    name: ClassVar[str] = "drop-prefill"
    topic: ClassVar[str] = "prefill"
    values: ClassVar[frozenset[str]] = frozenset({"rejected", "ignored"})
    reason: ClassVar[str] = "says how the answer begins instead of beginning it"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        if not _has_prefill(draft):
            return draft
        *others, asked, begun = draft.turns
        if _is_in_schema(draft):
            return draft.with_turns((*others, asked))
        blocks = (*asked.blocks, Block(text=_BEGIN, kind="format", order="lead"), *begun.blocks)
        return draft.with_turns((*others, asked.with_blocks(blocks)))

    def waive(self, draft: Draft) -> Draft:
        """See `Step.waive`."""
        if not _has_prefill(draft):
            return without_instruction(draft, _BEGIN)
        *others, asked, begun = draft.turns
        if _is_in_schema(draft):
            return draft.with_turns((*others, asked))
        return draft.with_turns((*others, asked.with_blocks((*asked.blocks, *begun.blocks))))


def _has_prefill(draft: Draft) -> bool:
    roles = [turn.role for turn in draft.turns]
    return len(roles) > 1 and roles[-2:] == ["user", "assistant"]


def _is_in_schema(draft: Draft) -> bool:
    begun = draft.turns[-1].content.strip()
    return draft.prompt.output is not None and begun in _OPENS_JSON
