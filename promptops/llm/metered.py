"""What calls cost, counted, and a budget that is checked before a call is made."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from promptops.errors import BudgetExceededError
from promptops.llm.chat import Chat, ChatRequest, Completion


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a meter shows: calls that were made, answers that were known, tokens, USD, seconds."""

    calls: int = 0
    cached_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0
    seconds: float = 0.0

    def __sub__(self, earlier: "Reading") -> "Reading":
        """What was added since an earlier reading."""
        return Reading(
            calls=self.calls - earlier.calls,
            cached_calls=self.cached_calls - earlier.cached_calls,
            input_tokens=self.input_tokens - earlier.input_tokens,
            output_tokens=self.output_tokens - earlier.output_tokens,
            cost_usd=self.cost_usd - earlier.cost_usd,
            seconds=self.seconds - earlier.seconds,
        )


class Meter:
    """Counts what calls cost; shared by threads."""

    def __init__(self) -> None:
        """Begin at zero."""
        self._lock = threading.Lock()
        self._reading = Reading()

    def snapshot(self) -> Reading:
        """What was counted so far."""
        return self._reading

    def note(self, completion: Completion) -> None:
        """Count a call that was made."""
        with self._lock:
            now = self._reading
            self._reading = Reading(
                calls=now.calls + 1,
                cached_calls=now.cached_calls,
                input_tokens=now.input_tokens + completion.usage.input_tokens,
                output_tokens=now.output_tokens + completion.usage.output_tokens,
                cost_usd=now.cost_usd + completion.cost_usd,
                seconds=now.seconds + completion.latency_ms / 1000,
            )

    def note_cached(self) -> None:
        """Count an answer that was known."""
        with self._lock:
            now = self._reading
            self._reading = now - Reading(cached_calls=-1)


@dataclass(slots=True, kw_only=True)
class Budget:
    """What calls may cost in all; None is no limit. The minutes begin when it is made.

    Calls are reserved before they are made, so calls at the same time never exceed the number.
    What a call costs is known after it: before it, and for each call under way, the price of the
    dearest call so far is set aside, so only a call dearer than all before it can exceed the USD.
    """

    calls: int | None = None
    usd: float | None = None
    minutes: float | None = None
    clock: Callable[[], float] = time.monotonic
    _started: float = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _calls: int = field(default=0, init=False)
    _under_way: int = field(default=0, init=False)
    _dearest: float = field(default=0.0, init=False)
    _usd: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        """Start the clock."""
        self._started = self.clock()

    def reserve(self) -> None:
        """Take one call.

        Raises:
            BudgetExceededError: None is left.
        """
        with self._lock:
            spent = self._spent()
            if spent:
                raise BudgetExceededError(
                    f"the budget of {spent} is spent",
                    hint="raise it with --budget; what was measured is kept",
                )
            self._calls += 1
            self._under_way += 1

    def _spent(self) -> str:
        if self.calls is not None and self._calls >= self.calls:
            return "one call" if self.calls == 1 else f"{self.calls} calls"
        expected = self._usd + self._dearest * (self._under_way + 1)
        if self.usd is not None and expected > self.usd:
            return f"{self.usd:g} USD"
        if self.minutes is not None and self.clock() - self._started >= self.minutes * 60:
            return f"{self.minutes:g} minutes"
        return ""

    def give_back(self) -> None:
        """Return a call that failed."""
        with self._lock:
            self._calls -= 1
            self._under_way -= 1

    def charge(self, usd: float) -> None:
        """Add what a call cost."""
        with self._lock:
            self._under_way -= 1
            self._usd += usd
            self._dearest = max(self._dearest, usd)


class MeteredChat:
    """A chat whose calls are counted and kept within a budget."""

    def __init__(self, inner: Chat, meter: Meter, budget: Budget | None = None) -> None:
        """Keep the parts."""
        self._inner = inner
        self._meter = meter
        self._budget = budget

    async def complete(self, request: ChatRequest) -> Completion:
        """Answer one request; see `Chat.complete`.

        Raises:
            BudgetExceededError: The budget has no call left; nothing was sent.
        """
        if self._budget is None:
            completion = await self._inner.complete(request)
        else:
            self._budget.reserve()
            try:
                completion = await self._inner.complete(request)
            except BaseException:
                self._budget.give_back()
                raise
            self._budget.charge(completion.cost_usd)
        self._meter.note(completion)
        return completion
