"""The race: successive halving over cases that are not held out, then merges of the best.

Method: successive halving (Jamieson & Talwalkar 2016): all candidates run on a few cases, the
better half on more, and so on. It is anytime: when the allowance ends, what was ranked so far
stands. Every choice is deterministic, and answers that a cache gives count like paid ones, so a
search that was killed takes the same way again. A candidate runs on dev cases and on those training
cases that it learned nothing from: a golden set is small, and twelve cases may all be lucky ones.
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
        first: Cases of the first rung; twice as many in each further one.
        last: Cases of the last rung.
        tell: Told what happens, in words.
        exhausted: Whether the allowance was too small to race all candidates.
        known: What was measured so far, by digest.
    """

    base: Prompt
    trials: Trials
    dev: tuple[GoldenCase, ...]
    train: tuple[GoldenCase, ...]
    metric: str
    goal: Goal
    reserve: int
    first: int = 5
    last: int = 16
    tell: Callable[[str], None] = lambda _: None
    exhausted: bool = False
    known: dict[str, Ranked] = field(default_factory=dict)

    def affordable(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """As many candidates, the first ones, as the allowance has room to race to the end."""
        for count in range(len(candidates), 0, -1):
            if self.trials.affords(self._price(count) + self.reserve):
                break
        else:
            count = 0
        if count < len(candidates):
            self.exhausted = True
        return list(candidates[:count])

    def has_room(self, candidate: Candidate) -> bool:
        """Whether one more candidate can run on all dev cases."""
        needed = self.trials.missing(candidate.prompt, self.cases_of(candidate))
        return self.trials.affords(needed + self.reserve)

    def cases_of(self, candidate: Candidate) -> tuple[GoldenCase, ...]:
        """The cases that can tell how good a candidate is, in the order of use."""
        pool = (*self.dev, *self.train)
        return tuple(case for case in pool if case.id not in candidate.learned_from)[: self.last]

    def _price(self, count: int) -> int:
        """Answers that racing so many candidates takes."""
        price, before = 0, 0
        for size in self._rungs():
            price += count * (size - before)
            before, count = size, max(1, math.ceil(count / 2))
        return price

    async def run(self, candidates: Sequence[Candidate]) -> None:
        """Race candidates through the rungs."""
        running = list(candidates)
        for size in self._rungs():
            for number, candidate in enumerate(running, 1):
                self.tell(f"wording {number} of {len(running)} on {size} cases")
                if not await self._measure(candidate, size):
                    return
            half = max(1, math.ceil(len(running) / 2))
            running = [each.candidate for each in self._hopeful(running)][:half]

    async def run_fully(self, candidates: Sequence[Candidate]) -> None:
        """Take candidates to the end of the race at once."""
        for candidate in candidates:
            if not await self._measure(candidate, self.last):
                return

    def finished(self) -> list[Ranked]:
        """Those that came to the end of the race, best first."""
        return [each for each in self.ranking() if each.finished]

    def ranking(self) -> list[Ranked]:
        """All that were measured: finished first, then by utility, then fewer tokens."""
        return sorted(
            self.known.values(),
            key=lambda r: (not r.finished, -r.utility, r.input_tokens, r.candidate.digest),
        )

    def _rungs(self) -> list[int]:
        """How many cases each rung has."""
        sizes = [min(self.first, self.last)]
        while sizes[-1] < self.last:
            sizes.append(min(2 * sizes[-1], self.last))
        return sizes

    def _hopeful(self, candidates: Sequence[Candidate]) -> list[Ranked]:
        """Those that may still do better than the base, or no worse for less; best first.

        In the first rung one case less than the base is bad luck; later a loss is a loss.
        """
        wanted = {candidate.digest for candidate in candidates}
        return [
            each
            for each in self.ranking()
            if each.candidate.digest in wanted
            and each.error is None
            and hope(
                each, self.goal, least_gain=-slack(each.cases) if each.cases <= self.first else 0.0
            )
            is not None
        ]

    async def _measure(self, candidate: Candidate, size: int) -> bool:
        """Measure one candidate; False when the allowance is at its end."""
        everything = self.cases_of(candidate)
        cases = everything[:size]
        needed = self.trials.missing(candidate.prompt, cases)
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
            ranked = replace(ranked, finished=len(cases) == len(everything))
        self.known[candidate.digest] = ranked
        return True


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
    utility = goal.utility(gain=shrunk, ratio=ranked.ratio, slack=slack(len(shared)))
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
    """Cases in an order in which every beginning is balanced over the expected answers."""
    from promptops.core.canonical import canonical_json

    groups: dict[bytes, list[GoldenCase]] = {}
    for case in cases:
        groups.setdefault(canonical_json(case.expected_for(kb_label)), []).append(case)
    left = sorted(groups.values(), key=len, reverse=True)
    order: list[GoldenCase] = []
    while any(left):
        order.extend(group.pop(0) for group in left if group)
    return tuple(order)
