"""The shortest wording that loses nothing: which candidate is judged, and on which cases."""

from collections.abc import Sequence
from dataclasses import dataclass

from promptops.golden.case import GoldenCase
from promptops.optimize.candidate import Candidate
from promptops.optimize.descent import descend, probe, settle, stairs
from promptops.optimize.job import Job
from promptops.optimize.plan import FINALISTS, held_out_suffice
from promptops.optimize.search import Race
from promptops.prompts.model import Prompt

_MOST_STEPS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrunk:
    """Who is judged.

    Args:
        candidate: The shorter wording.
        cases: The cases to judge it by; the answers are there.
        tries: Wordings that share the error rate.
    """

    candidate: Candidate
    cases: tuple[GoldenCase, ...]
    tries: int = 1


async def shrink(job: Job, race: Race, candidates: Sequence[Candidate]) -> Shrunk | None:
    """Find the shortest wording worth a verdict, or None; what was measured is noted in the race.

    Raises:
        PromptOpsError: A model call failed.
    """
    if not held_out_suffice(len(job.test), job.plan.margin):
        return await _descended(job, race, candidates)
    trials, cases = job.trials, race.pool[: job.plan.last_rung]

    def affords(prompt: Prompt, some: Sequence[GoldenCase]) -> bool:
        missing = trials.missing(prompt, some) + trials.missing(job.prompt, some)
        return trials.affords(missing + race.reserve)

    job.tell(f"the shortest of {len(candidates)} wordings on {len(cases)} cases")
    probed = await probe(
        job.prompt, candidates, cases, measure=trials.run, metric=job.metric, affords=affords,
        wanted=FINALISTS,
    )  # fmt: skip
    for one in probed:
        race.note(one.candidate, one.new, one.base)
    race.exhausted = not probed
    finalists = [one.candidate for one in probed if one.kept_up]
    while len(finalists) > 1 and not trials.affords((1 + len(finalists)) * len(job.test)):
        finalists.pop()
    if not finalists:
        return None
    job.tell(f"final test on {len(job.test)} cases")
    test = await settle(
        job.prompt, finalists, job.test, measure=trials.run, metric=job.metric,
        margin=job.plan.margin, quantity=job.goal.quantity, seed=job.plan.seed,
    )  # fmt: skip
    seen = test.comparison.pairs if not test.shown else len(job.test)
    return Shrunk(candidate=test.candidate, cases=job.test[:seen], tries=len(finalists))


async def _descended(job: Job, race: Race, candidates: Sequence[Candidate]) -> Shrunk | None:
    """Test ever shorter wordings on all cases until the first that is not shown."""
    cases = race.every(job.test)
    left, missing = job.trials.left(), job.trials.missing(job.prompt, cases)
    room = _MOST_STEPS if left is None else min(_MOST_STEPS, (left - missing) // len(cases))
    steps = stairs(candidates, room)
    if not steps:
        race.exhausted = bool(candidates)
        return None
    job.tell(f"{len(steps)} ever shorter wordings on {len(cases)} cases")
    tested = await descend(
        job.prompt, steps, cases, measure=job.trials.run, metric=job.metric,
        margin=job.plan.margin, quantity=job.goal.quantity, seed=job.plan.seed,
    )  # fmt: skip
    for one in tested:
        race.note(one.candidate, one.new, one.base)
    shown = [one for one in tested if one.shown]
    return Shrunk(candidate=(shown[-1] if shown else tested[0]).candidate, cases=cases)
