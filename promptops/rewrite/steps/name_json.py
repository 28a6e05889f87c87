"""Say the word JSON where JSON mode is refused without it."""

from collections.abc import Mapping
from typing import ClassVar

from promptops.rewrite.draft import Draft
from promptops.rewrite.schema_instruction import with_instruction, without_instruction
from promptops.rewrite.step import Step

_SENTENCE = "Answer in JSON."


class NameJson(Step):
    """Adds "Answer in JSON." when JSON mode is on and no message speaks of JSON."""

    name: ClassVar[str] = "name-json"
    topic: ClassVar[str] = "json_mode"
    values: ClassVar[frozenset[str]] = frozenset({"word"})
    reason: ClassVar[str] = "says the word JSON, which JSON mode asks for"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        if not _is_json_mode(draft) or any("json" in turn.content.lower() for turn in draft.turns):
            return draft
        return with_instruction(draft, _SENTENCE)

    def undo(self, draft: Draft) -> Draft:
        """See `Step.undo`."""
        return without_instruction(draft, _SENTENCE) if _is_json_mode(draft) else draft

    def waive(self, draft: Draft) -> Draft:
        """See `Step.waive`."""
        return self.undo(draft)


def _is_json_mode(draft: Draft) -> bool:
    mode = draft.prompt.params.get("response_format")
    return (mode.get("type") if isinstance(mode, Mapping) else mode) == "json_object"
