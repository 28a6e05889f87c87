"""Before a run: what it will take, and what it can show at all."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev

from promptops.core.canonical import JSON
from promptops.core.counting import counted
from promptops.core.statistics import (
    detectable_gain,
    minimum_detectable_effect,
    smallest_visible_gain,
)
from promptops.errors import RenderError
from promptops.evaluation.result import CaseResult
from promptops.evaluation.work import Job, Task, context_of, request_of
from promptops.lint.text import estimated_tokens
from promptops.llm.chat import Chat, ChatRequest, Remembering
from promptops.scoring.scorer import Scorer

_FEW = 8
"""Scores from which their spread is taken."""

_MARKS = 4
"""Tokens by which a chat template marks a message, about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """What a number of paired cases can show.

    Args:
        cases: Number of cases.
        smallest: The smallest gain that they can ever show, were not one case lost.
        detectable: The true gain that they show in eight runs of ten; infinite when none is.
        graded: Whether the scores are graded; else they are yes or no.
    """

    cases: int
    smallest: float
    detectable: float
    graded: bool = False

    def __str__(self) -> str:
        """``20 cases cannot show a gain of less than 25 points; …``."""
        cases = counted(self.cases, "case")
        if self.smallest > 1 or (not self.graded and math.isinf(self.detectable)):
            verb = "is" if self.cases == 1 else "are"
            return f"{cases} {verb} too few to show any gain reliably"
        shown = f"a true gain of {_points(self.detectable)} shows in 8 runs of 10"
        if self.graded:
            return f"{cases}: {shown}"
        return f"{cases} cannot show a gain of less than {_points(self.smallest)}; {shown}"

    def to_json(self) -> dict[str, JSON]:
        """The numbers by name; None where no gain is found."""
        return {
            "cases": self.cases,
            "smallest_gain": self.smallest if self.smallest <= 1 else None,
            "detectable_gain": None if math.isinf(self.detectable) else self.detectable,
            "says": str(self),
        }


def power_of(cases: int, scores: Sequence[float] = ()) -> Power:
    """What so many paired cases can show of a metric.

    Yes/no scores are taken through the exact test, with one case in ten lost all the same; graded
    ones through the normal form, with the spread of ``scores``: that of a paired difference whose
    two sides correlate by a half.

    Args:
        cases: Number of cases, >= 1.
        scores: Scores that are known, by case; the metric is taken for yes/no when there are few.

    Raises:
        ValueError: There is no case.
    """
    if len(scores) < _FEW or all(score in (0, 1) for score in scores):
        return Power(
            cases=cases, smallest=smallest_visible_gain(cases), detectable=detectable_gain(cases)
        )
    effect = minimum_detectable_effect(cases, sd=pstdev(scores), alpha=0.1)
    return Power(cases=cases, smallest=0.0, detectable=effect, graded=True)


def _points(share: float) -> str:
    return counted(math.ceil(100 * share - 1e-9), "point")


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationPlan:
    """What an evaluation will take.

    Args:
        cases: Golden cases that will be measured.
        results: Results in all: cases times repeats.
        known: Results that are there.
        remembered: Answers that are there and are only scored.
        calls: Calls that the prompt will take.
        shared: Results whose call is that of another result.
        unable: Why results cannot be had, by case: the case does not fit the prompt.
        shown: Ids of the cases that the wording shows as examples; they are left out.
        judges: Metrics that call a model of their own for every new answer.
        input_tokens: Tokens those calls will send, about.
        output_tokens: Tokens they will bring; None when nothing tells.
        output_is_limit: Whether that is the most there can be, rather than about what there was.
        power: What the cases can show.
    """

    cases: int
    results: int
    known: int
    remembered: int
    calls: int
    shared: int
    unable: tuple[str, ...]
    shown: tuple[str, ...]
    judges: tuple[str, ...]
    input_tokens: int
    output_tokens: int | None
    output_is_limit: bool
    power: Power


def plan_of(
    task: Task,
    chat: Chat,
    known: Sequence[CaseResult],
    jobs: Sequence[Job],
    *,
    shown: Sequence[str] = (),
) -> EvaluationPlan:
    """What is left to do.

    Args:
        task: What the cases share.
        chat: Whose memory tells which answers are there; it is not called.
        known: Results that are there.
        jobs: The others. One that cannot be rendered takes no call.
        shown: Ids of the cases that are left out as examples.
    """
    requests = []
    unable: list[str] = []
    for job in jobs:
        try:
            requests.append(request_of(task, job, context_of(task, job)))
        except RenderError as problem:
            unable.append(str(problem))
    there = chat.known(requests) if isinstance(chat, Remembering) else [None] * len(requests)
    new = [each for each, answer in zip(requests, there, strict=True) if answer is None]
    wanted = len(new)
    new = list({request.digest(): request for request in new}.values())  # equal calls are one
    sent, brought, is_limit = estimate(new, known)
    cases = {result.case_id for result in known} | {job.case.id for job in jobs}
    metric = task.scorers[0].name
    scores = [result.scores[metric] for result in known if metric in result.scores]
    return EvaluationPlan(
        cases=len(cases),
        results=len(known) + len(jobs),
        known=len(known),
        remembered=sum(answer is not None for answer in there),
        calls=len(new),
        shared=wanted - len(new),
        unable=tuple(unable),
        shown=tuple(shown),
        judges=tuple(scorer.name for scorer in task.scorers if asks_a_model(scorer)),
        input_tokens=sent,
        output_tokens=brought,
        output_is_limit=is_limit,
        power=power_of(len(cases), scores),
    )


def asks_a_model(scorer: Scorer) -> bool:
    """Whether a scorer asks a model for every answer, or may."""
    made = getattr(scorer, "inner", scorer)
    return "judge" in (*getattr(made, "needs", ()), *getattr(made, "uses", ()))


def estimate(
    requests: Sequence[ChatRequest], known: Sequence[CaseResult]
) -> tuple[int, int | None, bool]:
    """Tokens in and out of calls yet to be made, and whether the latter are a limit.

    What is known of the same wording tells both. Else the input is counted by characters, and the
    output is what the requests allow at most, if all of them say; else it is None.
    """
    if known:
        sent, brought = (
            round(fmean(getattr(each, name) for each in known) * len(requests))
            for name in ("input_tokens", "output_tokens")
        )
        return sent, brought, False
    sent = sum(
        estimated_tokens(message.content) + _MARKS
        for request in requests
        for message in request.messages
    )
    limits = [_limit(request) for request in requests]
    if None in limits:
        return sent, None, True
    return sent, sum(limit for limit in limits if limit is not None), True


def _limit(request: ChatRequest) -> int | None:
    for name in ("max_tokens", "max_completion_tokens"):
        if isinstance(value := request.params.get(name), int):
            return value
    return None
