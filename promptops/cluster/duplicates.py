"""Which items say the same, in three strengths.

Word runs and vectors see different copies, so both look: runs find long texts of one lineage,
vectors find short texts in other words. Boilerplate lines are taken off before either, because
shared headers make unlike texts look alike.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from promptops.cluster.minhash import candidates, jaccard, shingles
from promptops.cluster.neighbors import Neighbors
from promptops.cluster.report import DuplicateGroup, DuplicateKind, DuplicatePair
from promptops.cluster.wording import masked, tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEAR_JACCARD = 0.6
SEMANTIC_COSINE = 0.9
SEMANTIC_WORDS = 0.5
"""Least share of distinctive words that two texts of one meaning have in common."""

_STRENGTH: dict[DuplicateKind, int] = {"exact": 0, "near": 1, "semantic": 2}


def find_pairs(
    ids: Sequence[str],
    texts: Sequence[str],
    vectors: "NDArray[np.float32]",
    neighbors: Neighbors,
    *,
    seed: int,
) -> list[DuplicatePair]:
    """Near and semantic duplicates among texts that are not equal.

    Args:
        ids: Item ids, one a text.
        texts: Without boilerplate.
        vectors: ``(n, d)`` unit vectors of the texts.
        neighbors: Of those vectors.
        seed: For the hash functions.
    """
    words = [tokens(masked(text)) for text in texts]
    runs = [shingles(found) for found in words]
    weights = _distinctive(words)
    pairs: dict[tuple[int, int], DuplicateKind] = {}
    overlap: dict[tuple[int, int], float] = {}
    for left, right in candidates(runs, seed=seed):
        overlap[left, right] = jaccard(runs[left], runs[right])
        if overlap[left, right] >= NEAR_JACCARD:
            pairs[left, right] = "near"
    for left, others in enumerate(neighbors.rows):
        for right, cosine in zip(others, neighbors.scores[left], strict=True):
            pair = (min(left, int(right)), max(left, int(right)))
            if cosine < SEMANTIC_COSINE or pair in pairs:
                continue
            if _shared(words[pair[0]], words[pair[1]], weights) >= SEMANTIC_WORDS:
                pairs[pair] = "semantic"
    found = []
    for (left, right), kind in pairs.items():
        share = overlap.get((left, right))
        found.append(
            DuplicatePair(
                a=ids[left],
                b=ids[right],
                similarity=round(min(1.0, float(vectors[left] @ vectors[right])), 4),
                jaccard=round(jaccard(runs[left], runs[right]) if share is None else share, 4),
                kind=kind,
            )
        )
    return sorted(found, key=lambda pair: (_STRENGTH[pair.kind], -pair.jaccard, pair.a, pair.b))


def group_pairs(pairs: Sequence[DuplicatePair]) -> tuple[DuplicateGroup, ...]:
    """Groups of items linked by pairs, largest first.

    The representative is the member with the most, then the strongest, links. Semantic links hold
    only between two groups' direct members: a chain of them would tie unlike texts together, so
    each such pair is a group of its own unless wording already links the two.
    """
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for pair in pairs:
        if pair.kind != "semantic":
            left, right = sorted((root(pair.a), root(pair.b)))
            parent[right] = left
    groups: dict[str, list[str]] = {}
    for name in list(parent):
        groups.setdefault(root(name), []).append(name)
    links: dict[str, float] = {}
    for pair in pairs:
        for name in (pair.a, pair.b):
            links[name] = links.get(name, 0.0) + pair.jaccard + pair.similarity
    kinds = {(root(p.a), p.kind) for p in pairs if p.kind != "semantic"}
    found = [
        DuplicateGroup(
            representative=min(members, key=lambda name: (-links[name], name)),
            members=tuple(sorted(members)),
            kind="near" if (top, "near") in kinds else "exact",
        )
        for top, members in groups.items()
    ]
    for pair in pairs:
        if pair.kind == "semantic" and root(pair.a) != root(pair.b):
            first = min((pair.a, pair.b), key=lambda name: (-links[name], name))
            members = tuple(sorted((pair.a, pair.b)))
            found.append(DuplicateGroup(representative=first, members=members, kind="semantic"))
    return tuple(sorted(found, key=lambda group: (-len(group.members), group.members)))


def _distinctive(words: Sequence[Sequence[str]]) -> dict[str, float]:
    """Inverse document frequency: words that every prompt has say nothing about a shared task."""
    import math

    count: dict[str, int] = {}
    for found in words:
        for word in set(found):
            count[word] = count.get(word, 0) + 1
    return {word: math.log((len(words) + 1) / (number + 0.5)) for word, number in count.items()}


def _shared(left: Sequence[str], right: Sequence[str], weights: dict[str, float]) -> float:
    """Weighted Jaccard similarity of two sets of words."""
    a, b = set(left), set(right)
    union = sum(weights[word] for word in a | b)
    return sum(weights[word] for word in a & b) / union if union > 0 else 0.0
