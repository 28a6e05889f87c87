"""Golden cases that ask the same in nearly the same words.

Method: two cases are near duplicates when each input of one has a Jaccard similarity of 0.8 or more
with the same input of the other, over 5-grams of words (letters folded, punctuation aside; an input
of fewer words is one gram). Pairs are found exactly, not by sampling: two sets so similar share at
least one of their rarest grams (prefix filter: Chaudhuri, Ganti & Kaushik 2006, *ICDE*).
"""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from promptops.core.canonical import JSON, canonical_json
from promptops.golden.case import GoldenCase

THRESHOLD = 0.8
_GRAM = 5
_WORD = re.compile(r"\w+")

_Gram = tuple[str, str]
"""The name of an input and words of it."""


def near_duplicates(
    cases: Sequence[GoldenCase], *, threshold: float = THRESHOLD
) -> Iterator[tuple[int, int, float]]:
    """Every pair of near duplicates as (earlier position, later position, similarity).

    Args:
        cases: Any cases; those without inputs are like none.
        threshold: Least similarity of every input, above 0 and at most 1.

    Raises:
        ValueError: The threshold is out of range.
    """
    if not 0 < threshold <= 1:
        raise ValueError(f"a similarity lies between 0 and 1, not at {threshold}")
    sets = [_grams(case) for case in cases]
    common = Counter(gram for grams in sets for gram in grams)
    seen: defaultdict[_Gram, list[int]] = defaultdict(list)
    for here, grams in enumerate(sets):
        rarest = sorted(grams, key=lambda gram: (common[gram], gram))
        prefix = rarest[: len(grams) - math.ceil(threshold * len(grams) - 1e-9) + 1]
        for there in sorted({place for gram in prefix for place in seen[gram]}):
            similarity = _similarity(grams, sets[there])
            if similarity >= threshold and _each(grams, sets[there], threshold):
                yield there, here, similarity
        for gram in prefix:
            seen[gram].append(here)


def answer_key(case: GoldenCase) -> str:
    """The expected answer, or the answers by label, as one comparable text."""
    return canonical_json(case.expected if not case.answers else dict(case.answers)).decode()


def _grams(case: GoldenCase) -> frozenset[_Gram]:
    return frozenset((name, gram) for name, value in case.inputs.items() for gram in _of(value))


def _of(value: JSON) -> Iterator[str]:
    text = value if isinstance(value, str) else canonical_json(value).decode()
    folded = unicodedata.normalize("NFKC", text).casefold()
    words = _WORD.findall(folded) or [folded]
    for start in range(max(1, len(words) - _GRAM + 1)):
        yield " ".join(words[start : start + _GRAM])


def _similarity(some: frozenset[_Gram], others: frozenset[_Gram]) -> float:
    return len(some & others) / len(some | others)


def _each(some: frozenset[_Gram], others: frozenset[_Gram], threshold: float) -> bool:
    """Whether every input is similar: one long input in common does not make two questions one."""
    either = Counter(name for name, _ in some | others)
    both = Counter(name for name, _ in some & others)
    return all(both[name] >= threshold * count for name, count in either.items())
