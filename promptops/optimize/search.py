"""The race: sequential halving over cases that are not held out, then children of the best.

Method: sequential halving (Karnin, Koren and Somekh 2013; Jamieson and Talwalkar 2016). All
candidates run on a few cases, the better half on twice as many, and so on until one is left. Many
candidates on few cases each find a better one than few candidates on all cases do for the same
number of calls: `schedule` says how many and how few. It is anytime: when the allowance ends, what
was ranked so far stands. Every choice is deterministic, and answers that a cache gives count like
paid ones, so a search that was killed takes the same way again. A candidate runs on dev cases and
on those training cases that it learned nothing from.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from promptops.errors import (
    BudgetExceededError,
    MissingKeyError,
    ModelNotInstalledError,
    PromptOpsError,
    StorageError,
    UnknownModelError,
)
from promptops.evaluation.result import Evaluation
from promptops.golden.case import GoldenCase
from promptops.optimize.candidate import Candidate
from promptops.optimize.goals import Claim, Goal, quantity_ratio
from promptops.optimize.trials import Trials
from promptops.prompts.model import Prompt

_FEW = 6
"""Cases up to which one lost case is bad luck."""

_NOT_ABOUT_ONE_CANDIDATE = (
    StorageError,
    MissingKeyError,
    ModelNotInstalledError,
    UnknownModelError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A candidate with what is known of it from the race.

    Args:
        candidate: The wording.
        cases: Cases it ran on.
        score: Its mean on them.
        gain: Its mean minus the base's on the same cases.
        ratio: The goal's quantity over the base's.
        input_tokens: Mean tokens sent.
        utility: What the goal makes of it; the base has 0.
        error: Why it could not be measured, if so.
        finished: Whether it came to the end of the race.
    """

    candidate: Candidate
    cases: int = 0
    score: float = 0.0
    gain: float = -1.0
    ratio: float = 1.0
    input_tokens: float = 0.0
    utility: float = -math.inf
    error: str | None = None
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Schedule:
    """How a race goes: ``candidates`` run, on ``rungs[0]`` cases at first, and so on."""

    candidates: int
    rungs: tuple[int, ...]

    @property
    def price(self) -> int:
        """Answers that the candidates take at most; the base's on the last rung come on top."""
        price, before, running = 0, 0, self.candidates
        for size in self.rungs:
            price += running * (size - before)
            before, running = size, max(1, math.ceil(running / 2))
        return price


_ANSWERS_EACH = 8
"""Answers for each candidate of a race. Simulated races over wordings that differ by five to ten
points were best with six to eight, from 50 to 250 answers."""

_LEAST_RUNG = 3


def schedule(available: int, answers: int | None, most_cases: int, last: int) -> Schedule:
    """The race that makes the most of an allowance.

    Args:
        available: Candidates there are.
        answers: Answers that the race may take, the base's included; None is no limit.
        most_cases: Cases there are.
        last: Cases of the last rung where there is no limit.
    """
    if available == 0 or most_cases == 0:
        return Schedule(0, ())
    if answers is None:
        most = min(last, most_cases)
        return Schedule(available, _rungs(max(2, most // 8), available, most))
    # The base runs on the last rung too: a long one would leave little for the candidates.
    most = min(most_cases, max(12, answers // 6))
    for candidates in range(min(available, max(2, answers // _ANSWERS_EACH)), 0, -1):
        fitting = [
            plan
            for first in range(_LEAST_RUNG, min(8, most) + 1)
            for plan in [Schedule(candidates, _rungs(first, candidates, most))]
            if plan.price + plan.rungs[-1] <= answers
        ]
        if fitting:
            return fitting[-1]
    return Schedule(0, ())


def _rungs(first: int, candidates: int, most: int) -> tuple[int, ...]:
    """Cases of each rung: doubled until one candidate is left, or the cases are at their end."""
    sizes = [min(first, most)]
    while 2 ** len(sizes) < 2 * candidates and sizes[-1] < most:
        sizes.append(min(2 * sizes[-1], most))
    return tuple(sizes)


@dataclass(slots=True, kw_only=True)
class Race:
    """One race in progress.

    Args:
        base: The wording in use.
        trials: Measures.
        dev: Cases for selecting, in the order in which they are used.
        train: Cases for learning, used after those by candidates that did not learn from them.
        metric: What counts.
        goal: Ranks.
        reserve: Answers to leave for the final test.
        last: Cases of the last rung where the allowance sets no limit.
        tell: Told what happens, in words.
        exhausted: Whether the allowance was too small to race.
        known: What was measured so far, by digest.
        leader: What to return if the search ended now; None before anything gained.
    """

    base: Prompt
    trials: Trials
    dev: tuple[GoldenCase, ...]
    train: tuple[GoldenCase, ...]
    metric: str
    goal: Goal
    reserve: int
    last: int = 16
    tell: Callable[[str], None] = lambda _: None
    exhausted: bool = False
    known: dict[str, Ranked] = field(default_factory=dict)
    leader: Candidate | None = None
    _rungs: tuple[int, ...] = ()

    @property
    def pool(self) -> tuple[GoldenCase, ...]:
        """All cases of the race, in the order of use."""
        return (*self.dev, *self.train)

    def every(self, held_out: Sequence[GoldenCase]) -> tuple[GoldenCase, ...]:
        """The held-out cases and all of the race."""
        return (*held_out, *self.pool)

    def note(self, candidate: Candidate, new: Evaluation, base: Evaluation) -> None:
        """Remember what was measured of a candidate outside of the race."""
        ranked = rank(candidate, new, base, metric=self.metric, goal=self.goal)
        self.known[candidate.digest] = replace(ranked, finished=True)
        self._follow()

    def cases_of(self, candidate: Candidate) -> tuple[GoldenCase, ...]:
        """The cases that can tell how good a candidate is, in the order of use."""
        return tuple(case for case in self.pool if case.id not in candidate.learned_from)

    async def run(self, candidates: Sequence[Candidate], *, children: int = 0) -> None:
        """Race candidates, the first ones, as many as the allowance is good for.

        Where none comes to the end, the next ones race for what is left.

        Args:
            candidates: The most trusted first.
            children: Candidates made of the best afterwards that the allowance should leave room
                for.
        """
        waiting, wanted = list(candidates), {each.digest for each in candidates}
        while waiting and not any(each.candidate.digest in wanted for each in self.finished()):
            taken = await self._heat(waiting, children)
            if not taken:
                break
            waiting = waiting[taken:]

    async def _heat(self, candidates: Sequence[Candidate], children: int) -> int:
        """One race; how many candidates it took, 0 when there is no room for two."""
        left = self.trials.left()
        answers = None if left is None else left - self.reserve
        if answers is not None and children:
            answers -= min(answers // 4, children * self.last)
        most_cases = max((len(self.cases_of(each)) for each in candidates), default=0)
        plan = schedule(len(candidates), answers, most_cases, self.last)
        if plan.candidates < min(len(candidates), 2):
            self.exhausted = self.exhausted or not self.known
            return 0
        self._rungs = plan.rungs
        running = list(candidates[: plan.candidates])
        for size in plan.rungs:
            for number, candidate in enumerate(running, 1):
                self.tell(f"wording {number} of {len(running)} on {size} cases{self._so_far()}")
                if not await self._measure(candidate, size):
                    return plan.candidates
            half = max(1, math.ceil(len(running) / 2))
            running = [each.candidate for each in self._hopeful(running)][:half]
        return plan.candidates

    async def run_children(self, candidates: Sequence[Candidate]) -> None:
        """Take candidates to the end of the race, each as long as it keeps up with the best."""
        for number, candidate in enumerate(candidates, 1):
            best = self.finished()[0] if self.finished() else None
            for size in self._rungs:
                self.tell(f"child {number} of {len(candidates)} on {size} cases{self._so_far()}")
                if not await self._measure(candidate, size):
                    return
                one = self.known[candidate.digest]
                behind = best is not None and one.gain < best.gain - 2 * slack(one.cases)
                if one.error is not None or behind or not self._hopeful([candidate]):
                    break

    def finished(self) -> list[Ranked]:
        """Those that came to the end of the race, best first."""
        return [each for each in self.ranking() if each.finished]

    def ranking(self) -> list[Ranked]:
        """All that were measured: finished first, then by utility, then fewer tokens."""
        return sorted(
            self.known.values(),
            key=lambda r: (not r.finished, -r.utility, r.input_tokens, r.candidate.digest),
        )

    def _so_far(self) -> str:
        """The best gain yet, in words."""
        best = next((each for each in self.ranking() if each.error is None), None)
        return "" if best is None else f", best so far {best.gain:+.2f} on {best.cases}"

    def _enough(self, cases: Sequence[GoldenCase]) -> int:
        """Cases of the last rung for a candidate that these cases can judge."""
        return min(self._rungs[-1], len(cases))

    def _hopeful(self, candidates: Sequence[Candidate]) -> list[Ranked]:
        """Those that may still do better than the base, or no worse for less; best first.

        In the first rungs one case less than the base is bad luck; later a loss is a loss.
        """
        wanted = {candidate.digest for candidate in candidates}
        return [
            each
            for each in self.ranking()
            if each.candidate.digest in wanted
            and each.error is None
            and hope(each, self.goal, least_gain=-slack(each.cases) if each.cases <= _FEW else 0.0)
            is not None
        ]

    async def _measure(self, candidate: Candidate, size: int) -> bool:
        """Measure one candidate; False when the allowance is at its end."""
        everything = self.cases_of(candidate)
        cases = everything[:size]
        needed = sum(self.trials.missing(each, cases) for each in (candidate.prompt, self.base))
        if not self.trials.affords(needed + self.reserve):
            self.exhausted = True
            return False
        try:
            new = await self.trials.run(candidate.prompt, cases)
            base = await self.trials.run(self.base, cases)
        except (BudgetExceededError, *_NOT_ABOUT_ONE_CANDIDATE):
            raise
        except PromptOpsError as problem:
            # Every case failed, such as a wording too long for the model: this one is out.
            ranked = Ranked(candidate=candidate, error=str(problem))
        else:
            ranked = rank(candidate, new, base, metric=self.metric, goal=self.goal)
            ranked = replace(ranked, finished=len(cases) == self._enough(everything))
        self.known[candidate.digest] = ranked
        self._follow()
        return True

    def _follow(self) -> None:
        """Keep the leader until another is ahead by more than noise, on no fewer cases.

        The best of many on few cases is often a lucky one: a search that is stopped at any moment
        should not return whoever was lucky last.
        """
        gained = [each for each in self.known.values() if each.error is None and each.utility > 0]
        best = max(gained, key=lambda each: (each.utility, each.cases), default=None)
        led = next((each for each in gained if each.candidate == self.leader), None)
        if led is None or best is None:
            self.leader = None if best is None else best.candidate
        elif best.cases >= led.cases and best.utility > led.utility + slack(best.cases):
            self.leader = best.candidate


def rank(
    candidate: Candidate, new: Evaluation, base: Evaluation, *, metric: str, goal: Goal
) -> Ranked:
    """What results on the same cases say of a candidate; see `Ranked`."""
    values, old = new.values(metric), base.values(metric)
    shared = [case_id for case_id in old if case_id in values]
    if not shared:
        return Ranked(candidate=candidate, error="no case was scored")
    gain = sum(values[each] - old[each] for each in shared) / len(shared)
    ranked = Ranked(
        candidate=candidate,
        cases=len(shared),
        score=sum(values[each] for each in shared) / len(shared),
        gain=gain,
        ratio=quantity_ratio(goal.quantity, new, base),
        input_tokens=new.input_tokens_mean,
    )
    # Few cases promise more than they keep: pulled towards no gain, as if by four more of them.
    shrunk = gain * len(shared) / (len(shared) + 4)
    others = {name: quantity_ratio(name, new, base) for name, _ in goal.prices}
    utility = goal.utility(gain=shrunk, ratio=ranked.ratio, slack=slack(len(shared)), others=others)
    return replace(ranked, utility=utility)


def hope(ranked: Ranked, goal: Goal, *, least_gain: float) -> Claim | None:
    """The claim that a candidate's results let hope for, or None."""
    return goal.claim(
        gain=ranked.gain, ratio=ranked.ratio, slack=slack(ranked.cases), least_gain=least_gain
    )


def slack(cases: int) -> float:
    """The loss that noise explains on so few cases: one case out of them."""
    return 1.0 / cases if cases else 1.0


def spread(cases: Sequence[GoldenCase], *, kb_label: str | None) -> tuple[GoldenCase, ...]:
    """Cases in an order in which every beginning holds the answers in the shares of the whole.

    A few cases then rank wordings as all would: where most answers are the same, a wording that
    gives that answer is worth what it is worth, which equal shares would hide.
    """
    from promptops.core.canonical import canonical_json

    groups: dict[bytes, list[GoldenCase]] = {}
    for case in cases:
        groups.setdefault(canonical_json(case.expected_for(kb_label)), []).append(case)
    # The middle of its share of the whole is the place of each case (Sainte-Lague's method).
    placed = [
        ((place + 0.5) / len(group), -len(group), number, case)
        for number, group in enumerate(groups.values())
        for place, case in enumerate(group)
    ]
    return tuple(case for *_, case in sorted(placed, key=lambda each: each[:3]))
