"""The scorer seam: what a score is, and what gives one."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Protocol

from promptops.core.canonical import JSON
from promptops.golden.case import GoldenCase
from promptops.llm.chat import Completion
from promptops.prompts.model import Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What one scorer says about one answer.

    Args:
        value: From 0 (wrong) to 1 (right).
        reason: Why, in a few words; shown in reports and read by proposers.
    """

    value: float
    reason: str

    def __post_init__(self) -> None:
        """Refuse values that would silently distort a mean."""
        if not 0.0 <= self.value <= 1.0:
            raise ValueError(f"a score lies between 0 and 1, not {self.value}")


def fault(scorer: "Scorer", *, case: GoldenCase, expected: JSON, prompt: Prompt) -> str:
    """Why a scorer can score no answer at all to a case; empty when it can, or does not tell.

    A scorer tells by a method ``check`` that takes these arguments as `Scorer.score` does and
    raises a ValueError.
    """
    check = getattr(getattr(scorer, "inner", scorer), "check", None)
    if check is None:
        return ""
    try:
        check(case=case, expected=expected, prompt=prompt)
    except ValueError as problem:
        return str(problem)
    return ""


async def settled(score: Score | Awaitable[Score]) -> Score:
    """The score itself, waited for where it must be."""
    return score if isinstance(score, Score) else await score


class Scorer(Protocol):
    """Anything that scores an answer: safe to call from several threads.

    ``version`` is part of the evidence key: raise it whenever the same answer may get another
    value. An implementation names the arguments it uses and takes the rest as ``**_``. A scorer
    that raises is recorded as a failure of that case, the run goes on.

    A class (or function) that makes scorers may say what it must be given, in ``needs``, and what
    it only has a use for, in ``uses``: names of dependencies, passed as keyword arguments beside
    the options of the metric.
    """

    @property
    def name(self) -> str:
        """The metric's name, as prompt files write it."""
        ...

    @property
    def version(self) -> str:
        """What identifies the way of scoring."""
        ...

    def score(
        self,
        *,
        answer: str,
        case: GoldenCase,
        expected: JSON,
        prompt: Prompt,
        completion: Completion | None = None,
        context: str | None = None,
    ) -> Score | Awaitable[Score]:
        """Score one answer; an awaitable comes from those that ask a model.

        Args:
            answer: What the model wrote.
            case: The golden case it answers.
            expected: The expected value that holds for this run (a case may expect different
                values under different knowledge bases); None where the model must abstain.
            prompt: The prompt that was run; its output schema tells how to read the answer.
            completion: The call that gave the answer: tokens, milliseconds, USD. None where an
                answer is scored without its call.
            context: What retrieval put into the prompt; None where nothing was retrieved.
        """
        ...
