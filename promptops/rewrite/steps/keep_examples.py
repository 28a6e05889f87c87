"""Say that examples stay where a model does worse with them: dropping them would lose something."""

from typing import ClassVar

from promptops.rewrite.draft import Draft
from promptops.rewrite.step import Step


class KeepExamples(Step):
    """Changes nothing, and says that the examples stay although the model does worse with them."""

    name: ClassVar[str] = "keep-examples"
    topic: ClassVar[str] = "few_shot"
    values: ClassVar[frozenset[str]] = frozenset({"avoid"})
    reason: ClassVar[str] = "keeps the examples"
    optional: ClassVar[bool] = True

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        return draft

    def hindrance(self, draft: Draft) -> str:
        """See `Step.hindrance`."""
        in_turns = any(turn.example for turn in draft.turns)
        if in_turns or any(block.kind == "example" for block in draft.instructing()):
            return "dropping the examples would lose what they show"
        return ""
