"""Which steps a dialect asks for."""

from collections.abc import Sequence
from dataclasses import dataclass

from promptops.models.dialects import Claim, Dialect
from promptops.rewrite.step import Step
from promptops.rewrite.steps import STEPS


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A step with the claim that asks for it."""

    step: Step
    claim: Claim


def plan(dialect: Dialect, steps: Sequence[Step] = STEPS) -> tuple[Planned, ...]:
    """The steps that a dialect's claims ask for, in the order of ``steps``."""
    claims = {claim.topic: claim for claim in dialect.claims}
    return tuple(
        Planned(step=step, claim=claims[step.topic])
        for step in steps
        if step.topic in claims and claims[step.topic].value in step.values
    )
