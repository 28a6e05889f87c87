"""Measured deletion: ever shorter prompts, for the search to find the shortest that does not lose.

Method: deletion search over units of the instructions (Prasad et al. 2023, GrIPS), with a ladder of
shares in place of single edits: single deletions are too small to tell apart on a golden set.
"""

from collections.abc import Sequence
from typing import ClassVar

from promptops.optimize.candidate import Candidate, OptimizeTask
from promptops.optimize.compressing.ladder import RUNGS, ladder
from promptops.optimize.proposers.compression import compress_all
from promptops.optimize.proposers.shortening import Shrinkable, kept, schema_terms, topic

_FIRST = 0.5  # the share whose outcome says most about the others


class Deletion:
    """Deletes the sentences, items and shots that look least needed, a share of them each time.

    Least needed is what the rest of the prompt says anyway, example text, roles, and talk of a
    format that a schema holds; never prohibitions, safeguards, template tags or kept sentences.
    Nothing of it is learned from cases, so that all of them can judge it. Proposed only where less
    is a goal.
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
        shrinkable = Shrinkable.of(task.prompt)
        terms = schema_terms(task.prompt)
        texts, _ = compress_all(shrinkable.texts, "strong", kept(task), terms)
        rungs = ladder(
            texts,
            rungs=self._rungs,
            keep=kept(task),
            topic=topic(task),
            terms=terms,
            constrained=task.prompt.output is not None,
        )
        found = []
        for rung in sorted(rungs, key=lambda rung: abs(rung.share - _FIRST)):
            reason = f"leave out {100 * rung.share:.0f}% that looks least needed: {rung}"
            candidate = shrinkable.candidate(rung.texts, proposer=self.name, reason=reason)
            if candidate is not None:
                found.append(candidate)
        return tuple(found)
