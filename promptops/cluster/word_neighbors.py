"""For a few texts those of many that are nearest in words: whom a commit is compared with.

Cheap where embedding is dear: thousands of texts take a fraction of a second and no model.
"""

import heapq
import math
from collections import Counter
from collections.abc import Collection, Sequence

from promptops.cluster.wording import masked, tokens


def word_neighbors(texts: Sequence[str], of: Collection[int], count: int) -> set[int]:
    """The rows nearest to some rows, by the words they share.

    A word weighs as much as it is rare (its inverse document frequency). Taken are the ``count``
    rows with the largest part of both texts in common, and the ``count`` with the largest part of
    the shorter one: a copy inside a longer text is far by the first and near by the second.

    Args:
        texts: All texts.
        of: Rows to find neighbors of.
        count: How many a row, twice.
    """
    words = [frozenset(tokens(masked(text))) for text in texts]
    holding = Counter(word for found in words for word in found)
    rarity = {word: math.log((len(texts) + 1) / number) for word, number in holding.items()}
    weights = [sum(rarity[word] for word in found) or 1.0 for found in words]
    near: set[int] = set()
    for row in of:
        both, shorter = [], []
        for other, found in enumerate(words):
            shared = sum(rarity[word] for word in words[row] & found)
            if shared and other != row:
                smaller = min(weights[row], weights[other])
                both.append((shared / (weights[row] + weights[other] - shared), -other))
                shorter.append((shared / smaller, shared, -other))
        near.update(-found[-1] for found in heapq.nlargest(count, both))
        near.update(-found[-1] for found in heapq.nlargest(count, shorter))
    return near.difference(of)
