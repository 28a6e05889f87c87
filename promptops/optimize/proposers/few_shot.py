"""Few-shot examples: solved training cases as earlier turns of the conversation."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from promptops.core.canonical import canonical_json
from promptops.core.counting import counted
from promptops.golden.case import GoldenCase
from promptops.optimize.candidate import Candidate, OptimizeTask
from promptops.optimize.structuring import structured
from promptops.optimize.wording import can_show, fit_examples, split_wording, with_examples
from promptops.prompts.digests import variant_digest
from promptops.scoring.reading import as_text, words

_MOST_GROUPS = 16
_Kind = Literal["balanced", "hard", "natural"]
_DRAWS: tuple[tuple[int, _Kind], ...] = (
    *((4, "balanced"), (8, "balanced"), (12, "balanced"), (8, "hard")),
    *((8, "balanced"), (4, "natural"), (16, "balanced"), (8, "natural")),
)
"""About how many examples, and how they are chosen; over and over, each time with another seed."""


@dataclass(frozen=True, slots=True)
class _Draw:
    """One way to choose examples: how many, with which seed, how."""

    size: int
    seed: int
    kind: _Kind = "balanced"


class FewShot:
    """Shows solved cases.

    They are balanced over labels and unlike each other, or those first that go wrong today, or as
    they come. Which examples are shown, and in which order, moves a small model more than
    anything else, so many sets are drawn; the race over dev cases tells which of them teach
    something. Source of balance and diversity: Zhang et al. 2022 (Auto-CoT), Levy et al. 2023; of
    order: Lu et al. 2022.
    """

    name: ClassVar[str] = "few_shot"
    cost: ClassVar[int] = 0

    def __init__(self, *, sets: int = 32) -> None:
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
            chosen = fit_examples(_choose(groups, draw, values=task.base.values(task.metric)))
            ids = tuple(case.id for case in chosen)
            if ids in found:
                continue
            found[ids] = Candidate(
                prompt=with_examples(prompt, chosen, kb_label=task.kb_label),
                proposer=self.name,
                reason=_reason(chosen, groups, draw.kind) + moved,
                parents=(parent,),
                examples=ids,
                learned_from=ids,
            )
        return tuple(found.values())


def _draws(pool: int, groups: int, sets: int, seed: int) -> list[_Draw]:
    """Sizes are multiples of the number of labels; half of the pool stays to judge them by."""
    unit = groups if 2 <= groups <= _MOST_GROUPS else 1
    most = max(1, pool // 2)
    draws = []
    for number in range(sets):
        about, kind = _DRAWS[number % len(_DRAWS)]
        size = unit * max(1, round(about / unit))
        draws.append(_Draw(min(size, most), seed + number, kind))
    return draws


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
    if draw.kind == "natural":
        everything = [case for group in left for case in group]
        return source.sample(everything, min(draw.size, len(everything)))
    for group in left:
        source.shuffle(group)
        if draw.kind == "hard":
            group.sort(key=lambda case: values.get(case.id, 1.0))
    chosen: list[GoldenCase] = []
    while len(chosen) < draw.size and any(left):
        turn = [group for group in left if group]
        source.shuffle(turn)
        for group in turn[: draw.size - len(chosen)]:
            best = group[0] if draw.kind == "hard" or not chosen else _least_like(group, chosen)
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
    chosen: Sequence[GoldenCase], groups: Sequence[Sequence[GoldenCase]], kind: _Kind
) -> str:
    shown = counted(len(chosen), "solved case")
    if kind == "natural":
        return f"show {shown} as examples, as they come"
    balance = f", balanced over {len(groups)} answers" if len(groups) > 1 else ""
    choice = ", those first that go wrong today" if kind == "hard" else ", unlike each other"
    return f"show {shown} as examples{balance}{choice}"
