"""Ranking by meaning: the best passage of each text, found coarsely by bits, then exactly.

Method: sign bits of the vectors compared by Hamming distance choose passages, whose stored vectors
give the exact cosines (binary codes with rescoring: Yamada, Asai and Hajishirzi 2021, ACL).
Bits need no training, so passages can be added one by one.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageVectors:
    """The vectors of the passages of many texts.

    Attributes:
        vectors: ``(p, d)`` float16, unit length.
        bits: ``(d / 64, p)`` uint64: the signs, 64 to a word.
        rows: ``(p,)`` int32 in rising order: whose passage it is.
        starts: ``(n + 1,)`` int64: the passages of row ``i`` are ``starts[i]:starts[i + 1]``.
        spans: ``(p, 3)`` int64: first character, end, line.
    """

    vectors: "NDArray[np.float16]"
    bits: "NDArray[np.uint64]"
    rows: "NDArray[np.int32]"
    starts: "NDArray[np.int64]"
    spans: "NDArray[np.int64]"

    def likely(
        self, query: "NDArray[np.float32]", most: int, allowed: "NDArray[np.bool_] | None"
    ) -> "NDArray[np.int64]":
        """Passages whose signs agree best with the query's: ``most`` and those as good as the last.

        Args:
            query: ``(d,)``.
            most: How many.
            allowed: ``(n,)``: the rows that may be found; None for all.
        """
        import numpy as np

        if not len(self.rows):
            return np.zeros(0, np.int64)
        marks = signs(query[None, :])[:, 0]
        apart = np.zeros(len(self.rows), np.uint16)
        for line, mark in zip(self.bits, marks, strict=True):
            apart += np.bitwise_count(line ^ mark)
        if allowed is not None:
            apart[~allowed[self.rows]] = np.iinfo(np.uint16).max
        tally = np.cumsum(np.bincount(apart[apart <= len(query)], minlength=len(query) + 1))
        bar = np.searchsorted(tally, min(most, tally[-1]))
        return np.flatnonzero(apart <= (bar if tally[-1] else -1))

    def of_rows(self, rows: "NDArray[np.int64]") -> "NDArray[np.int64]":
        """The passages of some rows, in the order of the rows."""
        import numpy as np

        first, sizes = self.starts[rows], self.starts[rows + 1] - self.starts[rows]
        skipped = np.repeat(np.cumsum(sizes) - sizes, sizes)
        places: NDArray[np.int64] = np.repeat(first, sizes) + np.arange(int(sizes.sum())) - skipped
        return places

    def cosines(
        self, query: "NDArray[np.float32]", passages: "NDArray[np.int64]"
    ) -> "NDArray[np.float32]":
        """The exact similarity of some passages."""
        import numpy as np

        exact = self.vectors[passages].astype(np.float32)
        # Not by BLAS: waking its threads takes longer than so few products.
        return np.asarray(np.einsum("pd,d->p", exact, query), dtype=np.float32)


def signs(vectors: "NDArray[np.float32]") -> "NDArray[np.uint64]":
    """The signs of ``(p, d)`` vectors, 64 to a word, ``(ceil(d / 64), p)``."""
    import numpy as np

    packed = np.packbits(vectors > 0, axis=1)
    wide = np.zeros((len(packed), -(-packed.shape[1] // 8) * 8), np.uint8)
    wide[:, : packed.shape[1]] = packed
    return np.ascontiguousarray(wide.view(np.uint64).T)
