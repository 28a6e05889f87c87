"""A pattern."""

from typing import Any, ClassVar, Literal

from promptops.core.canonical import JSON
from promptops.core.patterns import HINT, PatternError, compile_pattern, readable
from promptops.scoring.reading import answer_text
from promptops.scoring.scorer import Score

_FLAGS = {"i": "ignore_case", "m": "multi_line", "s": "dot_all"}


class Regex:
    """1 when the answer matches a pattern: the expected text, or the option ``pattern``.

    Patterns are RE2: linear in time, without look-around and back references.
    """

    name: ClassVar[str] = "regex"
    version: ClassVar[str] = "1"

    def __init__(
        self,
        *,
        pattern: str | None = None,
        match: Literal["search", "full"] = "search",
        flags: str = "",
        field: bool = True,
    ) -> None:
        """Compile what can be compiled.

        Args:
            pattern: The pattern of every case; None takes each case's expected text.
            match: ``search`` finds it anywhere, ``full`` wants the whole answer.
            flags: Any of ``i`` (case does not count), ``m`` (``^`` and ``$`` at line ends) and
                ``s`` (``.`` takes line ends).
            field: Whether a JSON answer with one field stands for the field's value.

        Raises:
            ValueError: An unknown flag or way to match, or not a pattern.
        """
        if match not in ("search", "full"):
            raise ValueError(f'match is "search" or "full", not "{match}"')
        if unknown := set(flags) - set(_FLAGS):
            raise ValueError(f'unknown flag "{min(unknown)}": flags are i, m and s')
        self._flags = {_FLAGS[flag]: True for flag in flags}
        self._full = match == "full"
        self._field = field
        self._compiled = None if pattern is None else self._compile(pattern)

    def check(self, *, expected: JSON, **_: object) -> None:
        """See `promptops.scoring.scorer.fault`."""
        self._pattern(expected)

    def score(self, *, answer: str, expected: JSON, **_: object) -> Score:
        """See `Scorer.score`."""
        compiled = self._pattern(expected)
        text = readable(answer_text(answer) if self._field else answer)
        found = compiled.fullmatch(text) if self._full else compiled.search(text)
        return Score(value=float(found is not None), reason="matches" if found else "no match")

    def _pattern(self, expected: JSON) -> Any:
        if self._compiled is not None:
            return self._compiled
        if not isinstance(expected, str):
            raise ValueError(  # noqa: TRY004 - a mistake in a file
                "regex needs a pattern: as an option, or as the expected text"
            )
        return self._compile(expected)

    def _compile(self, pattern: str) -> Any:
        try:
            return compile_pattern(pattern, **self._flags)
        except PatternError as problem:
            raise ValueError(f'"{pattern}" is no pattern: {problem}; {HINT}') from problem
