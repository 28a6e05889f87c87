"""Length."""

from typing import ClassVar, Literal

from promptops.llm.chat import Completion
from promptops.scoring.scorer import Score


class Length:
    """1 within the bounds; outside, the share of the bound that is met.

    Of at most 100 words an answer of 125 gets 100/125 = 0.8, of at least 40 one of 10 gets 0.25.
    """

    name: ClassVar[str] = "length"
    version: ClassVar[str] = "1"

    def __init__(
        self,
        *,
        min: int | None = None,  # noqa: A002 - the option's name
        max: int | None = None,  # noqa: A002 - the option's name
        unit: Literal["words", "chars", "tokens"] = "words",
    ) -> None:
        """Keep the bounds.

        Args:
            min: At least so many.
            max: At most so many.
            unit: Words (between white space), characters, or tokens as the model's provider
                counted them.

        Raises:
            ValueError: No bound, bounds the wrong way round, or another unit.
        """
        if min is None and max is None:
            raise ValueError("length needs min, max or both")
        if (min or 0) < 0 or (max is not None and max < (min or 0)):
            raise ValueError("0 <= min <= max")
        if unit not in ("words", "chars", "tokens"):
            raise ValueError(f'unit is words, chars or tokens, not "{unit}"')
        self._min, self._max, self._unit = min or 0, max, unit

    def score(self, *, answer: str, completion: Completion | None = None, **_: object) -> Score:
        """See `Scorer.score`."""
        if self._unit == "tokens":
            if completion is None:
                raise ValueError("tokens are counted by the call that gave the answer")
            count = completion.usage.output_tokens
        else:
            count = len(answer.split()) if self._unit == "words" else len(answer)
        value = 1.0
        if count < self._min:
            value = count / self._min
        elif self._max is not None and count > self._max:
            value = self._max / count
        return Score(value=value, reason=f"{count} {self._unit}")
