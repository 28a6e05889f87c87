"""One optimization from its first call to its verdict."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from promptops.errors import BudgetExceededError, PromptOpsError
from promptops.evaluation.result import Evaluation
from promptops.evaluation.target import Target
from promptops.golden.case import GoldenCase
from promptops.llm.chat import Chat
from promptops.optimize import words
from promptops.optimize.candidate import Candidate, OptimizeTask, Proposer
from promptops.optimize.contract import kept_sentences, violations
from promptops.optimize.goals import LEAST_SAVING, Claim, Goal
from promptops.optimize.merging import merge
from promptops.optimize.plan import Plan
from promptops.optimize.result import OptimizeResult, Tried, Verdict, tried_of
from promptops.optimize.search import Race, Ranked, hope, spread
from promptops.optimize.trials import Trials
from promptops.optimize.verdict import Judgment, Trial, judge
from promptops.prompts.digests import variant_digest
from promptops.prompts.model import Prompt

_LEAST_WINS = 5
"""Fewest wins without a loss that are significant: 2**-5 < 5 % <= 2**-4."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The question of one optimization.

    Args:
        prompt: The wording in use, as its own (no variants).
        target: What it runs on.
        goal: What is wanted.
        metric: What counts.
        kb_label: Label of the knowledge base in use.
        train: Cases to learn from.
        dev: Cases to select by, in an order in which every beginning is balanced.
        test: Held-out cases.
        trials: Measures.
        tell: Told what happens, in words.
        plan: How much to look at.
        proposers: Who proposes.
        writer: A model that writes, or None.
        writer_model: Its id.
    """

    prompt: Prompt
    target: Target
    goal: Goal
    metric: str
    kb_label: str | None
    train: tuple[GoldenCase, ...]
    dev: tuple[GoldenCase, ...]
    test: tuple[GoldenCase, ...]
    trials: Trials
    tell: Callable[[str], None]
    plan: Plan
    proposers: tuple[Proposer, ...]
    writer: Chat | None
    writer_model: str

    @property
    def subject(self) -> str:
        """Variant digest of the wording in use."""
        return variant_digest(self.prompt, None)


class Attempt:
    """Proposes, races, tests once and says what was shown."""

    def __init__(self, job: Job) -> None:
        """Start with nothing measured."""
        self._job = job
        self._race = Race(
            base=job.prompt,
            trials=job.trials,
            dev=job.dev,
            train=spread(job.train, kb_label=job.kb_label),
            metric=job.metric,
            goal=job.goal,
            reserve=2 * len(job.test),
            first=job.plan.first_rung,
            last=min(job.plan.last_rung, len(job.dev) + len(job.train)),
            tell=job.tell,
        )
        self._refused: list[Tried] = []
        self._proposed = 0
        self._base = Evaluation(
            prompt_id=job.prompt.id, subject=job.subject, target=job.target, inputs={}, cases=()
        )

    async def run(self) -> tuple[OptimizeResult, bool]:
        """The result, and whether it may be kept as evidence.

        Raises:
            BudgetExceededError: A budget of the chat ended before the base was measured.
        """
        try:
            result = await self._search()
        except BudgetExceededError as problem:
            if not self._base.cases:
                raise
            return self._exhausted(problem.message), False
        trials = self._job.trials
        return result, not trials.out_of_time and trials.failures == 0

    async def _search(self) -> OptimizeResult:
        job = self._job
        if len(job.test) < _LEAST_WINS or not job.dev:
            reason = f"{len(job.test)} held-out cases can show nothing: add golden cases"
            return self._result("no-safe-improvement", reason)
        job.tell(f"base on {len(job.train)} training and {len(job.dev)} dev cases")
        self._base = await job.trials.run(job.prompt, job.dev)
        learned = await job.trials.run(job.prompt, job.train) if job.train else self._base
        reason = self._nothing_to_gain(learned)
        if reason and "less" not in job.goal.claims:
            return self._result("no-safe-improvement", reason)
        candidates = await self._propose(learned)
        if reason:
            # Only a saving can be shown: what adds words is not worth a call.
            candidates = [each for each in candidates if _length(each.prompt) < _length(job.prompt)]
        self._proposed = len(candidates)
        affordable = self._race.affordable(candidates)
        await self._race.run(affordable)
        await self._merge()
        finalist = self._finalist()
        if finalist is None:
            return self._none_better()
        return await self._test(*finalist)

    async def _merge(self) -> None:
        """Measure merges of the best, as many as the allowance has room for."""
        job = self._job
        merges = merge(
            [
                each.candidate
                for each in self._race.finished()
                if each.gain > 0 or each.ratio < LEAST_SAVING
            ],
            train=job.train,
            kb_label=job.kb_label,
            most=job.plan.most_merges,
        )
        for candidate in self._new(merges):
            if self._race.has_room(candidate):
                await self._race.run_fully([candidate])

    async def _propose(self, base: Evaluation) -> list[Candidate]:
        """What the proposers say and the contract allows, in the order worth trying."""
        job = self._job
        task = OptimizeTask(
            prompt=job.prompt,
            train=job.train,
            base=base,
            metric=job.metric,
            goal=job.goal,
            kb_label=job.kb_label,
            seed=job.plan.seed,
            keep=kept_sentences(job.prompt),
            writer=job.writer,
            writer_model=job.writer_model,
        )
        rounds: list[list[Candidate]] = []
        for proposer in job.proposers:
            try:
                found = list(await proposer.propose(task))
            except BudgetExceededError:
                raise
            except PromptOpsError as problem:
                self._refused.append(
                    Tried(digest="", proposer=proposer.name, reason="", refused=str(problem))
                )
                continue
            if found and job.writer is not None:
                job.trials.note_writing(proposer.cost)
            rounds.append(found)
        return self._allowed(_in_turns(rounds))[: job.plan.most_candidates]

    def _allowed(self, found: Sequence[Candidate]) -> list[Candidate]:
        """Those that keep the contract, each wording once; the others are recorded as refused."""
        job = self._job
        seen = {job.subject}
        allowed = []
        for candidate in found:
            if candidate.digest in seen:
                continue
            seen.add(candidate.digest)
            broken = violations(job.prompt, candidate, train=job.train, held=(*job.dev, *job.test))
            if not broken:
                allowed.append(candidate)
                continue
            self._refused.append(
                Tried(
                    digest=candidate.digest,
                    proposer=candidate.proposer,
                    reason=candidate.reason,
                    parents=candidate.parents,
                    refused=f"breaks the contract: {'; '.join(broken)}",
                )
            )
        return allowed

    def _nothing_to_gain(self, learned: Evaluation) -> str:
        """Why no gain could be shown whatever was found; empty when one could."""
        job = self._job
        values = [*self._base.values(job.metric).values(), *learned.values(job.metric).values()]
        short = sum(value < 1 for value in values) + 1  # one more: it is an estimate
        if not values or short / len(values) * len(job.test) >= _LEAST_WINS:
            return ""
        return words.nothing_to_gain(values, len(job.test), _LEAST_WINS)

    def _new(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        job = self._job
        return [
            each
            for each in candidates
            if each.digest not in self._race.known
            and each.digest != job.subject
            and not violations(job.prompt, each, train=job.train, held=(*job.dev, *job.test))
        ]

    def _finalist(self) -> tuple[Ranked, Claim] | None:
        for ranked in self._race.finished():
            claim = hope(ranked, self._job.goal, least_gain=1.5 / ranked.cases)
            if claim is not None:
                return ranked, claim
        return None

    def _none_better(self) -> OptimizeResult:
        if self._race.exhausted:
            reason = words.exhausted(self._job.trials.spent, len(self._race.known), self._proposed)
            return self._exhausted(reason)
        reason = words.none_better(self._race.ranking(), self._job.metric)
        return self._result("no-safe-improvement", reason)

    def _exhausted(self, reason: str) -> OptimizeResult:
        best = self._race.ranking()
        found = best[0].candidate if best and best[0].utility > 0 else None
        return self._result("budget-exhausted", reason, candidate=found)

    async def _test(self, ranked: Ranked, claim: Claim) -> OptimizeResult:
        """Judge the finalist: on held-out cases, or on all when it learned nothing from any."""
        job = self._job
        cases, tries = job.test, 1
        if claim == "less" and not ranked.candidate.learned_from:
            # Some of them had a part in choosing it: corrected for what it was chosen from.
            cases, tries = self._as_many(ranked, (*job.test, *job.dev, *job.train)), self._rivals()
        job.tell(f"final test on {len(cases)} cases")
        base = await job.trials.run(job.prompt, cases)
        new = await job.trials.run(ranked.candidate.prompt, cases)
        clusters = {case.id: case.cluster for case in cases if case.cluster is not None}
        (judgment,) = judge(
            [Trial(candidate=ranked.candidate, claim=claim, base=base, new=new, tries=tries)],
            metric=job.metric,
            goal=job.goal,
            margin=job.plan.margin,
            seed=job.plan.seed,
            clusters=clusters or None,
        )
        self._base = base
        verdict: Verdict = "improved" if judgment.shown else "no-safe-improvement"
        if not judgment.shown and self._race.exhausted:
            verdict = "budget-exhausted"
        reason = words.judged(ranked.candidate, judgment, base, new)
        return self._result(
            verdict, reason, candidate=ranked.candidate, best=new, judgment=judgment
        )

    def _as_many(self, ranked: Ranked, cases: tuple[GoldenCase, ...]) -> tuple[GoldenCase, ...]:
        """As many of the cases, the first ones, as the allowance has room for."""
        trials, prompt = self._job.trials, ranked.candidate.prompt
        for count in range(len(cases), 0, -1):
            some = cases[:count]
            if trials.affords(
                trials.missing(prompt, some) + trials.missing(self._job.prompt, some)
            ):
                return some
        return self._job.test  # its answers were reserved

    def _rivals(self) -> int:
        """The shorter wordings in the race that learned nothing: one of them was chosen."""
        length = _length(self._job.prompt)
        raced = [each.candidate for each in self._race.known.values()]
        return sum(not each.learned_from and _length(each.prompt) < length for each in raced)

    def _result(
        self,
        verdict: Verdict,
        reason: str,
        *,
        candidate: Candidate | None = None,
        best: Evaluation | None = None,
        judgment: Judgment | None = None,
    ) -> OptimizeResult:
        job = self._job
        ranking = self._race.ranking()
        tried = [tried_of(each, on_front=_on_front(each, ranking)) for each in ranking]
        return OptimizeResult(
            prompt_id=job.prompt.id,
            subject=job.subject,
            target=job.target,
            goal=job.goal.name,
            metric=job.metric,
            base=self._base,
            best=best,
            judgment=judgment,
            candidate=candidate,
            verdict=verdict,
            reason=reason,
            spent=job.trials.spent,
            tried=(*tried, *self._refused),
        )


def _length(prompt: Prompt) -> int:
    return sum(len(message.content) for message in prompt.messages)


def _in_turns(rounds: Sequence[Sequence[Candidate]]) -> list[Candidate]:
    """The first of every proposer, then the rest in the proposers' order."""
    first = [found[0] for found in rounds if found]
    return [*first, *(each for found in rounds for each in found[1:])]


def _on_front(one: Ranked, ranking: Sequence[Ranked]) -> bool:
    """Whether no wording on as many cases is at least as good in both and better in one."""
    if one.error is not None:
        return False
    rivals = [other for other in ranking if other.cases == one.cases and other.error is None]
    return not any(
        other.score >= one.score
        and other.input_tokens <= one.input_tokens
        and (other.score, -other.input_tokens) > (one.score, -one.input_tokens)
        for other in rivals
    )
