"""Counting what calls cost, and stopping before a budget is overdrawn."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from promptops.errors import BudgetExceededError
from promptops.llm.chat import Chat, ChatRequest, Completion


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What may be spent; None is no limit.

    Args:
        calls: Model calls.
        usd: US dollars.
        minutes: Minutes of wall time since the meter was made.
    """

    calls: int | None = None
    usd: float | None = None
    minutes: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What was spent up to a moment.

    Args:
        calls: Calls that reached a model.
        input_tokens: Tokens of their prompts.
        output_tokens: Tokens of their answers.
        cost_usd: Their price.
        seconds: Their latencies added up; calls at once count each.
        cached_calls: Answers that came from our cache and cost nothing.
    """

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0
    seconds: float = 0.0
    cached_calls: int = 0


class Meter:
    """Adds up calls and guards a budget; safe to share between threads.

    A meter may have a parent (a night's meter over each prompt's): a call counts in both and must
    fit both budgets.
    """

    def __init__(
        self,
        budget: Budget | None = None,
        *,
        parent: "Meter | None" = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start counting, and the budget's minutes, now.

        Args:
            budget: What may be spent; no limit when not given.
            parent: The meter that counts along.
            monotonic: Seconds that never run backward.
        """
        self._budget = budget or Budget()
        self._parent = parent
        self._monotonic = monotonic
        self._started = monotonic()
        self._lock = threading.Lock()
        self._spent = Spent()
        self._reserved = 0
        self._dearest = 0.0

    @property
    def calls(self) -> int:
        """Calls that reached a model."""
        return self._spent.calls

    @property
    def cached_calls(self) -> int:
        """Answers that came from our cache."""
        return self._spent.cached_calls

    @property
    def input_tokens(self) -> int:
        """Tokens of the prompts sent."""
        return self._spent.input_tokens

    @property
    def output_tokens(self) -> int:
        """Tokens of the answers received."""
        return self._spent.output_tokens

    @property
    def cost_usd(self) -> float:
        """US dollars spent."""
        return self._spent.cost_usd

    @property
    def seconds(self) -> float:
        """Latencies added up."""
        return self._spent.seconds

    def snapshot(self) -> Spent:
        """Everything spent up to now."""
        return self._spent

    def check(self) -> None:
        """Make sure that one more call fits.

        Raises:
            BudgetExceededError: It does not.
        """
        with self._lock:
            self._check()
        if self._parent is not None:
            self._parent.check()

    def reserve(self) -> None:
        """Set aside one call, so that callers at once cannot overdraw together.

        Each reservation is followed by `spend` or `release`.

        Raises:
            BudgetExceededError: It does not fit; nothing is set aside.
        """
        with self._lock:
            self._check()
            self._reserved += 1
        if self._parent is not None:
            try:
                self._parent.reserve()
            except BudgetExceededError:
                with self._lock:
                    self._reserved -= 1
                raise

    def release(self) -> None:
        """Give a reserved call back: it failed and is not counted."""
        with self._lock:
            self._reserved -= 1
        if self._parent is not None:
            self._parent.release()

    def spend(self, completion: Completion) -> None:
        """Turn a reserved call into a counted one."""
        with self._lock:
            self._reserved -= 1
            self._dearest = max(self._dearest, completion.cost_usd)
            before = self._spent
            self._spent = Spent(
                calls=before.calls + 1,
                input_tokens=before.input_tokens + completion.usage.input_tokens,
                output_tokens=before.output_tokens + completion.usage.output_tokens,
                cost_usd=before.cost_usd + completion.cost_usd,
                seconds=before.seconds + completion.latency_ms / 1000,
                cached_calls=before.cached_calls,
            )
        if self._parent is not None:
            self._parent.spend(completion)

    def note_cached(self) -> None:
        """Count an answer that our cache gave."""
        with self._lock:
            before = self._spent
            self._spent = Spent(
                calls=before.calls,
                input_tokens=before.input_tokens,
                output_tokens=before.output_tokens,
                cost_usd=before.cost_usd,
                seconds=before.seconds,
                cached_calls=before.cached_calls + 1,
            )
        if self._parent is not None:
            self._parent.note_cached()

    def _check(self) -> None:
        budget = self._budget
        if budget.calls is not None and self._spent.calls + self._reserved >= budget.calls:
            raise BudgetExceededError(f"the budget of {budget.calls} model calls is spent")
        if budget.usd is not None:
            # The price of a call is known after it: count the dearest one seen for each in flight.
            expected = self._spent.cost_usd + self._dearest * (self._reserved + 1)
            if expected > budget.usd:
                raise BudgetExceededError(
                    f"the next call would overdraw the budget of {budget.usd:g} USD"
                    f" ({self._spent.cost_usd:.4f} spent)"
                )
        if budget.minutes is not None:
            minutes = (self._monotonic() - self._started) / 60
            if minutes >= budget.minutes:
                raise BudgetExceededError(f"the budget of {budget.minutes:g} minutes is spent")


class MeteredChat:
    """A chat whose calls are counted, and refused when they would exceed the budget."""

    def __init__(self, inner: Chat, meter: Meter) -> None:
        """Wrap a chat."""
        self._inner = inner
        self._meter = meter

    async def complete(self, request: ChatRequest) -> Completion:
        """Answer and count; see ``Chat.complete`` for the errors."""
        self._meter.reserve()
        counted = False
        try:
            completion = await self._inner.complete(request)
            if completion.cached:
                self._meter.note_cached()
            else:
                self._meter.spend(completion)
                counted = True
            return completion
        finally:
            if not counted:
                self._meter.release()
