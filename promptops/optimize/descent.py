"""Descent: ever shorter wordings, tested against the base without inflating the error.

With enough held-out cases: `probe` looks at the shortest wordings first, on cases that are not held
out, and gives up those that lose; `settle` tests the few that kept up on the held-out cases, the
shortest first, each at its share of the error rate (Bonferroni), until one is shown.

With fewer cases than can show anything so: `descend`, fixed-sequence testing (Maurer, Hothorn and
Lehmacher 1995; Westfall and Krishen 2001). The wordings are tested from the longest to the
shortest, each at the full error rate on the same cases, until the first that is not shown; what was
shown before it stands. The chance of accepting any wording that loses the margin or more is at most
the error rate, without a correction for how many were tested, because the order does not depend on
the answers. That is why nothing in them may be learned from the cases. A wording that has lost too
many cases after some batches is given up early; giving up can only make false acceptance rarer.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from promptops.evaluation.comparison import ALPHA, Comparison, change, compare
from promptops.evaluation.noninferiority import p_not_worse
from promptops.evaluation.result import Evaluation
from promptops.golden.case import GoldenCase
from promptops.optimize.candidate import Candidate
from promptops.optimize.goals import visible_quantity
from promptops.prompts.model import Prompt

Measure = Callable[[Prompt, Sequence[GoldenCase]], Awaitable[Evaluation]]

_BATCH = 20
"""Cases after which a test without hope may end."""

_HOPELESS = 0.3
"""The p-value from which a test is given up, were no other case to change."""

_LOOKS = (4, 8, 16)
"""Cases after which a wording that is probed is given up, if more than one of them was lost."""

_APART = 0.1
"""How much longer, as a share of the base, the next wording is that is worth testing too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """One wording against the base.

    Args:
        candidate: The wording.
        base: The base on the cases that both ran on.
        new: The wording on them.
        comparison: The scores, compared.
        shown: Whether a loss of the margin is ruled out and the quantity is less.
    """

    candidate: Candidate
    base: Evaluation
    new: Evaluation
    comparison: Comparison
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """One wording on cases that are not held out.

    Args:
        candidate: The wording.
        base: The base on the cases that both ran on.
        new: The wording on them.
        kept_up: Whether it ran on all of them and lost no point net.
    """

    candidate: Candidate
    base: Evaluation
    new: Evaluation
    kept_up: bool


async def probe(
    base: Prompt,
    candidates: Sequence[Candidate],
    cases: Sequence[GoldenCase],
    *,
    measure: Measure,
    metric: str,
    affords: Callable[[Prompt, Sequence[GoldenCase]], bool],
    wanted: int = 2,
) -> tuple[Probed, ...]:
    """Look for the shortest wordings that keep up with the base.

    Args:
        base: The wording in use.
        candidates: What was proposed; those that learned from a case are passed over.
        cases: Cases that are not held out, in the order of use.
        measure: Runs a wording on cases; asked twice for a case, it should remember the answer.
        metric: What counts.
        affords: Whether there is room for a wording on cases.
        wanted: How many that keep up are enough.

    Returns:
        What was looked at, the shortest first.

    Raises:
        PromptOpsError: A model call failed.
    """
    probed: list[Probed] = []
    kept: list[Candidate] = []
    fit = [each for each in candidates if not each.learned_from]
    for candidate in sorted(fit, key=lambda each: (_length(each), each.digest)):
        apart = _APART * sum(len(message.content) for message in base.messages)
        if kept and _length(candidate) < _length(kept[-1]) + apart:
            continue
        if len(kept) == wanted or not affords(candidate.prompt, cases):
            break
        one = await _probe(base, candidate, cases, measure=measure, metric=metric)
        probed.append(one)
        kept += [candidate] * one.kept_up
    return tuple(probed)


async def _probe(
    base: Prompt,
    candidate: Candidate,
    cases: Sequence[GoldenCase],
    *,
    measure: Measure,
    metric: str,
) -> Probed:
    end = 0
    while True:
        end = next((look for look in _LOOKS if end < look < len(cases)), len(cases))
        old, new = await measure(base, cases[:end]), await measure(candidate.prompt, cases[:end])
        lost = sum(old.values(metric).values()) - sum(new.values(metric).values())
        kept_up = lost <= (1 if end < len(cases) else 0)
        if not kept_up or end == len(cases):
            return Probed(candidate=candidate, base=old, new=new, kept_up=kept_up)


def stairs(candidates: Sequence[Candidate], steps: int) -> list[Candidate]:
    """Candidates that learned nothing, evenly spaced in length, the longest first.

    Args:
        candidates: What was proposed.
        steps: How many to take at most.
    """
    fit = sorted(
        (each for each in candidates if not each.learned_from),
        key=lambda each: (-_length(each), each.digest),
    )
    if steps <= 0 or not fit:
        return []
    if steps >= len(fit):
        return fit
    # The middle of each of so many equal parts: a single step is neither timid nor bold.
    longest, shortest = _length(fit[0]), _length(fit[-1])
    wanted = [
        longest - (longest - shortest) * (2 * step + 1) / (2 * steps) for step in range(steps)
    ]
    nearest = [min(fit, key=lambda each: abs(_length(each) - length)) for length in wanted]
    return list({each.digest: each for each in nearest}.values())


def _length(candidate: Candidate) -> int:
    return sum(len(message.content) for message in candidate.prompt.messages)


async def settle(
    base: Prompt,
    candidates: Sequence[Candidate],
    cases: Sequence[GoldenCase],
    *,
    measure: Measure,
    metric: str,
    margin: float,
    quantity: str = "input_tokens",
    seed: int = 0,
) -> Tested:
    """Test wordings in the order given until one is shown, each at its share of the error rate.

    Args:
        base: The wording in use.
        candidates: What kept up on other cases; at least one.
        cases: Held-out cases.
        measure: Runs a wording on cases; asked twice for a case, it should remember the answer.
        metric: What counts.
        margin: Largest loss of score that counts as none.
        quantity: What must be less.
        seed: Seed of the intervals.

    Returns:
        The test of the first that is shown, else the last.

    Raises:
        PromptOpsError: A model call failed.
    """
    tested: list[Tested] = []
    for candidate in candidates:
        if tested and tested[-1].shown:
            break
        tested.append(
            await _test(
                base, candidate, cases, measure=measure, metric=metric, margin=margin,
                quantity=quantity, seed=seed, tries=len(candidates),
            )
        )  # fmt: skip
    return tested[-1]


async def descend(
    base: Prompt,
    candidates: Sequence[Candidate],
    cases: Sequence[GoldenCase],
    *,
    measure: Measure,
    metric: str,
    margin: float,
    quantity: str = "input_tokens",
    seed: int = 0,
) -> tuple[Tested, ...]:
    """Test wordings in the order given until the first that is not shown.

    Args:
        base: The wording in use.
        candidates: What was proposed without looking at the cases, the longest first.
        cases: What to measure on.
        measure: Runs a wording on cases; asked twice for a case, it should remember the answer.
        metric: What counts.
        margin: Largest loss of score that counts as none.
        quantity: What must be less.
        seed: Seed of the intervals.

    Returns:
        The tests made; all are shown but perhaps the last.

    Raises:
        ValueError: A candidate learned from one of the cases.
        PromptOpsError: A model call failed.
    """
    known = {case.id for case in cases}
    for candidate in candidates:
        if seen := known.intersection(candidate.learned_from):
            raise ValueError(f'the case "{min(seen)}" taught the wording that it should judge')
    tested: list[Tested] = []
    for candidate in candidates:
        test = await _test(
            base, candidate, cases, measure=measure, metric=metric, margin=margin,
            quantity=quantity, seed=seed,
        )  # fmt: skip
        tested.append(test)
        if not test.shown:
            break
    return tuple(tested)


async def _test(
    base: Prompt,
    candidate: Candidate,
    cases: Sequence[GoldenCase],
    *,
    measure: Measure,
    metric: str,
    margin: float,
    quantity: str,
    seed: int,
    tries: int = 1,
) -> Tested:
    end = min(_BATCH, len(cases))
    while True:
        old = await measure(base, cases[:end])
        new = await measure(candidate.prompt, cases[:end])
        comparison = compare(old, new, metric, margin=margin, seed=seed)
        hopeless = _at_best(comparison, len(cases)) >= _HOPELESS
        if hopeless or end == len(cases):
            break
        end = min(end + _BATCH, len(cases))
    seen = visible_quantity(quantity, old, new)
    less = change(old, new, seen, seed=seed).high < 0
    return Tested(
        candidate=candidate,
        base=old,
        new=new,
        comparison=comparison,
        shown=not hopeless and less and tries * comparison.p_not_worse < ALPHA,
    )


def _at_best(comparison: Comparison, cases: int) -> float:
    """The p-value of no loss on so many cases, were those not looked at yet all alike."""
    wins, losses = len(comparison.wins), len(comparison.losses)
    return p_not_worse(wins, losses, cases, comparison.margin)
