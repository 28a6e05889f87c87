"""What to do about duplicates: groups, the member to keep, how each other came about, the diff."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from promptops.cluster.minhash import shared_part, shingles
from promptops.cluster.report import DuplicateGroup, DuplicatePair
from promptops.cluster.wording import masked, normalized, tokens

Lineage = Literal["copy", "renamed", "edited", "extended", "shortened", "reworded"]
"""What a member is beside its group's representative.

``copy``: the same words. ``renamed``: other names of variables. ``edited``: most wording shared
both ways. ``extended``, ``shortened``: it holds the other, or is held by it. ``reworded``: the same
task in other words.
"""

_HELD = 0.75
_SHARED = 0.5
_MOST_LINES = 4000
_SENTENCE = re.compile(r"\n|(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How well an item has done: logged runs, and its best score by evidence (None: none)."""

    runs: int = 0
    score: float | None = None


def group_pairs(
    pairs: Sequence[DuplicatePair],
    *,
    lengths: Mapping[str, int] | None = None,
    standing: Mapping[str, Standing] | None = None,
) -> tuple[DuplicateGroup, ...]:
    """Groups of items linked by pairs, largest first.

    The representative is the member with the most logged runs, then the best evidence, then the
    longest text, then the strongest links, then the first id. Semantic links hold only between two
    groups' direct members: a chain of them would tie unlike texts together, so each such pair is a
    group of its own unless wording already links the two.

    Args:
        pairs: Of `find_duplicates`.
        lengths: Characters of each item's text.
        standing: Of the items that are known to have been used or measured.
    """
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    links: dict[str, float] = {}
    for pair in pairs:
        if pair.kind != "semantic":
            left, right = sorted((root(pair.a), root(pair.b)))
            parent[right] = left
        for name in (pair.a, pair.b):
            links[name] = links.get(name, 0.0) + pair.jaccard + pair.similarity

    def rank(name: str) -> tuple[float, float, int, float, str]:
        known = (standing or {}).get(name, Standing())
        score = -1.0 if known.score is None else known.score
        return -known.runs, -score, -(lengths or {}).get(name, 0), -links[name], name

    members: dict[str, list[str]] = {}
    for name in list(parent):
        members.setdefault(root(name), []).append(name)
    near = {root(pair.a) for pair in pairs if pair.kind == "near"}
    found = [
        DuplicateGroup(
            representative=min(names, key=rank),
            members=tuple(sorted(names)),
            kind="near" if top in near else "exact",
        )
        for top, names in members.items()
    ]
    for pair in pairs:
        if pair.kind == "semantic" and root(pair.a) != root(pair.b):
            both = tuple(sorted((pair.a, pair.b)))
            found.append(
                DuplicateGroup(representative=min(both, key=rank), members=both, kind="semantic")
            )
    return tuple(sorted(found, key=lambda group: (-len(group.members), group.members)))


def lineage(kept: str, other: str) -> Lineage:
    """What ``other`` is beside ``kept``, two texts that are duplicates."""
    if normalized(kept) == normalized(other):
        return "copy"
    ours, theirs = tokens(masked(kept)), tokens(masked(other))
    if ours == theirs:
        return "renamed"
    held = shared_part(shingles(ours), shingles(theirs))
    if held < _SHARED:
        return "reworded"
    longer, shorter = max(len(ours), len(theirs)), min(len(ours), len(theirs))
    if held >= _HELD and shorter < _HELD * longer:
        return "extended" if len(theirs) > len(ours) else "shortened"
    return "edited"


def merge_diff(kept: str, other: str, names: tuple[str, str]) -> str:
    """What is lost or gained by keeping one text instead of the other, as a unified diff.

    Lines are sentences: a prompt is often one long line. Empty for texts that differ in white space
    only; one line that says so for texts too long to compare.
    """
    ours, theirs = _lines(kept), _lines(other)
    if max(len(ours), len(theirs)) > _MOST_LINES:
        return f"(no diff: more than {_MOST_LINES:,} sentences)"
    lines = difflib.unified_diff(theirs, ours, fromfile=names[1], tofile=names[0], lineterm="", n=1)
    return "\n".join(lines)


def _lines(text: str) -> list[str]:
    parts = (part.strip() for part in _SENTENCE.split(text))
    return [part for part in parts if part]
