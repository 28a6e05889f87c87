"""Look for a better wording of a prompt, and propose it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial

import anyio

from promptops.core.canonical import JSON, digest
from promptops.core.statistics import Interval
from promptops.errors import UsageError
from promptops.evaluation.known import find_results, result_keys
from promptops.evaluation.result import Evaluation
from promptops.evaluation.runner import OF_EVERY_CASE
from promptops.evaluation.target import Target
from promptops.golden.case import GoldenSet
from promptops.golden.splits import split
from promptops.operations.evaluation import (
    default_target,
    eval_of,
    golden_for,
    kb_inputs,
    scorers_of,
)
from promptops.operations.judge_permission import permit_of
from promptops.optimize.candidate import Proposer, load_proposer
from promptops.optimize.explaining import Explanation, explain
from promptops.optimize.goals import Goal, find_goal, weighted
from promptops.optimize.optimizer import Allowance, Optimizer, Plan, to_proposal
from promptops.optimize.outlook import Outlook, outlook
from promptops.optimize.result import OptimizeResult
from promptops.prompts.loader import PromptFile
from promptops.prompts.model import Eval, Prompt
from promptops.prompts.proposals import Proposal
from promptops.prompts.resolve import resolve
from promptops.prompts.writing import prompt_document
from promptops.wiring import CODE_VERSION, Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimized:
    """An optimization and what it means.

    Args:
        result: What was found.
        base: The wording that it started from, as its own (no variants).
        golden: What it was measured on.
        metric: What counted.
        outlook: What could be shown at best.
        explanation: What the result means.
        measured: Results of the race by the wording's digest: cases that are not held out.
        proposal: What it led to; None when nothing safe was found.
        seed: Seed of every choice.
    """

    result: OptimizeResult
    base: Prompt
    golden: GoldenSet
    metric: str
    outlook: Outlook
    explanation: Explanation
    measured: Mapping[str, Evaluation]
    proposal: Proposal | None
    seed: int

    @property
    def key(self) -> str:
        """Digest of the result: the same for one that was found in the evidence."""
        return digest(self.result.to_json())

    @property
    def scores(self) -> dict[str, Interval]:
        """The score ``before`` and, when a finalist was tested, ``after``."""
        both = (("before", self.result.base), ("after", self.result.best))
        return {
            name: each.score(self.metric)
            for name, each in both
            if each is not None and each.values(self.metric)
        }

    def to_json(self) -> dict[str, JSON]:
        """Everything, as plain values by name."""
        result = self.result
        judgment = result.judgment
        return {
            "prompt": result.prompt_id,
            "subject": result.subject,
            "target": result.target.name,
            "goal": result.goal,
            "metric": self.metric,
            "golden": {"name": self.golden.name, "digest": self.golden.digest},
            "seed": self.seed,
            "outlook": self.outlook.to_json(),
            "verdict": result.verdict,
            "reason": result.reason,
            **{name: score.to_json() for name, score in self.scores.items()},
            "difference": None if judgment is None else judgment.comparison.difference.to_json(),
            "judgment": None if judgment is None else judgment.to_json(),
            **self.explanation.to_json(),
            "tried": [{**asdict(each), "parents": list(each.parents)} for each in result.tried],
            "cases": {
                "base": result.base.to_json()["cases"],
                "new": [] if result.best is None else result.best.to_json()["cases"],
            },
            "candidate": None
            if result.candidate is None
            else prompt_document(result.candidate.prompt),
            "search": asdict(result.spent),
            "from_evidence": result.from_evidence,
            "proposal": None if self.proposal is None else self.proposal.id,
        }


def optimize_prompt(
    services: Services,
    file: PromptFile,
    *,
    goal: str | None = None,
    weights: Mapping[str, float] | None = None,
    target: Target | None = None,
    eval_id: str | None = None,
    calls: int | None = None,
    tokens: int | None = None,
    usd: float | None = None,
    minutes: float | None = None,
    proposers: Sequence[str] | None = None,
    margin: float | None = None,
    seed: int | None = None,
    propose: bool = True,
) -> Optimized:
    """Search for a better wording and prove it on held-out cases.

    What the cases and the budget allow is told first (`Services.notice`), then each stage. A
    proposal is written when one is better, unless the same was settled before. None stands for the
    workspace's setting, for no limit of tokens, USD or minutes, and for all of our proposers.

    Args:
        services: The workspace.
        file: The prompt.
        goal: What better means.
        weights: What better means, in weights, instead of a goal.
        target: What it runs on.
        eval_id: Which golden set; the first when None.
        calls: Model calls at most.
        tokens: Tokens at most, in and out.
        usd: USD at most.
        minutes: Minutes at most.
        proposers: Who proposes, by name.
        margin: Largest loss of score that counts as none.
        seed: Seed of every choice.
        propose: Write a proposal.

    Raises:
        UsageError: Both a goal and weights, or no such goal.
        PromptOpsError: The prompt cannot be measured.
    """
    nightly = services.settings.nightly
    question = _Question(
        file=file,
        item=eval_of(file, eval_id),
        golden=golden_for(services, file, eval_id),
        target=target or default_target(services),
        goal=_goal(goal, weights, nightly.goal),
        allowance=Allowance(
            calls=nightly.optimize_calls if calls is None else calls,
            tokens=tokens,
            usd=usd,
            minutes=minutes,
        ),
        plan=_plan(services, margin, seed),
        proposers=None if proposers is None else [load_proposer(name) for name in proposers],
    )
    return _answer(services, question, propose=propose)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    file: PromptFile
    item: Eval
    golden: GoldenSet
    target: Target
    goal: Goal
    allowance: Allowance
    plan: Plan
    proposers: Sequence[Proposer] | None


def _answer(services: Services, question: _Question, *, propose: bool) -> Optimized:
    file, golden, plan = question.file, question.golden, question.plan
    label, version = kb_inputs(services, file.prompt)
    expected = _outlook(question, label)
    for line in expected.words:
        services.notice(f"{file.prompt.id}: {line}")
    result = _search(services, question, label, version)
    if not result.from_evidence:
        services.notice(f"optimize {file.prompt.id}: {result.verdict}")
    base = resolve(file.prompt, question.target.variant)
    measured = _raced(services, question, result, label, version)
    explanation = explain(
        result,
        base,
        measured=measured,
        golden_cases=len(golden),
        held_out=expected.test,
        has_writer=bool(services.settings.llm.proposer),
    )
    proposal = to_proposal(result, file, services.clock, explanation, seed=plan.seed)
    return Optimized(
        result=result,
        base=base,
        golden=golden,
        metric=next(iter(question.item.metrics)),
        outlook=expected,
        explanation=explanation,
        measured=measured,
        proposal=_write(services, proposal) if propose and proposal is not None else None,
        seed=plan.seed,
    )


def _search(
    services: Services, question: _Question, label: str | None, version: str | None
) -> OptimizeResult:
    name, writer = question.file.prompt.id, services.settings.llm.proposer
    if writer and (reason := permit_of(services, writer)(question.file.prompt)):
        # It would be shown solved cases: the prompt's data class decides as it does for judges.
        services.notice(f"optimize {name}: {writer} writes nothing here: {reason}")
        writer = ""
    optimizer = Optimizer(
        services.evaluator(),
        services.evidence,
        clock=services.clock,
        code_version=CODE_VERSION,
        plan=question.plan,
        proposers=question.proposers,
        writer=services.chat if writer else None,
        writer_model=writer,
    )
    run = partial(
        optimizer.optimize,
        question.file,
        question.golden,
        target=question.target,
        goal=question.goal,
        scorers=scorers_of(services, question.item),
        budget=question.allowance,
        kb_label=label,
        kb_version=version,
        progress=lambda line: services.progress(f"optimize {name}: {line}", 0, 0),
    )
    with services.turn():
        result = anyio.run(run)
    services.progress(f"optimize {name}", 1, 1)
    return result


def _raced(
    services: Services,
    question: _Question,
    result: OptimizeResult,
    label: str | None,
    version: str | None,
) -> dict[str, Evaluation]:
    """What was measured of each wording on cases that are not held out: single results are kept."""
    parts = split(question.golden, shares=question.plan.shares)
    cases = [case for case in (*parts.dev, *parts.train) if case.is_labeled(label)]
    inputs = services.evaluator().inputs(
        question.golden,
        target=Target(model=result.target.model),
        scorers=scorers_of(services, question.item),
        kb_label=label,
        kb_version=version,
    )
    shared = {name: inputs[name] for name in OF_EVERY_CASE}
    found = {}
    for wording in (result.subject, *(each.digest for each in result.tried if each.dev_cases)):
        keys = result_keys({"subject": wording, **shared}, [(case, 0) for case in cases])
        known = find_results(services.results, keys)
        found[wording] = Evaluation(
            prompt_id=result.prompt_id,
            subject=wording,
            target=result.target,
            inputs={},
            cases=tuple(known[key] for key in keys if key in known),
            from_evidence=True,
        )
    return found


def _plan(services: Services, margin: float | None, seed: int | None) -> Plan:
    plan = Plan(seed=services.settings.general.seed if seed is None else seed)
    return plan if margin is None else replace(plan, margin=margin)


def _goal(name: str | None, weights: Mapping[str, float] | None, default: str) -> Goal:
    if weights is None:
        return find_goal(name or default)
    if name is not None:
        raise UsageError("give a goal or weights, not both")
    return weighted(weights)


def _outlook(question: _Question, label: str | None) -> Outlook:
    plan = question.plan
    parts = split(question.golden, shares=plan.shares)
    train, dev, test = (
        min(most, sum(case.is_labeled(label) for case in cases))
        for cases, most in (
            (parts.train, plan.most_train),
            (parts.dev, plan.most_dev),
            (parts.test, plan.test_cases(question.allowance.calls)),
        )
    )
    return outlook(
        train=train, dev=dev, test=test, allowance=question.allowance, margin=plan.margin
    )


def _write(services: Services, proposal: Proposal) -> Proposal | None:
    if services.proposals.is_settled(proposal.id):
        return None
    services.proposals.write(proposal)
    return proposal
