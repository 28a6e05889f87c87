"""The optimizer: propose, check, race, test once, say what was shown."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from promptops.core.canonical import digest
from promptops.core.clock import Clock
from promptops.errors import UsageError
from promptops.evaluation.runner import Evaluator
from promptops.evaluation.target import Target
from promptops.golden.case import GoldenCase, GoldenSet
from promptops.golden.splits import Splits, split
from promptops.llm.chat import Chat
from promptops.optimize.attempt import Attempt
from promptops.optimize.candidate import Proposer, load_proposer
from promptops.optimize.contract import kept_sentences
from promptops.optimize.goals import Goal, find_goal
from promptops.optimize.job import Job
from promptops.optimize.plan import Plan
from promptops.optimize.proposals import to_proposal
from promptops.optimize.result import OptimizeResult
from promptops.optimize.search import spread
from promptops.optimize.trials import Allowance, Setting, Trials
from promptops.prompts.digests import variant_digest
from promptops.prompts.loader import PromptFile
from promptops.prompts.model import Prompt
from promptops.prompts.resolve import resolve
from promptops.scoring.scorer import Scorer
from promptops.tracking.evidence import Evidence, EvidenceStore

__all__ = ["Allowance", "Optimizer", "Plan", "to_proposal"]

EVIDENCE_KIND = "optimize"
OPTIMIZER_VERSION = "8"
"""Part of the evidence key: raise it when a better search should look at every prompt again."""

DEFAULT_PROPOSERS = (
    # Those that need a writer come first: they are paid for before anything runs.
    "llm_rewrite",
    "instructions",
    "few_shot",
    "structure",
    "output_contract",
    "label_descriptions",
    "compression",
    "deletion",
    "fewer_examples",
    "example_order",
)


class Optimizer:
    """Looks for a better wording of a prompt, and proposes one only when it is shown to be better.

    Training cases teach, dev cases select, held-out cases judge, once. Evidence first: an
    unchanged question costs nothing.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        evidence: EvidenceStore | None,
        *,
        clock: Clock,
        code_version: str,
        plan: Plan | None = None,
        proposers: Sequence[Proposer] | None = None,
        writer: Chat | None = None,
        writer_model: str = "",
        seed: int | None = None,
    ) -> None:
        """Keep the parts.

        Args:
            evaluator: Measures; its chat should cache answers.
            evidence: Where results are found and kept; None keeps nothing.
            clock: Dates the evidence and times the search.
            code_version: What measured, for the record.
            plan: How much to look at.
            proposers: Who proposes, in order of trust; None for all of ours.
            writer: A model that writes, for proposers that need one.
            writer_model: Its id.
            seed: Seed of every choice; the plan's when not given.
        """
        self._evaluator = evaluator
        self._evidence = evidence
        self._clock = clock
        self._code_version = code_version
        self._plan = plan or Plan()
        if seed is not None:
            self._plan = replace(self._plan, seed=seed)
        self._proposers = (
            tuple(load_proposer(name) for name in DEFAULT_PROPOSERS)
            if proposers is None
            else tuple(proposers)
        )
        self._writer = writer
        self._writer_model = writer_model

    async def optimize(
        self,
        file: PromptFile | Prompt,
        golden: GoldenSet,
        *,
        target: Target,
        scorers: Sequence[Scorer],
        goal: str | Goal = "accuracy",
        budget: Allowance | None = None,
        metric: str | None = None,
        kb_label: str | None = None,
        kb_version: str | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> OptimizeResult:
        """Look for a better wording of one prompt.

        Args:
            file: The prompt.
            golden: Its golden set; split into train, dev and test by case.
            target: What it runs on; the target's variant is what gets better.
            scorers: What to score by.
            goal: ``accuracy``, ``shorter``, ``cheaper``, ``faster``, ``balanced``, or one of your
                own (`promptops.optimize.goals.weighted`).
            budget: What the search may take. A chat with a budget of its own may end it earlier;
                the best so far is kept then, and the next run goes on from the answer cache.
            metric: Which scorer counts; the first when not given.
            kb_label: Label of the knowledge base in use.
            kb_version: Its digest.
            progress: Told what happens, in words.

        Raises:
            UsageError: No such goal, or no scorer of that metric.
            GoldenSetError: No case has a known answer.
            PromptOpsError: The wording in use fails on every case, or nothing can be called.
        """
        prompt = resolve(file if isinstance(file, Prompt) else file.prompt, target.variant)
        wanted = goal if isinstance(goal, Goal) else find_goal(goal)
        counts = _metric(prompt, scorers, metric)
        allowance = budget or Allowance()
        inputs = {
            **self._evaluator.inputs(
                golden, target=target, scorers=scorers, kb_label=kb_label, kb_version=kb_version
            ),
            **self._inputs(prompt, wanted, counts, allowance),
        }
        subject = variant_digest(prompt, None)
        if known := self._known(subject, inputs):
            return known
        setting = Setting(
            target=target, scorers=tuple(scorers), kb_label=kb_label, kb_version=kb_version
        )
        trials = Trials(self._evaluator, setting, allowance=allowance, clock=self._clock)
        job = self._job(prompt, golden, wanted, counts, setting, trials, progress)
        job = replace(job, looks=1 + self._earlier_verdicts(subject, inputs))
        result, lasting = await Attempt(job).run()
        if lasting:
            self._record(result, inputs)
        return result

    def _inputs(
        self, prompt: Prompt, goal: Goal, metric: str, allowance: Allowance
    ) -> dict[str, str]:
        """What the result depends on beside the wording and what an evaluation depends on."""
        return {
            "goal": goal.name,
            "metric": metric,
            "optimizer": OPTIMIZER_VERSION,
            "plan": digest([str(self._plan), [each.name for each in self._proposers]]),
            "writer": self._writer_model,
            "budget": allowance.key,
            "keep": digest(list(kept_sentences(prompt))),
        }

    def _record(self, result: OptimizeResult, inputs: dict[str, str]) -> None:
        if self._evidence is None:
            return
        self._evidence.add(
            Evidence(
                subject=result.subject,
                kind=EVIDENCE_KIND,
                inputs=inputs,
                value=result.to_json(),
                measured_at=self._clock(),
                code_version=self._code_version,
            )
        )

    def _known(self, subject: str, inputs: dict[str, str]) -> OptimizeResult | None:
        if self._evidence is None:
            return None
        found = self._evidence.find(subject, EVIDENCE_KIND, inputs)
        return None if found is None else OptimizeResult.from_json(found.value)

    def _earlier_verdicts(self, subject: str, inputs: dict[str, str]) -> int:
        """How often held-out cases of this golden set judged this wording for this goal."""
        if self._evidence is None or not self._plan.verdict:
            return 0
        same = ("goal", "metric", "model", "fingerprint", "golden", "kb", "kb_label")
        return sum(
            found.value["judgment"] is not None
            for found in self._evidence.for_subject(subject, EVIDENCE_KIND)
            if all(found.inputs.get(name) == inputs[name] for name in same)
        )

    def _job(
        self,
        prompt: Prompt,
        golden: GoldenSet,
        goal: Goal,
        metric: str,
        setting: Setting,
        trials: Trials,
        progress: Callable[[str], None] | None,
    ) -> Job:
        label = setting.kb_label
        parts = (
            split(golden, shares=self._plan.shares)
            if self._plan.verdict
            else Splits(train=golden.cases, dev=(), test=())
        )

        def labeled(cases: Sequence[GoldenCase]) -> list[GoldenCase]:
            return [case for case in cases if case.is_labeled(label)]

        return Job(
            prompt=prompt,
            target=setting.target,
            goal=goal,
            metric=metric,
            kb_label=label,
            train=spread(labeled(parts.train), kb_label=label)[: self._plan.most_train],
            dev=spread(labeled(parts.dev), kb_label=label)[: self._plan.most_dev],
            test=spread(labeled(parts.test), kb_label=label)[
                : self._plan.test_cases(trials.left())
            ],
            trials=trials,
            tell=progress or (lambda _: None),
            plan=self._plan,
            proposers=self._proposers,
            writer=self._writer,
            writer_model=self._writer_model,
        )


def _metric(prompt: Prompt, scorers: Sequence[Scorer], metric: str | None) -> str:
    names = [scorer.name for scorer in scorers]
    if metric is None and names:
        return names[0]
    if metric is None or metric not in names:
        raise UsageError(
            f"no scorer of {metric or 'any metric'} was given",
            where=prompt.id,
            hint=f"given: {', '.join(names) or 'none'}",
        )
    return metric
