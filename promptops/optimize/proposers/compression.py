"""Compression: fewer words for the same instruction, each removal with its reason."""

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

from promptops.optimize.candidate import Candidate, OptimizeTask
from promptops.optimize.compressing import Removal, Strength, compress
from promptops.optimize.compressing.sentences import Said, said_in
from promptops.optimize.proposers.shortening import Shrinkable, kept, schema_terms

_ORDER: tuple[Strength, ...] = ("strong", "telegram", "moderate", "careful")
_SHOWN = 3  # removals of a class that the reason quotes


class Compression:
    """Takes out what carries no instruction: filler, politeness, boilerplate, repetition.

    Template tags, quoted text, code, numbers, prohibitions, example pairs and kept sentences stay
    as they are (`promptops.optimize.compressing`). One proposal for each strength that finds more.
    """

    name: ClassVar[str] = "compression"
    saves: ClassVar[bool] = True
    cost: ClassVar[int] = 0

    async def propose(self, task: OptimizeTask) -> Sequence[Candidate]:
        """See `Proposer.propose`."""
        shrinkable = Shrinkable.of(task.prompt)
        terms = schema_terms(task.prompt)
        found: dict[str, Candidate] = {}
        for strength in _ORDER:
            texts, removals = compress_all(shrinkable.texts, strength, kept(task), terms)
            candidate = shrinkable.candidate(
                texts, proposer=self.name, reason=f"take out {in_words(removals)}"
            )
            if candidate is not None:
                found.setdefault(candidate.digest, candidate)
        return tuple(found.values())


def compress_all(
    texts: Sequence[str], strength: Strength, keep: Sequence[str], terms: Sequence[str]
) -> tuple[tuple[str, ...], tuple[Removal, ...]]:
    """The texts of a conversation, shortened; what an earlier one says, a later one need not."""
    shorter: list[str] = []
    removals: list[Removal] = []
    before: list[Said] = []
    for text in texts:
        done = compress(text, strength=strength, keep=keep, terms=terms, before=before)
        shorter.append(done.text)
        removals.extend(done.removals)
        before.extend(said_in(done.text))
    return tuple(shorter), tuple(removals)


def in_words(removals: Sequence[Removal]) -> str:
    """Removals class by class, the commonest first: how many, and some of them word for word."""
    parts = []
    for kind, count in Counter(each.kind for each in removals).most_common():
        quoted = dict.fromkeys(str(each.text) for each in removals if each.kind == kind)
        shown = "; ".join(f'"{text}"' for text in list(quoted)[:_SHOWN])
        parts.append(f"{kind} ({count}): {shown}{' …' if len(quoted) > _SHOWN else ''}")
    return ", ".join(parts)
