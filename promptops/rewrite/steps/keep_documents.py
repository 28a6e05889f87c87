"""Documents that are shown as JSON, which a template cannot show in another way."""

from typing import ClassVar

from promptops.rewrite.draft import Draft
from promptops.rewrite.step import Step

_STRUCTURES = frozenset({"array", "object"})


class KeepDocuments(Step):
    """Changes nothing, and names the values that are shown as JSON."""

    name: ClassVar[str] = "keep-documents"
    topic: ClassVar[str] = "document_format"
    values: ClassVar[frozenset[str]] = frozenset({"not-json"})
    reason: ClassVar[str] = "keeps documents in JSON"
    optional: ClassVar[bool] = True

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        return draft

    def hindrance(self, draft: Draft) -> str:
        """See `Step.hindrance`."""
        shown = [
            name
            for name, variable in draft.prompt.variables.items()
            if variable.type in _STRUCTURES
            and draft.mentions(rf"\{{\{{[-+]?\s*{name}\s*[-+]?\}}\}}")
        ]
        if not shown:
            return ""
        return (
            f"{', '.join(shown)} is shown as JSON: a loop over its items is the author's to write"
        )
