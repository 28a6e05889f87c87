"""Structure: the instruction apart from the data."""

from collections.abc import Sequence
from typing import ClassVar

from promptops.optimize.candidate import Candidate, OptimizeTask
from promptops.optimize.structuring import structured
from promptops.prompts.digests import variant_digest


class Structure:
    """Moves the instruction of a lone user message into a system message.

    The data then stands alone in the last message, where examples can be put before it and a
    provider can cache everything that does not change. A slot inside a sentence becomes a
    reference to the data ("the alert").
    """

    name: ClassVar[str] = "structure"
    cost: ClassVar[int] = 0

    async def propose(self, task: OptimizeTask) -> Sequence[Candidate]:
        """See `Proposer.propose`."""
        prompt = structured(task.prompt)
        if prompt is None:
            return ()
        return (
            Candidate(
                prompt=prompt,
                proposer=self.name,
                reason="put the instruction into a system message, apart from the data",
                parents=(variant_digest(task.prompt, None),),
            ),
        )
