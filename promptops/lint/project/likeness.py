"""Which texts are nearly the same: exact all-pairs Jaccard similarity of word shingles.

Method: All-Pairs with prefix filtering (Bayardo, Ma and Srikant, WWW 2007; for Jaccard: Xiao et
al., PPJoin, WWW 2008). Two sets of similarity t or more share one of the few rarest shingles of
each, so only those are indexed; common shingles, which would make every text a candidate, hardly
ever are. Nothing is estimated: the result is that of comparing all pairs.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence


def near_pairs(
    sets: Sequence[frozenset[int]], threshold: float
) -> Iterator[tuple[int, int, float]]:
    """Pairs of sets whose Jaccard similarity is at least ``threshold``.

    Args:
        sets: Shingles of each text, as integers; empty sets are like no other.
        threshold: Above 0, at most 1.

    Yields:
        Positions of both sets, the smaller position first, and their similarity; in no
        particular order.
    """
    count = Counter(shingle for each in sets for shingle in each)
    index: dict[int, list[int]] = {}
    for place in sorted(range(len(sets)), key=lambda each: (len(sets[each]), each)):
        ours = sets[place]
        size = len(ours)
        if not size:
            continue
        ranked = sorted(sorted(ours), key=count.__getitem__)
        prefix = ranked[: size - math.ceil(threshold * size - 1e-9) + 1]
        seen: set[int] = set()
        for shingle in prefix:
            if count[shingle] == 1:
                continue
            for other in index.get(shingle, ()):
                if other not in seen and len(sets[other]) >= threshold * size - 1e-9:
                    seen.add(other)
            index.setdefault(shingle, []).append(place)
        for other in seen:
            common = len(ours & sets[other])
            similarity = common / (size + len(sets[other]) - common)
            if similarity >= threshold - 1e-9:
                yield min(place, other), max(place, other), similarity
