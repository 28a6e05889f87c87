"""Trials: measuring wordings on cases within an allowance."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from promptops.core.clock import Clock
from promptops.core.counting import counted
from promptops.errors import BudgetExceededError
from promptops.evaluation.requests import unseen
from promptops.evaluation.result import CaseResult, Evaluation
from promptops.evaluation.runner import Evaluator
from promptops.evaluation.target import Target
from promptops.golden.case import GoldenCase
from promptops.llm.chat import Chat, ChatRequest, Completion
from promptops.prompts.digests import variant_digest
from promptops.prompts.model import Prompt
from promptops.scoring.scorer import Scorer


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What one optimization may take; None is no limit.

    Args:
        calls: Answers it may ask for. Answers that a cache gives count as well, so a search that
            was interrupted takes the same way when it is run again; fewer are paid for.
        tokens: Tokens sent and received in the calls that are paid for.
        usd: Price of the answers.
        minutes: Wall time.
    """

    calls: int | None = 150
    tokens: int | None = None
    usd: float | None = None
    minutes: float | None = None

    @property
    def words(self) -> str:
        """Its limits in words; empty when it has none."""
        parts = [
            "" if self.calls is None else counted(self.calls, "call"),
            "" if self.tokens is None else counted(self.tokens, "token"),
            "" if self.usd is None else f"{self.usd:g} USD",
            "" if self.minutes is None else f"{self.minutes:g} minutes",
        ]
        return ", ".join(part for part in parts if part)

    @property
    def key(self) -> str:
        """What of it is part of the evidence key."""
        tokens = "" if self.tokens is None else f",tokens={self.tokens}"
        return f"calls={self.calls},usd={self.usd},minutes={self.minutes}{tokens}"


@dataclass(slots=True, kw_only=True)
class Spent:
    """What an optimization took.

    Args:
        answers: Answers asked for, from the model or from a cache.
        calls: Model calls paid for.
        input_tokens: Tokens sent in those calls.
        output_tokens: Tokens received in those calls.
        usd: Price of those calls.
        seconds: Wall time.
    """

    answers: int = 0
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What every trial of one optimization shares."""

    target: Target
    scorers: tuple[Scorer, ...]
    kb_label: str | None = None
    kb_version: str | None = None


class Trials:
    """Runs wordings on cases, remembers every answer, and counts what it takes."""

    def __init__(
        self, evaluator: Evaluator, setting: Setting, *, allowance: Allowance, clock: Clock
    ) -> None:
        """Start counting now."""
        self._evaluator = evaluator
        self._setting = setting
        self.allowance = allowance
        self._clock = clock
        self._started: datetime = clock()
        self._known: dict[tuple[str, str], CaseResult] = {}
        self._spent = Spent()
        self.failures = 0
        """Cases in which something failed."""
        self.out_of_time = False
        """Whether the time, not the number of answers, ended the search."""

    @property
    def spent(self) -> Spent:
        """What was taken so far."""
        seconds = (self._clock() - self._started).total_seconds()
        return replace(self._spent, seconds=seconds)

    def missing(self, prompt: Prompt, cases: Sequence[GoldenCase]) -> int:
        """Answers that running this wording on these cases would still ask for."""
        subject = variant_digest(prompt, None)
        return sum((subject, case.id) not in self._known for case in cases)

    def left(self) -> int | None:
        """Answers that may still be asked for; None is no limit."""
        limit = self.allowance.calls
        return None if limit is None else max(0, limit - self._spent.answers)

    def affords(self, answers: int) -> bool:
        """Whether so many more answers are within the allowance.

        What an answer takes in tokens and USD is told by those that were paid for.
        """
        limit, spent = self.allowance, self.spent
        if limit.minutes is not None and spent.seconds >= 60 * limit.minutes:
            self.out_of_time = True
            return False
        paid = max(1, spent.calls)
        tokens = spent.input_tokens + spent.output_tokens
        return all(
            most is None or (used + answers * each <= most and (most > 0 or free))
            for most, used, each, free in (
                (limit.calls, spent.answers, 1.0, False),
                (limit.tokens, tokens, tokens / paid, False),
                (limit.usd, spent.usd, spent.usd / paid, True),  # a model may cost nothing
            )
        )

    def noted(self, chat: Chat) -> Chat:
        """The chat of a writer, its calls counted as they are made."""
        return _Noted(chat, self._note_writing)

    def _note_writing(self, completion: Completion) -> None:
        self._spent.answers += 1
        if completion.cached:
            return
        self._spent.calls += 1
        self._spent.input_tokens += completion.usage.input_tokens
        self._spent.output_tokens += completion.usage.output_tokens
        self._spent.usd += completion.cost_usd

    async def run(self, prompt: Prompt, cases: Sequence[GoldenCase]) -> Evaluation:
        """Measure a wording (a prompt without variants) on cases; known answers are reused.

        Raises:
            BudgetExceededError: The allowance has no room for the answers that are not known.
            PromptOpsError: As `Evaluator.run`.
        """
        subject = variant_digest(prompt, None)
        target = Target(model=self._setting.target.model)
        missing = [case for case in cases if (subject, case.id) not in self._known]
        new = unseen(prompt, missing, target=target)
        if new and not self.affords(len(new)):
            what = f"has no room for {counted(len(new), 'more answer')}"
            if not self._spent.answers:
                what = "is too little to begin with"
            raise BudgetExceededError(
                f"the budget of {self.allowance.words} {what}",
                hint="raise it; what was answered is kept",
            )
        if new:
            found = await self._evaluator.run(
                prompt,
                new,
                target=target,
                scorers=self._setting.scorers,
                kb_label=self._setting.kb_label,
                kb_version=self._setting.kb_version,
                record=False,
            )
            for result in found.cases:
                self._known[subject, result.case_id] = result
                self._count(result)
        results = [self._known.get((subject, case.id)) for case in cases]
        return Evaluation(
            prompt_id=prompt.id,
            subject=subject,
            target=self._setting.target,
            inputs={},
            cases=tuple(result for result in results if result is not None),
        )

    async def known(self, prompt: Prompt, cases: Sequence[GoldenCase]) -> Evaluation:
        """What is known of a wording on cases, without asking for anything."""
        subject = variant_digest(prompt, None)
        return await self.run(prompt, [case for case in cases if (subject, case.id) in self._known])

    def _count(self, result: CaseResult) -> None:
        self._spent.answers += 1
        self.failures += result.error is not None
        if result.cached or not result.answered:
            return
        self._spent.calls += 1
        self._spent.input_tokens += result.input_tokens
        self._spent.output_tokens += result.output_tokens
        self._spent.usd += result.cost_usd


class _Noted:
    """Passes calls on and tells of their answers."""

    def __init__(self, chat: Chat, note: Callable[[Completion], None]) -> None:
        self._chat, self._note = chat, note

    async def complete(self, request: ChatRequest) -> Completion:
        """See `Chat.complete`."""
        completion = await self._chat.complete(request)
        self._note(completion)
        return completion
