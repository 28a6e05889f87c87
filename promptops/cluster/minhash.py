"""Texts that share wording, found without comparing all pairs.

Method: MinHash signatures (Broder 1997) of word shingles, banded into locality-sensitive buckets
(Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", chapter 3); candidates are then compared
exactly, so hashing decides only what is looked at.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHINGLE_WORDS = 3
_ROWS = 4
_BANDS = 32
_MERSENNE = (1 << 31) - 1
_CROWD = 64
_AT_ONCE = 1 << 14


def shingles(words: Sequence[str], size: int = SHINGLE_WORDS) -> "NDArray[np.uint64]":
    """The distinct runs of ``size`` words, each as one number; a shorter text is one run.

    The numbers are the same in every run and on every machine.
    """
    import numpy as np

    if not words:
        return np.zeros(0, dtype=np.uint64)
    numbers = np.fromiter((crc32(word.encode()) for word in words), dtype=np.uint64)
    size = min(size, len(numbers))
    runs = np.zeros(len(numbers) - size + 1, dtype=np.uint64)
    for place in range(size):
        # Wrap-around multiplication by an odd constant mixes all bits (Knuth, volume 3, 6.4).
        runs = (runs + numbers[place : place + len(runs)]) * np.uint64(0x9E3779B97F4A7C15)
        runs ^= runs >> np.uint64(29)
    return np.unique(runs)


def jaccard(left: "NDArray[np.uint64]", right: "NDArray[np.uint64]") -> float:
    """Shared runs over all runs of two texts, 0 to 1."""
    import numpy as np

    if not len(left) and not len(right):
        return 1.0
    shared = len(np.intersect1d(left, right, assume_unique=True))
    return shared / (len(left) + len(right) - shared)


def shared_part(left: "NDArray[np.uint64]", right: "NDArray[np.uint64]") -> float:
    """Shared runs over the runs of the shorter text, 0 to 1: 1 when one holds the other.

    Two empty sets share all, an empty and a filled one nothing.
    """
    import numpy as np

    shorter = min(len(left), len(right))
    if not shorter:
        return float(len(left) == len(right))
    return len(np.intersect1d(left, right, assume_unique=True)) / shorter


def candidates(sets: "Sequence[NDArray[np.uint64]]", *, seed: int) -> Iterator[tuple[int, int]]:
    """Pairs ``(a, b)``, a < b, likely to have a Jaccard similarity above about 0.4, in order.

    Empty sets pair with nothing.
    """
    import numpy as np

    signatures = _signatures(sets, seed=seed)
    found: set[tuple[int, int]] = set()
    filled = np.flatnonzero([len(members) > 0 for members in sets])
    for band in range(_BANDS):
        keys = np.ascontiguousarray(signatures[filled, band * _ROWS : (band + 1) * _ROWS])
        packed = keys.view(np.dtype((np.void, keys.dtype.itemsize * _ROWS))).ravel()
        order = np.argsort(packed, kind="stable")
        breaks = np.flatnonzero(packed[order][1:] != packed[order][:-1]) + 1
        for bucket in np.split(filled[order], breaks):
            found.update(_pairs(sorted(int(member) for member in bucket)))
    return iter(sorted(found))


def _pairs(bucket: list[int]) -> Iterator[tuple[int, int]]:
    """All pairs of a bucket; in a crowd, each member with its next ones, which links them all."""
    if len(bucket) <= _CROWD:
        for place, left in enumerate(bucket):
            for right in bucket[place + 1 :]:
                yield left, right
    else:
        for step in (1, 2, 3):
            yield from zip(bucket, bucket[step:], strict=False)


def _signatures(sets: "Sequence[NDArray[np.uint64]]", *, seed: int) -> "NDArray[np.uint64]":
    """``(n, bands * rows)``: the least hash of each set by each function, many sets at a time."""
    import numpy as np

    rng = np.random.default_rng(seed)
    width = _ROWS * _BANDS
    factor = rng.integers(1, _MERSENNE, size=width, dtype=np.uint64)
    offset = rng.integers(0, _MERSENNE, size=width, dtype=np.uint64)
    prime = np.uint64(_MERSENNE)
    rows = np.full((len(sets), width), _MERSENNE, dtype=np.uint64)
    sizes = np.array([len(members) for members in sets], dtype=np.int64)
    owners = np.repeat(np.arange(len(sets)), sizes)
    joined = np.concatenate([*sets, np.zeros(0, dtype=np.uint64)]) % prime
    for start in range(0, len(joined), _AT_ONCE):
        part = joined[start : start + _AT_ONCE, None]
        owner = owners[start : start + _AT_ONCE]
        first = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
        least = np.minimum.reduceat((part * factor + offset) % prime, first, axis=0)
        rows[owner[first]] = np.minimum(rows[owner[first]], least)
    return rows
