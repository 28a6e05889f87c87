"""Test a prompt that retrieves against the present version of its knowledge base."""

from dataclasses import dataclass
from functools import partial

import anyio

from promptops.core.statistics import Interval
from promptops.errors import KnowledgeBaseError, UsageError
from promptops.evaluation.target import Target
from promptops.knowledge.kb import load_kb
from promptops.operations.evaluation import (
    default_target,
    eval_of,
    golden_for,
    kb_inputs,
    scorers_of,
)
from promptops.prompts.loader import PromptFile
from promptops.prompts.proposals import Proposal
from promptops.regression.binding import bind
from promptops.regression.rebinding import to_proposal
from promptops.regression.run import KBSide, RegressionResult, regress
from promptops.tracking.evidence import Evidence
from promptops.wiring import CODE_VERSION, Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Regressed:
    """A prompt against its knowledge base.

    ``old`` and ``new`` are labels; ``verdict`` is ``UNCHANGED`` when the prompt is bound to the
    present version, else what the run concluded. ``reran`` counts cases whose request changed.
    """

    prompt_id: str
    kb: str
    old: str
    new: str
    verdict: str
    cases: int = 0
    fixed: int = 0
    broken: int = 0
    reran: int = 0
    difference: Interval | None = None
    note: str = ""
    result: RegressionResult | None = None
    proposal: Proposal | None = None


def regress_prompt(
    services: Services, file: PromptFile, *, target: Target | None = None, propose: bool = True
) -> Regressed:
    """Compare a prompt on the version it is bound to and on the present one.

    The present version is kept as a snapshot, so that it can be the base of the next comparison.
    Only cases whose rendered request changed cost calls. When the verdict allows it, binding the
    prompt to the present version is proposed.

    Raises:
        UsageError: The prompt does not retrieve.
        PromptOpsError: It cannot be measured.
    """
    retrieval = file.prompt.retrieval
    if retrieval is None:
        raise UsageError("this prompt retrieves nothing", where=str(file.path))
    live = services.knowledge(retrieval.kb)
    services.snapshots.save(live)
    _record_binding(services, file, target or default_target(services))
    if retrieval.version == live.version:
        return Regressed(
            prompt_id=file.prompt.id,
            kb=live.name,
            old=live.label,
            new=live.label,
            verdict="UNCHANGED",
            cases=len(golden_for(services, file)),
            note="bound to the present version",
        )
    result = _run(services, file, retrieval.kb, retrieval.version, target)
    proposal = to_proposal(result, file, live.version, services.clock) if propose else None
    if proposal is not None:
        if services.proposals.is_settled(proposal.id):
            proposal = None
        else:
            services.proposals.write(proposal)
    return Regressed(
        prompt_id=file.prompt.id,
        kb=live.name,
        old=result.old.partition(" ")[0],
        new=result.new.partition(" ")[0],
        verdict=result.verdict,
        cases=len(result.cases),
        fixed=result.fixed,
        broken=result.broken,
        reran=result.reran,
        difference=result.difference,
        note=result.conclusion.reason,
        result=result,
        proposal=proposal,
    )


def bound_to(services: Services, kb: str = "") -> list[str]:
    """The prompts with golden cases that retrieve from a knowledge base; from any when empty.

    Raises:
        KnowledgeBaseError: No such knowledge base.
    """
    if kb:
        services.knowledge(kb)
    files, _ = services.registry.load_all()
    return [
        file.prompt.id
        for file in files
        if file.prompt.evals and file.prompt.retrieval and kb in ("", file.prompt.retrieval.kb)
    ]


def kb_versions(services: Services) -> dict[str, str]:
    """The present version of every knowledge base, read from disk.

    Raises:
        KnowledgeBaseError: One of them is malformed.
    """
    folder = services.workspace.kb
    if not folder.is_dir():
        return {}
    return {path.name: load_kb(path).version for path in sorted(folder.iterdir()) if path.is_dir()}


def _record_binding(services: Services, file: PromptFile, target: Target) -> None:
    """Keep as evidence what the prompt is being verified with, by digest."""
    assert file.prompt.retrieval is not None
    binding = bind(
        file.prompt,
        target=target,
        fingerprint=services.fingerprint(target.model),
        golden=golden_for(services, file),
        kb=services.knowledge(file.prompt.retrieval.kb),
        index=services.index_fingerprint,
    )
    services.evidence.add(
        Evidence(
            subject=binding.prompt,
            kind="binding",
            inputs={"binding": binding.sha},
            value=binding.to_json(),
            measured_at=services.clock(),
            code_version=CODE_VERSION,
        )
    )


def _run(
    services: Services, file: PromptFile, kb: str, version: str | None, target: Target | None
) -> RegressionResult:
    item = eval_of(file)
    _, present = kb_inputs(services, file.prompt)
    assert present is not None
    run = partial(
        regress,
        file.prompt,
        golden_for(services, file, item.id),
        live=KBSide(index=services.index(kb), evaluator=services.evaluator(), version=present),
        base=_base(services, kb, version),
        target=target or default_target(services),
        scorers=scorers_of(services, item),
        metric=next(iter(item.metrics)),
        margin=services.settings.retrieval.margin,
        seed=services.settings.general.seed,
        progress=partial(services.progress, f"regression of {file.prompt.id}"),
    )
    with services.turn():
        return anyio.run(run)


def _base(services: Services, kb: str, version: str | None) -> KBSide | None:
    """The version that the prompt is bound to; None when no snapshot of it was kept."""
    if version is None:
        return None
    try:
        index = services.index(kb, version)
    except KnowledgeBaseError:
        return None
    return KBSide(
        index=index,
        evaluator=services.evaluator(kb_version=version),
        version=f"{version}+{services.index_fingerprint}",
    )
