"""Ranking by words: BM25F over words and pairs of neighboring words, as arrays that map from disk.

Method: BM25F with one length norm (Robertson, Zaragoza and Taylor 2004, "Simple BM25 extension to
multiple weighted fields"; k1 = 1.2, b = 0.75): a word of the title counts three times, one of the
first passage twice. Pairs carry the order of words (Metzler and Croft 2005, sequential dependence).
"""

import functools
import math
import re
import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptops.cluster.search.passages import SIZE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

K1 = 1.2
B = 0.75
TITLE = 3
LEAD = 1
"""How often words of the title and of the beginning count beyond once."""

# Scripts written without spaces: each character is a word, pairs of them are found as pairs.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+(?:['’][^\W_{_UNSPACED}]+)?")


def words(text: str) -> list[str]:
    """The words of a text, NFKC and case folded."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def terms(text: str) -> "NDArray[np.uint64]":
    """The terms of a text: its words, then its pairs of neighboring words, as 64-bit keys.

    A word's key is its CRC-32, a pair's the two of them; 300,000 words share about ten keys.
    """
    import numpy as np

    found = np.fromiter((_code(word) for word in words(text)), np.uint64)
    return np.concatenate([found, (found[:-1] << np.uint64(32)) | found[1:]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Postings:
    """Which rows hold which terms.

    Attributes:
        keys: ``(t,)`` uint64 in rising order.
        starts: ``(t + 1,)`` int64: the postings of term ``i`` are ``starts[i]:starts[i + 1]``.
        rows: ``(p,)`` int32.
        gains: ``(p,)`` float32, what the term adds to the row's score before its rarity.
    """

    keys: "NDArray[np.uint64]"
    starts: "NDArray[np.int64]"
    rows: "NDArray[np.int32]"
    gains: "NDArray[np.float32]"

    def find(self, keys: "NDArray[np.uint64]") -> "list[slice]":
        """The postings of each term, an empty slice for one that is not there."""
        import numpy as np

        at = np.searchsorted(self.keys, keys)
        found = []
        for key, place in zip(keys, at, strict=True):
            known = place < len(self.keys) and self.keys[place] == key
            ends = self.starts[place : place + 2] if known else (0, 0)
            found.append(slice(int(ends[0]), int(ends[1])))
        return found


def index_words(
    documents: Sequence[tuple[str, str]], typical: float | None = None
) -> tuple[Postings, float]:
    """Index titles and texts by row; also the typical length that was used.

    Args:
        documents: Title and text of each row.
        typical: The mean length to measure lengths by; that of ``documents`` when None.
    """
    import numpy as np

    held = [_counted(title, text) for title, text in documents]
    lengths = np.array([counts.sum() for _, counts in held], np.float64)
    typical = typical or (max(float(lengths.mean()), 1.0) if len(lengths) else 1.0)
    norms = K1 * (1 - B + B * lengths / typical)
    sizes = [len(keys) for keys, _ in held]
    rows = np.repeat(np.arange(len(held), dtype=np.int32), sizes)
    keys = np.concatenate([keys for keys, _ in held]) if held else np.zeros(0, np.uint64)
    counts = np.concatenate([n for _, n in held]).astype(np.float32) if held else np.zeros(0)
    gains = (counts * (K1 + 1) / (counts + np.repeat(norms, sizes))).astype(np.float32)
    order = np.argsort(keys, kind="stable")
    distinct, first = np.unique(keys[order], return_index=True)
    postings = Postings(
        keys=distinct,
        starts=np.append(first, len(keys)).astype(np.int64),
        rows=rows[order],
        gains=gains[order],
    )
    return postings, typical


def rarity(count: int, holding: int) -> float:
    """What holding a term tells when ``holding`` of ``count`` texts do."""
    return math.log(1 + (count - holding + 0.5) / (holding + 0.5))


def _counted(title: str, text: str) -> "tuple[NDArray[np.uint64], NDArray[np.int64]]":
    import numpy as np

    parts = [terms(title)] * TITLE + [terms(text)] + [terms(text[:SIZE])] * LEAD
    return np.unique(np.concatenate(parts), return_counts=True)


@functools.lru_cache(maxsize=1 << 18)
def _code(word: str) -> int:
    return zlib.crc32(word.encode())
