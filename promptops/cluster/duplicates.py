"""Which items say the same, in three strengths.

Word runs and vectors see different copies, so both look: runs find long texts of one lineage,
vectors find short texts in other words. Boilerplate lines are taken off before either, because
shared headers make unlike texts look alike. What two texts do not share is embedded on its own and
decides with them: a form filled with two tasks is no duplicate, however much of it is the form.

The three signals are weighed by a logistic model, or the two cosines suffice. Weights and
thresholds were fitted on one part of hand-labeled pairs and measured on another
(`benchmarks/duplicates.py`).
"""

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptops.cluster.items import Item
from promptops.cluster.merging import Standing, group_pairs
from promptops.cluster.minhash import candidates, jaccard, shared_part, shingles
from promptops.cluster.neighbors import BuildIndex, Neighbors, nearest
from promptops.cluster.report import DuplicateGroup, DuplicateKind, DuplicatePair
from promptops.cluster.wording import (
    MASK,
    masked,
    normalized,
    placeholders,
    tokens,
    without_boilerplate,
)
from promptops.embedding.embedder import Embedder
from promptops.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RUNS_WEIGHT, COSINE_WEIGHT, REST_WEIGHT, BIAS = 2.2, 5.0, 3.0, -7.2
"""Logistic regression on the tuning pairs of benchmarks/duplicate_pairs, rounded."""

SURE = 0.85
"""Least probability of a duplicate."""

SEMANTIC_COSINE, SEMANTIC_REST = 0.94, 0.7
"""Least cosines of the texts, and of what they do not share, for a duplicate in other words."""

NEAR_RUNS = 0.6
"""Share of the shorter text's word runs from which on a duplicate is called near."""

NO_WORDS = "the text has no words"

_NEIGHBORS = 10
_SHORT = 40
_OWN_WORDS = 5
_ANSWERS = frozenset(
    [
        "yes",
        "no",
        "maybe",
        "true",
        "false",
        "neither",
        "always",
        "sometimes",
        "never",
        "unknown",
        "none",
    ]
)
_REST_CHARS = 1500  # embedders read about 256 tokens
_PART = re.compile(r"\n|(?<=[.!?:;])\s")
_STRENGTH: dict[DuplicateKind, int] = {"exact": 0, "near": 1, "semantic": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateReport:
    """Pairs (the strongest kind first), groups of them, and what was not compared and why."""

    items: int
    pairs: tuple[DuplicatePair, ...]
    groups: tuple[DuplicateGroup, ...]
    left_out: tuple[tuple[str, str], ...]


def find_duplicates(
    items: Sequence[Item],
    embedder: Embedder,
    *,
    seed: int = 0,
    build_index: BuildIndex | None = None,
    standing: Mapping[str, Standing] | None = None,
) -> DuplicateReport:
    """The duplicates of a collection.

    Equal wordings are taken together first and compared once, so a million copies of one text cost
    one embedding; each is paired with the first of its kind.

    Args:
        items: What to compare; ids must differ.
        embedder: Gives the vectors; use a cached one.
        seed: Same seed and items, same report.
        build_index: The nearest-neighbor index; exact faiss when None.
        standing: How well items have done, for the choice of each group's representative.

    Raises:
        InputError: Two items have one id.
    """
    ordered = sorted(items, key=lambda item: item.id)
    for item, other in itertools.pairwise(ordered):
        if item.id == other.id:
            raise InputError(f'the id "{item.id}" is given twice')
    copies: dict[str, list[Item]] = {}
    left_out = []
    for item in ordered:
        key = normalized(item.text)
        if key:
            copies.setdefault(key, []).append(item)
        else:
            left_out.append((item.id, NO_WORDS))
    unique = [members[0] for members in copies.values()]
    pairs = [
        DuplicatePair(a=members[0].id, b=other.id, similarity=1.0, jaccard=1.0, kind="exact")
        for members in copies.values()
        for other in members[1:]
    ]
    texts = without_boilerplate([item.text for item in unique])
    vectors = embedder.embed(texts)
    neighbors = nearest(vectors, _NEIGHBORS, build_index)
    names = [item.id for item in unique]
    pairs += find_pairs(names, texts, vectors, neighbors, embedder, seed=seed)
    lengths = {item.id: len(item.text) for item in items}
    return DuplicateReport(
        items=len(items),
        pairs=tuple(pairs),
        groups=group_pairs(pairs, lengths=lengths, standing=standing),
        left_out=tuple(left_out),
    )


def find_pairs(
    ids: Sequence[str],
    texts: Sequence[str],
    vectors: "NDArray[np.float32]",
    neighbors: Neighbors,
    embedder: Embedder,
    *,
    seed: int,
) -> list[DuplicatePair]:
    """Near and semantic duplicates among texts that are not equal.

    Args:
        ids: Item ids, one a text.
        texts: Without boilerplate.
        vectors: ``(n, d)`` unit vectors of the texts.
        neighbors: Of those vectors.
        embedder: Embeds what the texts of a likely pair do not share.
        seed: For the hash functions.
    """
    skeletons = [masked(text) for text in texts]
    words = [tokens(skeleton) for skeleton in skeletons]
    runs = [shingles(found) for found in words]
    inputs = [placeholders(text) for text in texts]
    likely: list[tuple[int, int, float, float]] = []
    for left, right in _looked_at(runs, neighbors, seed):
        share = shared_part(runs[left], runs[right])
        cosine = min(1.0, float(vectors[left] @ vectors[right]))
        # The rest cannot be more alike than 1.
        if is_duplicate(share, cosine, 1.0) and _one_contract(words[left], words[right]):
            likely.append((left, right, share, cosine))
    alike = _rest_cosines([(skeletons[pair[0]], skeletons[pair[1]]) for pair in likely], embedder)
    found = [
        DuplicatePair(
            a=ids[left],
            b=ids[right],
            similarity=round(cosine, 4),
            jaccard=round(jaccard(runs[left], runs[right]), 4),
            kind="near" if share >= NEAR_RUNS else "semantic",
        )
        for (left, right, share, cosine), rest in zip(likely, alike, strict=True)
        if is_duplicate(share, cosine, rest, same_inputs=inputs[left] == inputs[right])
    ]
    return sorted(found, key=lambda pair: (_STRENGTH[pair.kind], -pair.similarity, pair.a, pair.b))


def is_duplicate(runs: float, cosine: float, rest: float, *, same_inputs: bool = True) -> bool:
    """Whether two texts are one prompt: all signals together say so, or the two cosines alone.

    Meaning is blind to direction (a title from an abstract, an abstract from a title), so cosines
    alone count only where the placeholders have the same names in the same order.

    Args:
        runs: Share of the shorter text's word runs that the other has too, 0 to 1.
        cosine: Of the vectors of the two texts.
        rest: Cosine of the sentences that only one of them has; 1 when one has none.
        same_inputs: Whether their placeholders are the same.
    """
    score = RUNS_WEIGHT * runs + COSINE_WEIGHT * cosine + REST_WEIGHT * rest + BIAS
    reworded = same_inputs and cosine >= SEMANTIC_COSINE and rest >= SEMANTIC_REST
    return reworded or 1.0 / (1.0 + math.exp(-score)) >= SURE


def _one_contract(left: Sequence[str], right: Sequence[str]) -> bool:
    """Whether two texts, if one is short, take the same inputs and allow the same answers.

    In a short prompt a placeholder more is another input, and "maybe" beside "yes or no" another
    output; in a long one an edit may add them. With hardly a word of its own, a prompt is its
    skeleton, and only an equal one is a copy.
    """
    if min(len(left), len(right)) >= _SHORT:
        return True
    if left.count(MASK) != right.count(MASK) or _ANSWERS & set(left) != _ANSWERS & set(right):
        return False
    own = min(len(left) - left.count(MASK), len(right) - right.count(MASK))
    return own >= _OWN_WORDS or list(left) == list(right)


def _looked_at(
    runs: "Sequence[NDArray[np.uint64]]", neighbors: Neighbors, seed: int
) -> Iterator[tuple[int, int]]:
    """Pairs that share wording or are neighbors, each once, in order."""
    pairs = set(candidates(runs, seed=seed))
    for left, others in enumerate(neighbors.rows.tolist()):
        pairs.update((min(left, right), max(left, right)) for right in others)
    return iter(sorted(pairs))


def _rest_cosines(pairs: Sequence[tuple[str, str]], embedder: Embedder) -> list[float]:
    """How alike the sentences are that only one text of each pair has."""
    rests = [_rests(left, right) for left, right in pairs]
    wanted = sorted({rest for pair in rests for rest in pair if all(pair)})
    vectors = embedder.embed(wanted)
    rows = {text: row for row, text in enumerate(wanted)}
    return [
        float(vectors[rows[left]] @ vectors[rows[right]]) if left and right else 1.0
        for left, right in rests
    ]


def _rests(left: str, right: str) -> tuple[str, str]:
    ours, theirs = _parts(left), _parts(right)
    only_ours = " ".join(part for key, part in ours.items() if key not in theirs)
    only_theirs = " ".join(part for key, part in theirs.items() if key not in ours)
    return only_ours[:_REST_CHARS], only_theirs[:_REST_CHARS]


def _parts(skeleton: str) -> dict[str, str]:
    """The sentences and lines of a text by their words in order."""
    parts = {" ".join(tokens(part)): part.strip() for part in _PART.split(skeleton)}
    parts.pop("", None)
    return parts
