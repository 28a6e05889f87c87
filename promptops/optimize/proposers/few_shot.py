"""Few-shot examples: solved training cases as earlier turns of the conversation."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from promptops.core.canonical import canonical_json
from promptops.golden.case import GoldenCase
from promptops.optimize.candidate import Candidate, OptimizeTask
from promptops.optimize.structuring import structured
from promptops.optimize.wording import can_show, split_wording, with_examples
from promptops.prompts.digests import variant_digest
from promptops.scoring.reading import as_text, words

_MOST_EXAMPLES = 8


@dataclass(frozen=True, slots=True)
class _Draw:
    """One way to choose examples: how many, with which seed, mistakes of the base first or not."""

    size: int
    seed: int
    hard: bool = False


class FewShot:
    """Shows solved cases, balanced over labels and unlike each other.

    Which examples are shown, and in which order, moves a small model more than anything else, so
    several sets are drawn; the race over dev cases tells which of them teach something.
    Source of balance and diversity: Zhang et al. 2022 (Auto-CoT), Levy et al. 2023.
    """

    name: ClassVar[str] = "few_shot"
    cost: ClassVar[int] = 0

    def __init__(self, *, sets: int = 6) -> None:
        """Say how many example sets to propose at most."""
        self._sets = sets

    async def propose(self, task: OptimizeTask) -> Sequence[Candidate]:
        """See `Proposer.propose`."""
        # Without a place of its own for the data, every example would repeat the instruction.
        separated = structured(task.prompt)
        prompt = separated or task.prompt
        if split_wording(prompt) is None:
            return ()
        pool = [
            case
            for case in task.train
            if can_show(prompt, case, metric=task.metric, kb_label=task.kb_label)
        ]
        if not pool:
            return ()
        groups = _groups(pool, task.kb_label)
        parent = variant_digest(task.prompt, None)
        moved = "" if separated is None else ", the instruction apart from the data"
        found: dict[tuple[str, ...], Candidate] = {}
        for draw in _draws(len(pool), len(groups), self._sets, task.seed):
            chosen = _choose(groups, draw, values=task.base.values(task.metric))
            ids = tuple(case.id for case in chosen)
            if ids in found:
                continue
            found[ids] = Candidate(
                prompt=with_examples(prompt, chosen, kb_label=task.kb_label),
                proposer=self.name,
                reason=_reason(chosen, groups, hard=draw.hard) + moved,
                parents=(parent,),
                examples=ids,
                learned_from=ids,
            )
        return tuple(found.values())


def _draws(pool: int, groups: int, sets: int, seed: int) -> list[_Draw]:
    """One example a label is the base unit: 4 labels give sets of 4 and 8; no labels, 3 and 6."""
    unit = groups if 2 <= groups <= _MOST_EXAMPLES else 3
    small, large = min(unit, pool), min(2 * unit, _MOST_EXAMPLES, pool)
    draws = [
        _Draw(small, seed),
        _Draw(large, seed + 1),
        _Draw(small, seed + 2),
        _Draw(small, seed + 3, hard=True),
        _Draw(large, seed + 4),
        _Draw(small, seed + 5),
        _Draw(large, seed + 6, hard=True),
        _Draw(small, seed + 7),
    ]
    return draws[:sets]


def _groups(pool: Sequence[GoldenCase], kb_label: str | None) -> list[list[GoldenCase]]:
    """Cases by expected answer; one group when answers hardly repeat."""
    groups: dict[bytes, list[GoldenCase]] = {}
    for case in pool:
        groups.setdefault(canonical_json(case.expected_for(kb_label)), []).append(case)
    if len(groups) > max(2, len(pool) // 2):
        return [list(pool)]
    return list(groups.values())


def _choose(
    groups: Sequence[Sequence[GoldenCase]], draw: _Draw, *, values: dict[str, float]
) -> list[GoldenCase]:
    """Take turns over the groups, in each the case least like those already chosen."""
    source = random.Random(draw.seed)  # noqa: S311 - a choice to repeat, not a secret
    left = [list(group) for group in groups]
    for group in left:
        source.shuffle(group)
        if draw.hard:
            group.sort(key=lambda case: values.get(case.id, 1.0))
    chosen: list[GoldenCase] = []
    while len(chosen) < draw.size and any(left):
        turn = [group for group in left if group]
        source.shuffle(turn)
        for group in turn[: draw.size - len(chosen)]:
            best = group[0] if draw.hard or not chosen else _least_like(group, chosen)
            group.remove(best)
            chosen.append(best)
    return chosen


def _least_like(group: Sequence[GoldenCase], chosen: Sequence[GoldenCase]) -> GoldenCase:
    seen = [_words(case) for case in chosen]
    # The first two of a shuffled group, not all: the outlier of a group would be in every set.
    return min(group[:2], key=lambda case: max(_overlap(_words(case), other) for other in seen))


def _words(case: GoldenCase) -> frozenset[str]:
    return frozenset(words(" ".join(as_text(value) for value in case.inputs.values())))


def _overlap(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a or b else 1.0


def _reason(
    chosen: Sequence[GoldenCase], groups: Sequence[Sequence[GoldenCase]], *, hard: bool
) -> str:
    kind = "solved case" if len(chosen) == 1 else "solved cases"
    balance = f", balanced over {len(groups)} answers" if len(groups) > 1 else ""
    choice = ", those first that go wrong today" if hard else ", unlike each other"
    return f"show {len(chosen)} {kind} as examples{balance}{choice}"
