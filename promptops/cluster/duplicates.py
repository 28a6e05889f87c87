"""Which items say the same, in three strengths.

Word runs and vectors see different copies, so both look: runs find long texts of one lineage,
vectors find short texts in other words. Boilerplate lines are taken off before either, because
shared headers make unlike texts look alike. What two texts do not share decides in the end: a form
filled with two tasks is no duplicate, however much of the form they have in common.
"""

import math
import re
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

_RESIDUE_WORDS = 4
_RESIDUE_OVERLAP = 0.25
_PART = re.compile(r"\n|(?<=[.!?:;])\s")

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
    parts = [_parts(text) for text in texts]
    pairs: dict[tuple[int, int], DuplicateKind] = {}
    overlap: dict[tuple[int, int], float] = {}
    for left, right in candidates(runs, seed=seed):
        overlap[left, right] = jaccard(runs[left], runs[right])
        if overlap[left, right] >= NEAR_JACCARD and _one_task(parts[left], parts[right], weights):
            pairs[left, right] = "near"
    for left, others in enumerate(neighbors.rows):
        for right, cosine in zip(others, neighbors.scores[left], strict=True):
            pair = (min(left, int(right)), max(left, int(right)))
            if cosine < SEMANTIC_COSINE or pair in pairs:
                continue
            left_words, right_words = set(words[pair[0]]), set(words[pair[1]])
            if _shared(left_words, right_words, weights) < SEMANTIC_WORDS:
                continue
            if _one_task(parts[pair[0]], parts[pair[1]], weights):
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
    count: dict[str, int] = {}
    for found in words:
        for word in set(found):
            count[word] = count.get(word, 0) + 1
    return {word: math.log((len(words) + 1) / (number + 0.5)) for word, number in count.items()}


def _parts(text: str) -> frozenset[str]:
    """The sentences and lines of a text, each as its words in order."""
    found = (" ".join(tokens(masked(part))) for part in _PART.split(text))
    return frozenset(part for part in found if part)


def _one_task(left: frozenset[str], right: frozenset[str], weights: dict[str, float]) -> bool:
    """Whether the sentences that only one of two texts has may belong to one task.

    An addition on one side is an edit, and so are sentences with mostly the same words; other
    words on both sides are another task in the same form.
    """
    only_left = {word for part in left - right for word in part.split()}
    only_right = {word for part in right - left for word in part.split()}
    new_left, new_right = only_left - only_right, only_right - only_left
    if min(len(new_left), len(new_right)) < _RESIDUE_WORDS:
        return True
    return _shared(only_left, only_right, weights) >= _RESIDUE_OVERLAP


def _shared(left: set[str], right: set[str], weights: dict[str, float]) -> float:
    """Weighted Jaccard similarity of two sets of words."""
    union = sum(weights.get(word, 0.0) for word in left | right)
    return sum(weights.get(word, 0.0) for word in left & right) / union if union > 0 else 0.0
