"""Rewrite a prompt for models and families, prove the result, and propose the variants."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from promptops.core.suggest import did_you_mean
from promptops.errors import ProposalError, UnknownModelError
from promptops.models.dialects import Dialect, family_words
from promptops.models.names import ModelName, read_model_name
from promptops.operations.ancestors import find_ancestor
from promptops.operations.git_merge import merge_texts
from promptops.operations.rewrite_proof import Proof, ProofOptions, prove
from promptops.prompts.loader import PromptFile
from promptops.prompts.model import Variant
from promptops.prompts.proposals import Proposal
from promptops.prompts.selection import names
from promptops.prompts.strict_yaml import MAX_BYTES
from promptops.prompts.writing import dump_prompt
from promptops.rewrite.portability import Passage, portability
from promptops.rewrite.proposal import to_proposal
from promptops.rewrite.rewriter import Rewrite, is_stale, rewrite
from promptops.wiring import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class RewriteOptions:
    """How prompts are rewritten.

    Attributes:
        without: Steps that are not wanted.
        required_only: Only what the API or the chat template of the target demands.
        overwrite: Write over variants that people wrote or edited.
        proof: What beyond the structural check proves a rewrite, and who polishes it.
        propose: Write the proposal.
    """

    without: tuple[str, ...] = ()
    required_only: bool = False
    overwrite: bool = False
    proof: ProofOptions = field(default_factory=ProofOptions)
    propose: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """The rewrites of one prompt, one a target; the proposal holds those that passed.

    ``proofs`` has, by target, what was checked beyond the structure.
    """

    prompt_id: str
    rewrites: tuple[Rewrite, ...]
    proposal: Proposal | None
    proofs: Mapping[str, Proof]

    @property
    def refused(self) -> Mapping[str, str]:
        """Reasons by target: refused, or in conflict with edits by hand."""
        return {
            each.name: each.reason
            for each in self.rewrites
            if each.status in ("refused", "conflict")
        }

    @property
    def by_hand(self) -> tuple[str, ...]:
        """The targets that refuse the request until a person mends it."""
        return tuple(each.name for each in self.rewrites if each.by_hand)


def rewrite_prompt(
    services: Services,
    file: PromptFile,
    *,
    targets: Sequence[ModelName] = (),
    options: RewriteOptions | None = None,
) -> Rewritten:
    """Rewrite a prompt for targets, the workspace's families when none are named.

    One proposal carries every target, so that accepting it leaves no other one stale. What was
    settled before is not proposed again.

    Args:
        services: The workspace.
        file: The prompt.
        targets: Models or families.
        options: How; the defaults when None.

    Raises:
        UnknownModelError: A family without a dialect.
        UsageError: A measurement or a judge that is not to be had.
    """
    how = options or RewriteOptions()
    chosen = tuple(targets) or default_targets(services, file)
    found: list[Rewrite] = []
    proofs: dict[str, Proof] = {}
    for target in chosen:
        dialect = dialect_of(services, target)
        result = rewrite(
            file.prompt,
            target,
            dialect,
            without=how.without,
            required_only=how.required_only,
            overwrite=how.overwrite,
            ancestor=lambda variant: find_ancestor(services, file, variant),
            merge_texts=merge_texts,
        )
        if how.proof.asked and result.variant is not None:
            proof = prove(services, file, result, dialect.for_model(target), how.proof)
            proofs[result.name] = proof
            result = proof.rewrite
        found.append(result)
    proposal = to_proposal(found, file, services.clock, proofs) if how.propose else None
    if proposal is not None:
        _check_size(proposal)
        if services.proposals.is_settled(proposal.id):
            proposal = None
        else:
            services.proposals.write(proposal)
    return Rewritten(
        prompt_id=file.prompt.id, rewrites=tuple(found), proposal=proposal, proofs=proofs
    )


def targets_of(
    services: Services,
    *,
    families: Collection[str] = (),
    models: Collection[str] = (),
    every: bool = False,
) -> tuple[ModelName, ...]:
    """Models and families by name, each once.

    Args:
        services: The workspace.
        families: Names of families.
        models: Model ids; the family of one that its id does not tell is looked up in its card.
        every: All families that have a dialect.

    Raises:
        UnknownModelError: A family without a dialect, or a model of which no family is known.
    """
    found = [_model(services, model) for model in models]
    found += [
        ModelName(family=family) for family in (*families, *(services.dialects if every else ()))
    ]
    for target in found:
        dialect_of(services, target)
    return tuple(dict.fromkeys(found))


def default_targets(services: Services, file: PromptFile) -> tuple[ModelName, ...]:
    """The workspace's families, and whatever else the prompt has a derived variant for."""
    usual = targets_of(services, families=services.settings.nightly.families)
    derived = (
        _target_of(services, variant, services.dialects[family])
        for variant in file.prompt.variants
        if variant.derived is not None
        and (family := variant.derived.dialect.partition("@")[0]) in services.dialects
    )
    return tuple(dict.fromkeys([*usual, *derived]))


def _check_size(proposal: Proposal) -> None:
    """Refuse a prompt that nobody could read again once it is written.

    Raises:
        ProposalError: With its variants it is larger than a prompt file may be.
    """
    size = len(dump_prompt(proposal.new_prompt).encode())
    if size > MAX_BYTES:
        raise ProposalError(
            f"with its variants it would have {size // 1024} KiB, more than the "
            f"{MAX_BYTES // 1024} that a prompt file may have",
            where=proposal.prompt_id,
            hint="rewrite for fewer targets, or move long material out of the prompt",
        )


def _model(services: Services, model: str) -> ModelName:
    named = read_model_name(model, family_words(services.dialects))
    if named.family in services.dialects:
        return named
    return replace(named, family=services.catalog.get(model).family)


def dialect_of(services: Services, target: ModelName) -> Dialect:
    """The dialect of a target's family.

    Raises:
        UnknownModelError: There is none.
    """
    known = services.dialects
    if target.family not in known:
        raise UnknownModelError(
            f'no dialect is known for the family "{target.family}"',
            hint=did_you_mean(target.family, known)
            or f"known: {', '.join(known)}; add yours to {services.workspace.dialects}",
        )
    return known[target.family]


def passages(
    services: Services, file: PromptFile, targets: Sequence[ModelName] = ()
) -> tuple[Passage, ...]:
    """What of a prompt does not travel to targets; to every family when none are named.

    Raises:
        UnknownModelError: A family without a dialect.
    """
    chosen = tuple(targets) or targets_of(services, every=True)
    carded = [card.id.lower().rpartition("/")[2] for card in services.catalog.cards]
    return portability(file.prompt, chosen, services.dialects, carded=carded)


def stale_variants(services: Services, file: PromptFile) -> tuple[str, ...]:
    """The derived variants that would come out otherwise today, by id.

    Those whose base wording and dialect are the same are not derived to find out.
    """
    found = []
    for variant in file.prompt.variants:
        if variant.derived is None:
            continue
        dialect = services.dialects.get(variant.derived.dialect.partition("@")[0])
        if dialect is None:
            continue
        target = _target_of(services, variant, dialect)
        marked = is_stale(file.prompt, variant, dialect.for_model(target))
        if marked and rewrite(file.prompt, target, dialect).status in ("updated", "conflict"):
            found.append(variant.id)
    return tuple(found)


def _target_of(services: Services, variant: Variant, dialect: Dialect) -> ModelName:
    models = names(variant.when.get("model"))
    return _model(services, models[0]) if models else ModelName(family=dialect.family)
