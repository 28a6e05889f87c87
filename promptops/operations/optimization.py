"""Look for a better wording of a prompt, and propose it."""

from dataclasses import dataclass
from functools import partial
from itertools import count

import anyio

from promptops.evaluation.target import Target
from promptops.operations.evaluation import (
    default_target,
    eval_of,
    golden_for,
    kb_inputs,
    scorers_of,
)
from promptops.optimize.optimizer import Allowance, Optimizer, to_proposal
from promptops.optimize.result import OptimizeResult
from promptops.prompts.loader import PromptFile
from promptops.prompts.proposals import Proposal
from promptops.wiring import CODE_VERSION, Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimized:
    """An optimization and the proposal it led to; None when nothing safe was found."""

    result: OptimizeResult
    metric: str
    proposal: Proposal | None
    key: str


def optimize_prompt(
    services: Services,
    file: PromptFile,
    *,
    goal: str | None = None,
    target: Target | None = None,
    eval_id: str | None = None,
    calls: int | None = None,
    usd: float | None = None,
    minutes: float | None = None,
    propose: bool = True,
) -> Optimized:
    """Search for a better wording and prove it on held-out cases.

    A proposal is written when one is better, unless the same was settled before.

    Args:
        services: The workspace.
        file: The prompt.
        goal: What better means; the workspace's setting when None.
        target: What it runs on; the workspace's model when None.
        eval_id: Which golden set; the first when None.
        calls: Model calls at most; the workspace's setting when None.
        usd: USD at most.
        minutes: Minutes at most.
        propose: Write a proposal.

    Raises:
        PromptOpsError: The prompt cannot be measured.
    """
    item = eval_of(file, eval_id)
    golden = golden_for(services, file, item.id)
    label, version = kb_inputs(services, file.prompt)
    nightly = services.settings.nightly
    optimizer = Optimizer(
        services.evaluator(),
        services.evidence,
        clock=services.clock,
        code_version=CODE_VERSION,
        writer=services.chat if services.settings.llm.proposer else None,
        writer_model=services.settings.llm.proposer,
        seed=services.settings.general.seed,
    )
    told = count(1)
    run = partial(
        optimizer.optimize,
        file,
        golden,
        target=target or default_target(services),
        goal=goal or nightly.goal,
        scorers=scorers_of(services, item),
        budget=Allowance(
            calls=nightly.optimize_calls if calls is None else calls, usd=usd, minutes=minutes
        ),
        kb_label=label,
        kb_version=version,
        progress=lambda _line: services.progress(f"optimize {file.prompt.id}", next(told), 0),
    )
    with services.turn():
        result = anyio.run(run)
    services.progress(f"optimize {file.prompt.id}", 1, 1)
    if not result.from_evidence:
        services.notice(f"optimize {file.prompt.id}: {result.verdict}")
    proposal = to_proposal(result, file, services.clock) if propose else None
    if proposal is not None:
        proposal = _write(services, proposal)
    return Optimized(
        result=result,
        metric=next(iter(item.metrics)),
        proposal=proposal,
        key=f"{golden.digest}:{goal or nightly.goal}",
    )


def _write(services: Services, proposal: Proposal) -> Proposal | None:
    if services.proposals.is_settled(proposal.id):
        return None
    services.proposals.write(proposal)
    return proposal
