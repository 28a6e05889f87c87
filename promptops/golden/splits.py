"""Train, dev and test parts of a golden set.

Method: permuted-block randomization, stratified (Zelen 1974; Pocock & Simon 1975). Cases are dealt
in file order; each block of a stratum holds every part in exactly its share, in an order drawn from
a hash. So parts are balanced even for thirty cases, and a case appended to the file moves no other:
a few-shot example learned from ``train`` does not turn up in ``test`` later. Nor does it turn up in
other spelling: a near duplicate with the same answer follows the case that came first.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from promptops.core.canonical import canonical_json
from promptops.golden.case import GoldenCase, GoldenSet
from promptops.golden.duplicates import answer_key, near_duplicates

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
    all-different answers is balanced as a whole. A case with a ``split`` of its own stays there. A
    near duplicate of an earlier case with the same answer goes where that one went and takes no
    place; `promptops.golden.leakage.find` tells what is left (duplicates whose ``split`` differs).

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
    followed = _followed(cases)
    part_of: list[str] = []
    strata = _strata([case for place, case in enumerate(cases) if place not in followed])
    for place, case in enumerate(cases):
        if place in followed:
            part = part_of[followed[place]]
        else:
            stratum, position = next(strata)
            part = case.split or _deal(block, seed=seed, stratum=stratum, position=position)
        part_of.append(part)
        dealt[part].append(case)
    return Splits(**{part: tuple(members) for part, members in dealt.items()})


def _followed(cases: Sequence[GoldenCase]) -> dict[int, int]:
    """The place of the first near duplicate with the same answer, for every case that has one."""
    found: dict[int, int] = {}
    for first, second, _ in near_duplicates(cases):
        same = answer_key(cases[first]) == answer_key(cases[second])
        if same and cases[second].split is None:
            found.setdefault(second, first)
    return found


def _strata(cases: Sequence[GoldenCase]) -> Iterator[tuple[str, int]]:
    """The stratum of every case, and its position there."""
    seen: set[str] = set()
    positions: Counter[str] = Counter()
    for case in cases:
        if case.split is not None:
            yield "", 0
            continue
        answer = answer_key(case)
        stratum = f"answer {answer}" if answer in seen else "first sightings"
        seen.add(answer)
        yield stratum, positions[stratum]
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
