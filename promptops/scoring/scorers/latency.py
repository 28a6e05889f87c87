"""Time that the call took."""

from typing import ClassVar

from promptops.llm.chat import Completion
from promptops.scoring.scorer import Score


class Latency:
    """1 for a call within ``max_ms``; ``max_ms`` / milliseconds for a slower one.

    A cached answer counts with the time of the call that gave it.
    """

    name: ClassVar[str] = "latency"
    version: ClassVar[str] = "1"

    def __init__(self, *, max_ms: float) -> None:
        """Keep the bound: milliseconds, more than 0."""
        if not max_ms > 0:
            raise ValueError("max_ms is more than 0")
        self._max = float(max_ms)

    def score(self, *, completion: Completion | None = None, **_: object) -> Score:
        """See `Scorer.score`."""
        if completion is None:
            raise ValueError("latency is known only together with the call")
        took = completion.latency_ms
        value = 1.0 if took <= self._max else self._max / took
        return Score(value=value, reason=f"{took:,.0f} ms")
