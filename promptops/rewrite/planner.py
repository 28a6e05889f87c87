"""Which steps a dialect asks for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from promptops.models.claims import Claim
from promptops.models.dialects import Dialect
from promptops.rewrite.step import Step
from promptops.rewrite.steps import STEPS


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A step with the claim that asks for it."""

    step: Step
    claim: Claim

    @property
    def kind(self) -> Literal["hard", "soft"]:
        """``hard`` only where the API or the chat template rejects or ignores the old form."""
        return "soft" if self.step.optional else self.claim.kind

    @property
    def reason(self) -> str:
        """What the step does, and the claim in a sentence."""
        return f"{self.step.reason}: {self.claim.text}"


def plan(
    dialect: Dialect, steps: Sequence[Step] = STEPS, *, without: Collection[str] = ()
) -> tuple[Planned, ...]:
    """The steps that a dialect's claims ask for, in the order of ``steps``.

    Args:
        dialect: The dialect, already that of one model (`Dialect.for_model`).
        steps: The steps to choose from.
        without: Names of steps that are not wanted.
    """
    claims = {claim.topic: claim for claim in dialect.claims}
    return tuple(
        Planned(step=step, claim=claims[step.topic])
        for step in steps
        if step.topic in claims
        and claims[step.topic].value in step.values
        and step.name not in without
    )
