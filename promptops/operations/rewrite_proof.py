"""What beyond the structural check proves a rewrite: a judge, and measured answers."""

from dataclasses import dataclass, replace
from functools import partial

import anyio

from promptops.core.canonical import JSON
from promptops.errors import PolicyError, UsageError
from promptops.evaluation.comparison import Comparison, compare
from promptops.evaluation.target import Target
from promptops.models.dialects import Dialect
from promptops.operations.evaluation import Progress, evaluate_prompt
from promptops.operations.judge_permission import permit_of
from promptops.prompts.loader import PromptFile
from promptops.prompts.model import MessageTemplate, Prompt, Variant
from promptops.prompts.resolve import resolve
from promptops.rewrite.derive import compared
from promptops.rewrite.merging import Words
from promptops.rewrite.planner import Planned, plan
from promptops.rewrite.polish import polish
from promptops.rewrite.rewriter import Rewrite
from promptops.rewrite.verification import Verification, entailed, verify
from promptops.wiring import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofOptions:
    """What is asked for.

    Attributes:
        polish: Model that may reword; "" for none.
        judge: Model that says whether the wordings mean the same; "" for none.
        measure: Compare the answers of both wordings on the golden set.
        margin: Largest loss of score that counts as none.
        progress: Told after every measured case.
    """

    polish: str = ""
    judge: str = ""
    measure: bool = False
    margin: float = 0.1
    progress: Progress | None = None

    @property
    def asked(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.polish or self.judge or self.measure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was found.

    Attributes:
        rewrite: The rewrite: with the polished words, or refused.
        verification: Structure, similarity, and what the judge said.
        polished: What became of the polish, in words; "" when none was asked for.
        comparison: The answers of the base wording and of the variant, paired.
        measured_on: The model they were measured on.
    """

    rewrite: Rewrite
    verification: Verification
    polished: str = ""
    comparison: Comparison | None = None
    measured_on: str = ""

    def to_json(self) -> dict[str, JSON]:
        """Plain values by name; what was not asked for is left out."""
        return {
            **self.verification.to_json(),
            **({"polish": self.polished} if self.polished else {}),
            **(
                {"model": self.measured_on, "measured": self.comparison.to_json()}
                if self.comparison
                else {}
            ),
        }


def prove(
    services: Services, file: PromptFile, found: Rewrite, dialect: Dialect, options: ProofOptions
) -> Proof:
    """Polish, judge and measure a rewrite that passed the structural check.

    What fails is refused with its reason; a polish that fails leaves the words of the steps.

    Args:
        services: The workspace.
        file: The prompt.
        found: A rewrite with a variant.
        dialect: What its target takes.
        options: What is asked for.

    Raises:
        UsageError: There is no golden set, or no model of the target's family at hand.
        PolicyError: A model may not be shown the prompt's data.
        PromptOpsError: A call failed.
    """
    base = resolve(file.prompt, None)
    assert found.variant is not None
    declined = found.variant.derived.without if found.variant.derived else ()
    planned = plan(dialect, without=declined)
    polished = ""
    if options.polish:
        _permit(services, options.polish, base)
        found, polished = _polished(services, base, found, dialect, planned, options)
    assert found.variant is not None
    messages = found.variant.messages or base.messages
    old, new = compared(base, messages, planned, dialect.family)
    verification = _verified(services, old, new, options.judge)
    if verification.reasons:
        reason = f"not equivalent: {'; '.join(verification.reasons)}"
        refused = replace(found, status="refused", variant=None, reason=reason)
        return Proof(rewrite=refused, verification=verification, polished=polished)
    proof = Proof(rewrite=found, verification=verification, polished=polished)
    return _measured(services, file, proof, options) if options.measure else proof


def _verified(
    services: Services, old: Prompt, new: tuple[MessageTemplate, ...], judge: str
) -> Verification:
    """What speaks for and against a wording, with what a judge says where one is named."""
    verification = verify(old, new, embedder=services.embedder)
    if not judge:
        return verification
    services.catalog.get(judge)
    ask = partial(entailed, old, new, services.chat, judge, permit=permit_of(services, judge))
    return replace(verification, entailment=anyio.run(ask))


def _permit(services: Services, model: str, prompt: Prompt) -> None:
    services.catalog.get(model)
    if reason := permit_of(services, model)(prompt):
        raise PolicyError(f"{model} may not be shown this prompt: {reason}", where=prompt.id)


def _polished(
    services: Services,
    base: Prompt,
    found: Rewrite,
    dialect: Dialect,
    planned: tuple[Planned, ...],
    options: ProofOptions,
) -> tuple[Rewrite, str]:
    assert found.variant is not None
    model = options.polish
    messages = found.variant.messages or base.messages

    async def ask() -> tuple[MessageTemplate, ...]:
        return await polish(base, messages, dialect, chat=services.chat, model=model)

    try:
        words = anyio.run(ask)
    except ValueError as problem:
        return found, f"{model}: {problem}; the words of the steps stay"
    if words == messages:
        return found, f"{model} changed nothing"
    old, new = compared(base, words, planned, dialect.family)
    if missing := _verified(services, old, new, options.judge).reasons:
        return found, f"{model}: refused, {'; '.join(missing)}; the words of the steps stay"
    variant = _reworded(found.variant, words)
    return replace(found, variant=variant), f"{model} reworded it"


def _reworded(variant: Variant, words: tuple[MessageTemplate, ...]) -> Variant:
    """The variant with other words; they are what it was derived as from now on."""
    digest = Words(messages=words, params=variant.params).digest
    origin = variant.derived
    return variant.model_copy(
        update={
            "messages": words,
            "derived": origin.model_copy(update={"wording": digest}) if origin else None,
        }
    )


def _measured(services: Services, file: PromptFile, proof: Proof, options: ProofOptions) -> Proof:
    """The paired comparison on the golden set; refused unless it shows that no more is lost."""
    found = proof.rewrite
    assert found.variant is not None
    model = _at_hand(services, found)
    others = [each for each in file.prompt.variants if each.id != found.variant.id]
    changed = file.prompt.replace(variants=(*others, found.variant))
    base = evaluate_prompt(services, file, target=Target(model=model), progress=options.progress)
    new = evaluate_prompt(
        services,
        replace(file, prompt=changed),
        target=Target(model=model, variant=found.variant.id),
        progress=options.progress,
    )
    result = compare(base.evaluation, new.evaluation, base.metric, margin=options.margin)
    proof = replace(proof, comparison=result, measured_on=model)
    if result.verdict in ("improved", "not-worse"):
        return proof
    loss = (
        "the answers are worse"
        if result.verdict == "worse"
        else f"{result.pairs} cases do not show that less than {options.margin:g} is lost"
    )
    reason = f"{loss}: {result.metric} {result.base:.2f} -> {result.new:.2f} on {model}"
    return replace(proof, rewrite=replace(found, status="refused", variant=None, reason=reason))


def _at_hand(services: Services, found: Rewrite) -> str:
    """The model to measure on: the target itself, or the workspace's when it is of the family."""
    if found.target.name:
        fitting = [
            card.id
            for card in services.catalog.find(family=found.target.family)
            if found.target.name in (card.id, card.id.rpartition("/")[2])
        ]
        return fitting[0] if fitting else services.catalog.get(found.target.name).id
    model = services.settings.llm.model
    if services.catalog.get(model).family == found.target.family:
        return model
    raise UsageError(
        f"no model of the family {found.target.family} is at hand to measure on",
        where=found.prompt.id,
        hint="name one with --model, or leave --measure out",
    )
