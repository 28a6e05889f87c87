"""Which prompts feed which: what one writes under a key, another reads as a variable.

Prompts are stages of one pipeline when their files name it under ``x-pipeline``. Without that, a
key and a variable of one name in one area are taken for a seam, unless the name is one that any
prompt may use.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from promptops.core.canonical import JSON
from promptops.lint.project.answers import choices, output_keys
from promptops.lint.project.model import Member, Project
from promptops.prompts.model import Variable

COMMON_NAMES = frozenset(
    {"answer", "content", "context", "data", "input", "message", "name", "output", "question"}
    | {"query", "reason", "request", "response", "result", "text", "title", "topic", "type"}
    | {"value", "label"}
)
"""Names that say nothing about where a value comes from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seam:
    """``giver`` writes ``key``, whose schema is ``part``; ``taker`` reads it as a variable.

    ``declared`` says that both files name one pipeline.
    """

    giver: Member
    taker: Member
    key: str
    part: Mapping[str, JSON]
    variable: Variable
    declared: bool


def seams(project: Project) -> Iterator[Seam]:
    """Every place where one prompt of the project feeds another."""
    takers: dict[str, list[Member]] = {}
    for member in project.members:
        for name in member.prompt.variables:
            takers.setdefault(name, []).append(member)
    for giver in project.members:
        for key, part in output_keys(giver.prompt).items():
            for taker in takers.get(key, ()):
                if taker is giver:
                    continue
                declared = bool(giver.pipeline) and giver.pipeline == taker.pipeline
                if declared or _likely(giver, taker, key):
                    yield Seam(
                        giver=giver,
                        taker=taker,
                        key=key,
                        part=part,
                        variable=taker.prompt.variables[key],
                        declared=declared,
                    )


def _likely(giver: Member, taker: Member, key: str) -> bool:
    apart = giver.pipeline != taker.pipeline and (giver.pipeline or taker.pipeline)
    return giver.area == taker.area and key not in COMMON_NAMES and not apart


_NUMBER = r"(-?[0-9]{1,6}(?:\.[0-9]{1,6})?)"
_RANGE = re.compile(
    rf"\b(?:from|between|of|scale|range)?[ (:]{{1,3}}{_NUMBER} ?(?:-|–|to|and|through) ?{_NUMBER}"
    rf"(?![0-9%])"
)


def stated_range(text: str, key: str) -> tuple[tuple[float, float], tuple[int, int]] | None:
    """The range that a lower-case text gives for the numbers under a key, and where.

    The first range after the key's name in its sentence: ``the score (1 to 10)``.
    """
    word = re.compile(rf"(?<![\w-]){re.escape(key.lower())}(?![\w-])")
    for match in word.finditer(text):
        end = min(
            (place for mark in (". ", "\n", ";") if (place := text.find(mark, match.end())) >= 0),
            default=len(text),
        )
        found = _RANGE.search(text, match.end(), min(end, match.end() + 100))
        if found is not None:
            low, high = float(found[1]), float(found[2])
            if low < high:
                return (low, high), (match.start(), found.end())
    return None


def schema_range(part: Mapping[str, JSON]) -> tuple[float, float] | None:
    """The range that a schema gives; None unless it gives both ends."""
    low, high = part.get("minimum"), part.get("maximum")
    if isinstance(low, int | float) and isinstance(high, int | float):
        return float(low), float(high)
    return None


def nearly_same_choices(one: Mapping[str, JSON], two: Mapping[str, JSON]) -> bool:
    """Whether two closed lists are one list with a difference: half of either is in the other."""
    left, right = _names(one), _names(two)
    common = len(left & right)
    return left != right and 2 * common >= max(len(left), len(right)) > 1


def _names(part: Mapping[str, JSON]) -> set[str]:
    return {str(value).casefold() for value in choices(part)}
