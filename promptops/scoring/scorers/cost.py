"""What the call cost."""

from typing import ClassVar

from promptops.llm.chat import Completion
from promptops.scoring.scorer import Score


class Cost:
    """1 for a call of at most ``max_usd``; ``max_usd`` / USD for a dearer one.

    A cached answer counts with the price of the call that gave it.
    """

    name: ClassVar[str] = "cost"
    version: ClassVar[str] = "1"

    def __init__(self, *, max_usd: float) -> None:
        """Keep the bound: USD a call, more than 0."""
        if not max_usd > 0:
            raise ValueError("max_usd is more than 0")
        self._max = float(max_usd)

    def score(self, *, completion: Completion | None = None, **_: object) -> Score:
        """See `Scorer.score`."""
        if completion is None:
            raise ValueError("cost is known only together with the call")
        price = completion.cost_usd
        value = 1.0 if price <= self._max else self._max / price
        return Score(value=value, reason=f"{price:.6f} USD")
