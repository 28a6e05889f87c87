"""What a sign of a jailbreak is."""

import re
from dataclasses import dataclass
from functools import cached_property

from promptops.lint.phrases import phrase


@dataclass(frozen=True, kw_only=True)
class Signal:
    """One sign.

    Attributes:
        name: Its key in the table of weights.
        said: What it means, as it stands in a finding.
        needles: Lower-case strings; the pattern is looked for only around them.
        source: The pattern over lower-case text, in the notation of `phrase`.
    """

    name: str
    said: str
    needles: tuple[str, ...]
    source: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The compiled pattern; compiled when first needed, since most texts need none."""
        return phrase(self.source)


def sign(name: str, said: str, *, needles: str, pattern: str) -> Signal:
    """A row of a table; ``needles`` stand between bars."""
    return Signal(name=name, said=said, needles=tuple(needles.split("|")), source=pattern)
