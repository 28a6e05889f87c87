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
    optional: ClassVar[bool] = False
    """Whether it is never a must: the old form also works where the claim behind it is hard."""
    unclaimed: ClassVar[str] = ""
    """What is told where it would have something to do and no claim speaks of its topic."""

    def apply(self, draft: Draft) -> Draft:
        """The draft after the step; the same draft where there is nothing to do."""
        ...

    def undo(self, draft: Draft) -> Draft:
        """The draft in the neutral form that the step starts from; the same where it has none."""
        return draft

    def hindrance(self, draft: Draft) -> str:
        """Why something that the claim is about stays as it is; "" when nothing does."""
        del draft
        return ""

    def waive(self, draft: Draft) -> Draft:
        """The draft without what the step adds or takes out on purpose.

        The check compares both wordings without it: it does not count what is waived, and nothing
        else escapes it.
        """
        return draft
