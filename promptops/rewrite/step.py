"""What a step is."""

from typing import ClassVar, Protocol

from promptops.rewrite.draft import Draft


class Step(Protocol):
    """One change that a dialect may ask for; pure and idempotent."""

    name: ClassVar[str]
    topic: ClassVar[str]
    """The dialect topic that decides."""
    values: ClassVar[frozenset[str]]
    """The values of that topic that ask for this step."""
    reason: ClassVar[str]
    """What the step does and why, one sentence."""

    def apply(self, draft: Draft) -> Draft:
        """The draft after the step; the same draft where there is nothing to do."""
        ...
