"""Rewrites as one proposal: variants are added only when somebody accepts them."""

from collections.abc import Sequence

from promptops.core.clock import Clock
from promptops.prompts.loader import PromptFile
from promptops.prompts.proposals import Proposal
from promptops.rewrite.rewriter import Rewrite


def to_proposal(
    rewrites: Rewrite | Sequence[Rewrite], file: PromptFile, clock: Clock
) -> Proposal | None:
    """The proposal to add the variants of one or several rewrites of a prompt.

    Args:
        rewrites: Rewrites of the prompt in ``file``; those without a variant add nothing.
        file: The prompt.
        clock: Dates the proposal.

    Returns:
        None when no rewrite has a variant.
    """
    given = [rewrites] if isinstance(rewrites, Rewrite) else rewrites
    made = [item for item in given if item.variant is not None]
    if not made:
        return None
    added = tuple(item.variant for item in made if item.variant is not None)
    families = ", ".join(item.family for item in made)
    return Proposal.of(
        file,
        file.prompt.replace(variants=(*file.prompt.variants, *added)),
        kind="rewrite",
        title=f"Wording of {file.prompt.id} for {families}",
        summary="\n".join(_explained(item) for item in made),
        evidence={
            item.family: {
                "equivalent": item.equivalent,
                "changes": [
                    {
                        "step": change.step,
                        "kind": change.kind,
                        "reason": change.reason,
                        "source": change.source,
                    }
                    for change in item.changes
                ],
            }
            for item in made
        },
        clock=clock,
    )


def _explained(item: Rewrite) -> str:
    lines = [f"For {item.family}:"]
    for change in item.changes:
        need = "required" if change.kind == "hard" else "optional"
        lines.append(f"- {change.reason} ({need}; {change.source})")
    return "\n".join(lines)
