"""Fewer examples: the wording's own example pairs, thinned out."""

from collections.abc import Sequence
from typing import ClassVar

from promptops.optimize.candidate import Candidate, OptimizeTask
from promptops.optimize.wording import Wording, split_wording, with_messages
from promptops.prompts.digests import variant_digest


class FewerExamples:
    """Drops all, or every other one, of the examples that a wording shows today."""

    name: ClassVar[str] = "fewer_examples"
    cost: ClassVar[int] = 0

    async def propose(self, task: OptimizeTask) -> Sequence[Candidate]:
        """See `Proposer.propose`."""
        parts = split_wording(task.prompt)
        if parts is None or not parts.examples:
            return ()
        kept = [parts.examples[::2], ()] if len(parts.examples) > 1 else [()]
        return tuple(
            Candidate(
                prompt=with_messages(
                    task.prompt,
                    Wording(
                        instructions=parts.instructions, examples=some, final=parts.final
                    ).messages(),
                ),
                proposer=self.name,
                reason=f"keep {len(some)} of {len(parts.examples)} examples",
                parents=(variant_digest(task.prompt, None),),
            )
            for some in kept
        )
