"""Rewrite a prompt for other model families, and propose the variants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from promptops.models.dialects import find_dialect
from promptops.prompts.loader import PromptFile
from promptops.prompts.proposals import Proposal
from promptops.rewrite.proposal import to_proposal
from promptops.rewrite.rewriter import Rewrite, rewrite
from promptops.wiring import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """The rewrites of one prompt, one a family; the proposal holds those that passed.

    ``refused`` says, by family, why a rewrite was not equivalent.
    """

    prompt_id: str
    rewrites: tuple[Rewrite, ...]
    proposal: Proposal | None

    @property
    def refused(self) -> Mapping[str, str]:
        """Reasons by family."""
        return {each.family: each.refused for each in self.rewrites if each.refused}


def rewrite_prompt(
    services: Services,
    file: PromptFile,
    *,
    families: Sequence[str] = (),
    propose: bool = True,
) -> Rewritten:
    """Rewrite a prompt for families, the workspace's when none are named.

    One proposal carries every family, so that accepting it leaves no other one stale. What was
    settled before is not proposed again.

    Raises:
        UnknownModelError: A family without a dialect.
    """
    chosen = tuple(families) or services.settings.nightly.families
    found = tuple(rewrite(file.prompt, name, find_dialect(name)) for name in chosen)
    proposal = to_proposal(found, file, services.clock) if propose else None
    if proposal is not None:
        if services.proposals.is_settled(proposal.id):
            proposal = None
        else:
            services.proposals.write(proposal)
    return Rewritten(prompt_id=file.prompt.id, rewrites=found, proposal=proposal)
