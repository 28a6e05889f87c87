"""Say that instructions are not repeated where a model would like them at both ends."""

from typing import ClassVar

from promptops.rewrite.draft import Draft
from promptops.rewrite.ordering import is_material
from promptops.rewrite.step import Step


class KeepOnce(Step):
    """Changes nothing, and says that the instructions stand only above the material."""

    name: ClassVar[str] = "keep-once"
    topic: ClassVar[str] = "long_context"
    values: ClassVar[frozenset[str]] = frozenset({"both-ends"})
    reason: ClassVar[str] = "keeps the instructions in one place"
    optional: ClassVar[bool] = True

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        return draft

    def hindrance(self, draft: Draft) -> str:
        """See `Step.hindrance`."""
        if not any(map(is_material, draft.instructing())):
            return ""
        return "the instructions again below the material would say every obligation twice"
