"""Train, dev and test parts of a golden set.

Method: permuted-block randomization, stratified (Zelen 1974; Pocock & Simon 1975). Cases are dealt
in file order; each block of a stratum holds every part in exactly its share, in an order drawn from
a hash. So parts are balanced even for thirty cases, and a case appended to the file moves no other:
a few-shot example learned from ``train`` does not turn up in ``test`` later.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from promptops.core.canonical import canonical_json
from promptops.golden.case import GoldenCase, GoldenSet

PARTS = ("train", "dev", "test")
_BLOCK_SIZES = (5, 10, 20, 40, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Splits:
    """The parts; together they are the set, each in file order."""

    train: tuple[GoldenCase, ...]
    dev: tuple[GoldenCase, ...]
    test: tuple[GoldenCase, ...]


def split(
    golden: GoldenSet | Sequence[GoldenCase],
    *,
    seed: int = 7,
    shares: tuple[float, float, float] = (0.3, 0.3, 0.4),
) -> Splits:
    """Deal cases into train, dev and test.

    A case whose expected answer was seen before is dealt within the stratum of that answer, so
    labels are balanced where there are few; first sightings share one stratum, so a set of
    all-different answers is balanced as a whole. A case with a ``split`` of its own stays there.

    Args:
        golden: A set, or its cases, in file order.
        seed: Another seed gives another deal.
        shares: Part sizes, in the order of `PARTS`; multiples of 0.01 that add up to 1.

    Raises:
        ValueError: The shares are not such.
    """
    block = _block(shares)
    cases = golden.cases if isinstance(golden, GoldenSet) else tuple(golden)
    dealt: dict[str, list[GoldenCase]] = {part: [] for part in PARTS}
    for case, stratum, position in _strata(cases):
        part = case.split or _deal(block, seed=seed, stratum=stratum, position=position)
        dealt[part].append(case)
    return Splits(**{part: tuple(members) for part, members in dealt.items()})


def _strata(cases: Sequence[GoldenCase]) -> Iterator[tuple[GoldenCase, str, int]]:
    seen: set[str] = set()
    positions: Counter[str] = Counter()
    for case in cases:
        if case.split is not None:
            yield case, "", 0
            continue
        answer = canonical_json(case.expected if not case.answers else dict(case.answers)).decode()
        stratum = f"answer {answer}" if answer in seen else "first sightings"
        seen.add(answer)
        yield case, stratum, positions[stratum]
        positions[stratum] += 1


def _deal(block: Sequence[str], *, seed: int, stratum: str, position: int) -> str:
    number, place = divmod(position, len(block))

    def draw(slot: int) -> bytes:
        return hashlib.sha256(canonical_json([seed, stratum, number, slot])).digest()

    return block[sorted(range(len(block)), key=draw)[place]]


def _block(shares: tuple[float, float, float]) -> list[str]:
    if len(shares) != len(PARTS) or min(shares) < 0 or abs(sum(shares) - 1) > 1e-9:
        raise ValueError(f"shares are {len(PARTS)} numbers >= 0 that add up to 1, not {shares}")
    for size in _BLOCK_SIZES:
        counts = [round(share * size) for share in shares]
        if all(abs(n - share * size) < 1e-6 for n, share in zip(counts, shares, strict=True)):
            return [part for part, n in zip(PARTS, counts, strict=True) for _ in range(n)]
    raise ValueError(f"shares are multiples of 0.01, not {shares}")
