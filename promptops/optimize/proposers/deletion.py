"""Measured deletion: ever shorter prompts, for the search to find the shortest that does not lose.

Method: deletion search over units of the instructions (Prasad et al. 2023, GrIPS), with a ladder of
shares in place of single edits: single deletions are too small to tell apart on a golden set.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

from promptops.optimize.candidate import Candidate, OptimizeTask
from promptops.optimize.compressing.ladder import ORDERS, RUNGS, ladder
from promptops.optimize.proposers.compression import compress_all
from promptops.optimize.proposers.shortening import Shrinkable, kept, schema_terms, topic
from promptops.optimize.wording import split_wording, with_messages
from promptops.prompts.digests import variant_digest
from promptops.prompts.model import Prompt

_FIRST = 0.5  # the share whose outcome says most about the others


class Deletion:
    """Deletes the sentences, items and shots that look least needed, a share of them each time.

    Least needed is what the rest of the prompt says anyway, example text, roles, and talk of a
    format that a schema holds; other ladders take all examples first, or last. Prohibitions,
    safeguards, template tags and kept sentences stay. Nothing of it is learned from cases, so that
    all of them can judge it. Proposed only where less is a goal.
    """

    name: ClassVar[str] = "deletion"
    cost: ClassVar[int] = 0

    def __init__(self, rungs: Sequence[float] = RUNGS) -> None:
        """Take the shares of tokens to leave out."""
        self._rungs = tuple(rungs)

    async def propose(self, task: OptimizeTask) -> Sequence[Candidate]:
        """See `Proposer.propose`."""
        if "less" not in task.goal.claims:
            return ()
        found: dict[str, Candidate] = {}
        for shrinkable in _bases(task.prompt):
            terms = schema_terms(task.prompt)
            texts, _ = compress_all(shrinkable.texts, "strong", kept(task), terms)
            for first in ORDERS:
                for rung in ladder(
                    texts,
                    rungs=self._rungs,
                    first=first,
                    keep=kept(task),
                    topic=topic(task),
                    terms=terms,
                    constrained=task.prompt.output is not None,
                ):
                    reason = f"leave out {100 * rung.share:.0f}% ({first}): {rung}"
                    made = shrinkable.candidate(rung.texts, proposer=self.name, reason=reason)
                    if made is not None:
                        made = replace(made, parents=(variant_digest(task.prompt, None),))
                        found.setdefault(made.digest, made)
        return tuple(sorted(found.values(), key=lambda each: _from_half(task.prompt, each)))


def _bases(prompt: Prompt) -> Iterator[Shrinkable]:
    """The prompt, and where it shows example pairs the prompt without them."""
    yield Shrinkable.of(prompt)
    parts = split_wording(prompt)
    if parts is not None and parts.examples:
        yield Shrinkable.of(with_messages(prompt, replace(parts, examples=()).messages()))


def _from_half(prompt: Prompt, candidate: Candidate) -> float:
    """How far a wording is from half the length: what becomes of that one says most."""
    return abs(_length(candidate.prompt) / _length(prompt) - _FIRST)


def _length(prompt: Prompt) -> int:
    return sum(len(message.content) for message in prompt.messages)
