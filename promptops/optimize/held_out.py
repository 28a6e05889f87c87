"""Which held-out cases a finalist is judged by."""

from promptops.core.statistics import detectable_gain
from promptops.evaluation.sequential import race
from promptops.golden.case import GoldenCase
from promptops.optimize.candidate import Candidate
from promptops.optimize.job import Job

_LOOK = 6
"""Held-out cases after which a finalist without hope is given up."""

_MISSED = 0.05
"""Largest chance that a finalist as good as can be shown is given up."""


async def worth_it(
    job: Job, candidate: Candidate, cases: tuple[GoldenCase, ...]
) -> tuple[GoldenCase, ...]:
    """The cases to judge by: all, or those up to where nothing was left to hope for.

    Giving up early can only make a false promotion rarer.

    Raises:
        PromptOpsError: As `Trials.run`.
    """
    gain = min(0.9, detectable_gain(len(cases)))
    for end in range(_LOOK, len(cases), _LOOK):
        some = cases[:end]
        old = (await job.trials.run(job.prompt, some)).values(job.metric)
        new = (await job.trials.run(candidate.prompt, some)).values(job.metric)
        differences = [new[name] - old[name] for name in old if name in new]
        if race(differences, gain=gain, missed=_MISSED).standing == "not worth it":
            return some
    return cases


def as_many(
    job: Job, candidate: Candidate, cases: tuple[GoldenCase, ...]
) -> tuple[GoldenCase, ...]:
    """As many of the cases, the first ones, as the allowance has room for."""
    for count in range(len(cases), 0, -1):
        some = cases[:count]
        missing = job.trials.missing(candidate.prompt, some) + job.trials.missing(job.prompt, some)
        if job.trials.affords(missing):
            return some
    return job.test  # its answers were reserved
