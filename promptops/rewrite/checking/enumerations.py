"""Enumerations: whether their parts only stand in another order."""

from collections import Counter
from collections.abc import Iterator, Sequence

from promptops.rewrite.checking.sentences import Token
from promptops.rewrite.checking.sides import LISTED

THEN: Token = ("signal", "THEN")
RELATING: tuple[Token, ...] = (
    *(("signal", each) for each in ("THEN", "NOT", "BEFORE", "AFTER", "MORE", "LESS")),
    *(("function", each) for each in ("than", "over")),
)
"""What sets what stands before it and what stands behind it in relation."""
_NEXT = 4
"""How near behind a region "and" must stand to join it with what follows."""


def same_parts(a: Sequence[Token], b: Sequence[Token]) -> bool:
    """Whether the parts of enumerations only stand in another order."""
    regions = [*_regions(a, b)]
    if len(regions) > 1 and all(_only_listed(a, b, *each) for each in regions):
        return True
    return _only_listed(a, b, regions[0][0], regions[-1][1])


def _regions(a: Sequence[Token], b: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Where two orders differ, cut where both have had the same: (first, last)."""
    first = -1
    ahead: Counter[Token] = Counter()
    for place, (one, other) in enumerate(zip(a, b, strict=True)):
        if one == other and first < 0:
            continue
        first = place if first < 0 else first
        ahead[one] += 1
        ahead[other] -= 1
        if not any(ahead.values()):
            yield first, place
            first = -1
    if first >= 0:
        yield first, len(a) - 1


def _only_listed(a: Sequence[Token], b: Sequence[Token], first: int, last: int) -> bool:
    relating = [n for n, token in enumerate(a) if token in RELATING]
    denying = ("signal", "NOT") in a
    inside = [*a[first : last + _NEXT]]
    joined = ("signal", "OR") in inside or ("signal", "AND") in inside
    within = any(first <= place <= last for place in relating)
    if within or (denying and not joined):
        return False  # what stands before what relates, or "not A, B"
    return any(
        sorted(_split(a[start:end])) == sorted(_split(b[start:end]))
        for start in (first, max(0, first - 1))
        for end in (last + 1, last + 2, len(a))
    )


def _split(pieces: Sequence[Token]) -> list[tuple[Token, ...]]:
    parts: list[list[Token]] = [[]]
    for token in pieces:
        if token in LISTED or token[1] in {"but", "yet", "/"}:
            parts.append([])
        else:
            parts[-1].append(token)
    return [tuple(part) for part in parts if part]
