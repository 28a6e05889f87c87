"""Rewrites as one proposal: variants are added or changed only when somebody accepts them."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from promptops.core.canonical import JSON
from promptops.core.clock import Clock
from promptops.prompts.loader import PromptFile
from promptops.prompts.proposals import Proposal
from promptops.rewrite.rewriter import Rewrite


class Proven(Protocol):
    """What beyond the structural check was found about a rewrite."""

    def to_json(self) -> dict[str, JSON]:
        """Plain values by name."""
        ...


def to_proposal(
    rewrites: Rewrite | Sequence[Rewrite],
    file: PromptFile,
    clock: Clock,
    proofs: Mapping[str, Proven] | None = None,
) -> Proposal | None:
    """The proposal to write the variants of one or several rewrites of a prompt.

    Args:
        rewrites: Rewrites of the prompt in ``file``; those without a variant change nothing.
        file: The prompt.
        clock: Dates the proposal.
        proofs: Further evidence by target.

    Returns:
        None when no rewrite has a variant.
    """
    given = [rewrites] if isinstance(rewrites, Rewrite) else rewrites
    made = {each.id: each for each in given if each.variant is not None}
    if not made:
        return None
    new = {name: each.variant for name, each in made.items() if each.variant is not None}
    # A variant that is there keeps its place: of several that fit a model the first one counts.
    variants = [new.pop(each.id, each) for each in file.prompt.variants]
    names = ", ".join(each.name for each in made.values())
    return Proposal.of(
        file,
        file.prompt.replace(variants=(*variants, *new.values())),
        kind="rewrite",
        title=f"Wording of {file.prompt.id} for {names}"[:200],
        summary="\n".join(_explained(each) for each in made.values()),
        evidence={
            each.id: {
                "target": each.name,
                "status": each.status,
                "equivalent": True,
                "changes": [
                    {
                        "step": change.step,
                        "kind": change.kind,
                        "reason": change.reason,
                        "source": change.source,
                        "url": change.url,
                    }
                    for change in each.changes
                ],
                **_derived(each),
                **(proofs[each.name].to_json() if proofs and each.name in proofs else {}),
            }
            for each in made.values()
        },
        clock=clock,
    )


def _derived(found: Rewrite) -> dict[str, JSON]:
    """What a merged variant was derived as, which no file ever holds: the next merge needs it."""
    if found.status != "merged" or found.derived is None:
        return {}
    messages = [each.model_dump() for each in found.derived.messages]
    return {"derived": {"messages": messages, "params": dict(found.derived.params)}}


def _explained(found: Rewrite) -> str:
    how = {"updated": " (derived again)", "merged": " (derived again, with the edits by hand)"}
    lines = [f"For {found.name}{how.get(found.status, '')}:"]
    for change in found.changes:
        need = "required" if change.kind == "hard" else "optional"
        lines.append(f"- {change.step}: {change.reason} ({need}; {change.source})")
    lines += [f"- {each.step} is left ({each.because}): {each.reason}" for each in found.hard_left]
    if not found.changes:
        lines.append("- no step changes anything: it speaks the prompt's own words")
    if any(change.kind == "soft" for change in found.changes):
        lines.append("  An optional step is left out with `--without STEP`.")
    return "\n".join(lines)
