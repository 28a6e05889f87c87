"""One optimization from its first call to its verdict."""

from collections.abc import Sequence
from dataclasses import replace

from promptops.errors import BudgetExceededError, PromptOpsError, UsageError
from promptops.evaluation.result import Evaluation
from promptops.golden.case import GoldenCase
from promptops.optimize import words
from promptops.optimize.breeding import breed, descendant
from promptops.optimize.candidate import Candidate, OptimizeTask, Proposer
from promptops.optimize.contract import kept_sentences, violations
from promptops.optimize.goals import LEAST_SAVING, Claim
from promptops.optimize.held_out import as_many, worth_it
from promptops.optimize.job import Job
from promptops.optimize.plan import LEAST_TEST
from promptops.optimize.result import OptimizeResult, Tried, Verdict, tried_of
from promptops.optimize.search import Race, Ranked, hope
from promptops.optimize.shrinking import shrink
from promptops.optimize.verdict import Judgment, Trial, judge
from promptops.prompts.model import Prompt

_LEAST_RACE = 9
"""Answers of the smallest race: two wordings and the one in use, three cases each."""

_LEAST_WINS = 5
"""Fewest wins without a loss that are significant: 2**-5 < 5 % <= 2**-4."""


class Attempt:
    """Proposes, races, tests once and says what was shown."""

    def __init__(self, job: Job) -> None:
        """Start with nothing measured."""
        self._job = job
        self._race = Race(
            base=job.prompt,
            trials=job.trials,
            dev=job.dev,
            train=job.train,
            metric=job.metric,
            goal=job.goal,
            reserve=2 * len(job.test),
            last=job.plan.last_rung,
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
        if job.plan.verdict and (len(job.test) < _LEAST_WINS or not job.dev):
            reason = f"{len(job.test)} held-out cases can show nothing: add golden cases"
            return self._result("no-safe-improvement", reason)
        start = self._race.pool[: job.plan.base_cases(job.trials.left())]
        job.tell(f"base on {len(start)} training and dev cases")
        self._check_allowance(start)
        # One answer first: it tells what an answer takes, and whether answers can be scored at all.
        self._base = await job.trials.run(job.prompt, start[:1])
        self._base = await job.trials.run(job.prompt, start)
        if not self._base.values(job.metric):
            raise UsageError(
                f"no case could be scored by {job.metric}: {self._base.failures[0].error}",
                where=job.prompt.id,
                hint="see what the scorer needs in docs/reference/scorers.md",
            )
        reason = self._nothing_to_gain()
        if reason and "less" not in job.goal.claims:
            return self._result("no-safe-improvement", reason)
        asked = [each for each in job.proposers if job.goal.asks(each)]
        candidates = await self._propose(job.prompt, self._base, asked)
        if reason or job.goal.claims == ("less",):
            # Only a saving can be shown: what adds words is not worth a call.
            candidates = [each for each in candidates if _length(each.prompt) < _length(job.prompt)]
        candidates = candidates[: job.plan.most_candidates]
        self._proposed = len(candidates)
        if job.plan.verdict and job.goal.claims == ("less",) and candidates:
            found = await shrink(job, self._race, candidates)
            if found is None:
                return self._none_better()
            return await self._judge(found.candidate, "less", found.cases, tries=found.tries)
        finalist, untried = await self._look_among(candidates), self._new(candidates)
        while finalist is None and untried and self._spend_half_of_the_verdict():
            finalist, untried = await self._look_among(untried), self._new(untried)
        if finalist is None:
            return self._none_better()
        if not job.plan.verdict:
            return self._unproven(finalist[0])
        return await self._test(*finalist)

    async def _look_among(self, candidates: Sequence[Candidate]) -> tuple[Ranked, Claim] | None:
        """Race candidates and children of the best of them; who is worth a verdict."""
        children = self._job.plan.most_children
        await self._race.run(candidates, children=children)
        await self._race.run_children((await self._children())[:children])
        return self._finalist()

    def _spend_half_of_the_verdict(self) -> bool:
        """Go on with answers kept for a verdict that has nothing to judge; False if none are left.

        The held-out cases were not touched, so a verdict by fewer of them is as honest: it shows
        large gains only, where otherwise nothing would be shown.
        """
        half = len(self._job.test) // 2
        if self._job.trials.left() is None or not self._job.plan.verdict or half < LEAST_TEST:
            return False
        self._job = replace(self._job, test=self._job.test[:half])
        self._race.reserve, self._race.exhausted = 2 * half, False
        self._job.tell(f"nothing to judge yet: the search goes on, {half} cases stay held out")
        return True

    def _check_allowance(self, start: Sequence[GoldenCase]) -> None:
        """Refuse what would end before anything was raced.

        Raises:
            BudgetExceededError: The allowance is too small to begin with; nothing was asked.
        """
        least = len(start) + _LEAST_RACE + 2 * len(self._job.test)
        left = self._job.trials.left()
        if left is not None and left < least:
            raise BudgetExceededError(
                f"the budget of {self._job.trials.allowance.words} is too little to begin with",
                where=self._job.prompt.id,
                hint=f"this search takes {least} answers at least; nothing was asked",
            )

    async def _children(self) -> list[Candidate]:
        """Wordings made of those that did best, the most promising first."""
        job = self._job
        best = [
            each for each in self._race.finished() if each.gain > 0 or each.ratio < LEAST_SAVING
        ]
        if not best:
            return []
        cases, leader = self._race.cases_of(best[0].candidate), best[0].candidate
        results = await job.trials.known(leader.prompt, cases)
        reflecting = tuple(each for each in job.proposers if getattr(each, "reflects", False))
        rewritten = await self._propose(leader.prompt, results, reflecting, of=leader)
        bred = breed(
            self._race.ranking(),
            results=results,
            train=job.train,
            metric=job.metric,
            kb_label=job.kb_label,
        )
        return self._new(_in_turns([bred, rewritten]))

    async def _propose(
        self,
        prompt: Prompt,
        results: Evaluation,
        proposers: Sequence[Proposer],
        *,
        of: Candidate | None = None,
    ) -> list[Candidate]:
        """What proposers say of a wording and the contract allows, in the order worth trying.

        Args:
            prompt: The wording to start from.
            results: How it does.
            proposers: Who is asked.
            of: The candidate that has this wording, unless it is the one in use.
        """
        job = self._job
        task = OptimizeTask(
            prompt=prompt,
            train=job.train,
            base=results,
            metric=job.metric,
            goal=job.goal,
            kb_label=job.kb_label,
            seed=job.plan.seed,
            keep=kept_sentences(job.prompt),
            writer=None if job.writer is None else job.trials.noted(job.writer),
            writer_model=job.writer_model,
        )
        rounds: list[list[Candidate]] = []
        for proposer in proposers:
            try:
                again = None if of is None else getattr(proposer, "reflect", None)
                found = list(await (again or proposer.propose)(task))
            except BudgetExceededError:
                raise
            except PromptOpsError as problem:
                self._refused.append(
                    Tried(digest="", proposer=proposer.name, reason="", refused=str(problem))
                )
                continue
            rounds.append(found if of is None else [descendant(each, of) for each in found])
        return self._allowed(_in_turns(rounds))

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

    def _nothing_to_gain(self) -> str:
        """Why no gain could be shown whatever was found; empty when one could."""
        job = self._job
        values = list(self._base.values(job.metric).values())
        if not job.plan.verdict:
            return "" if any(value < 1 for value in values) else words.all_right(len(values))
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
            least = 1.5 / ranked.cases if self._job.plan.verdict else 1e-9
            claim = hope(ranked, self._job.goal, least_gain=least)
            if claim is not None:
                return ranked, claim
        return None

    def _unproven(self, ranked: Ranked) -> OptimizeResult:
        """The best that was found, told as what it is."""
        reason = words.unproven(ranked, self._job.metric)
        return self._result("unproven", reason, candidate=ranked.candidate)

    def _none_better(self) -> OptimizeResult:
        if self._race.exhausted:
            reason = words.exhausted(self._job.trials.spent, len(self._race.known), self._proposed)
            return self._exhausted(reason)
        reason = words.none_better(self._race.ranking(), self._job.metric)
        return self._result("no-safe-improvement", reason)

    def _exhausted(self, reason: str) -> OptimizeResult:
        return self._result("budget-exhausted", reason, candidate=self._race.leader)

    async def _test(self, ranked: Ranked, claim: Claim) -> OptimizeResult:
        """Judge the finalist: on held-out cases, or on all when it learned nothing from any."""
        job = self._job
        cases, tries = job.test, 1
        if claim == "less" and not ranked.candidate.learned_from:
            # Some of them had a part in choosing it: corrected for what it was chosen from.
            cases, tries = (
                as_many(job, ranked.candidate, self._race.every(job.test)),
                self._rivals(),
            )
        job.tell(f"final test on {len(cases)} cases")
        if claim == "better":
            cases = await worth_it(job, ranked.candidate, cases)
        return await self._judge(ranked.candidate, claim, cases, tries=tries)

    async def _judge(
        self, candidate: Candidate, claim: Claim, cases: Sequence[GoldenCase], *, tries: int = 1
    ) -> OptimizeResult:
        """Say what the cases show of a candidate."""
        job = self._job
        base = await job.trials.run(job.prompt, cases)
        new = await job.trials.run(candidate.prompt, cases)
        clusters = {case.id: case.cluster for case in cases if case.cluster is not None}
        (judgment,) = judge(
            [Trial(candidate=candidate, claim=claim, base=base, new=new, tries=tries * job.looks)],
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
        reason = words.judged(candidate, judgment, base, new)
        if job.looks > 1:
            reason += f"; p is that of {job.looks} looks at these cases"
        return self._result(verdict, reason, candidate=candidate, best=new, judgment=judgment)

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
            tried=(*tried_of(self._race.ranking()), *self._refused),
        )


def _length(prompt: Prompt) -> int:
    return sum(len(message.content) for message in prompt.messages)


def _in_turns(rounds: Sequence[Sequence[Candidate]]) -> list[Candidate]:
    """The first of every proposer, then the rest in the proposers' order."""
    first = [found[0] for found in rounds if found]
    return [*first, *(each for found in rounds for each in found[1:])]
