"""What an optimization found, in plain words."""

from collections.abc import Sequence
from statistics import fmean

from promptops.evaluation.result import Evaluation
from promptops.optimize.candidate import Candidate
from promptops.optimize.search import Ranked
from promptops.optimize.trials import Spent
from promptops.optimize.verdict import Judgment


def believable(gain: float, cases: int) -> float:
    """A gain on few cases pulled towards none, as if by four more of them without any."""
    return gain * cases / (cases + 4)


def nothing_to_gain(values: Sequence[float], test_cases: int, least_wins: int) -> str:
    """The wording in use is too good for the held-out cases to show a better one."""
    return (
        f"scores {fmean(values):.2f} on {len(values)} training and dev cases: {test_cases} "
        f"held-out cases show a gain from {least_wins} wins on, more than it leaves to win"
    )


def all_right(cases: int) -> str:
    """The wording in use made no mistake."""
    return f"the wording in use is right on all {cases} cases looked at"


def unproven(ranked: Ranked, metric: str) -> str:
    """The best found, without a verdict."""
    return (
        f"{ranked.candidate.reason}: {metric} {ranked.gain:+.2f} on {ranked.cases} cases that also "
        "chose it, which promises more than it keeps; no held-out case was asked"
    )


def none_better(ranking: Sequence[Ranked], metric: str) -> str:
    """No candidate gave hope in the race."""
    ran = [each for each in ranking if each.error is None]
    if not ran:
        return "no wording could be proposed"
    best = max(ran, key=lambda each: believable(each.gain, each.cases))
    return (
        f"none of {len(ran)} wordings gives hope: the best has {metric} {best.gain:+.2f} "
        f"on {best.cases} cases that are not held out"
    )


def exhausted(spent: Spent, ran: int, proposed: int) -> str:
    """The allowance ended before anything was shown."""
    return (
        f"the budget ended after {spent.answers} answers: {ran} of {proposed} wordings ran, "
        "none is shown to be better"
    )


def judged(candidate: Candidate, judgment: Judgment, base: Evaluation, new: Evaluation) -> str:
    """What the held-out cases say of the finalist."""
    comparison = judgment.comparison
    before, after = base.input_tokens_mean, new.input_tokens_mean
    cases = "held-out cases" if candidate.learned_from else "cases that taught it nothing"
    numbers = (
        f"{comparison.metric} {comparison.base:.2f} -> {comparison.new:.2f} "
        f"({comparison.difference.estimate:+.2f} "
        f"[{comparison.difference.low:+.2f}, {comparison.difference.high:+.2f}], "
        f"p {judgment.p_value:.3f}) on {comparison.pairs} {cases}, "
        f"input tokens {before:.0f} -> {after:.0f} ({100 * (after / before - 1):+.0f}%)"
        if before
        else f"{comparison.metric} {comparison.base:.2f} -> {comparison.new:.2f}"
    )
    if judgment.shown:
        return f"{candidate.reason}: {numbers}"
    if judgment.claim == "better":
        return (
            f"the best wording ({candidate.reason}) is not shown to be better: {numbers}; "
            f"so few cases show a gain of about {comparison.mde:.2f}"
        )
    return (
        f"the best wording ({candidate.reason}) is not shown to lose less than "
        f"{comparison.margin:.2f}: {numbers}; a loss of {-comparison.lower_bound:.2f} is possible"
    )
