"""Fewer examples: the wording's own example pairs, thinned out."""

from collections.abc import Sequence
from typing import ClassVar

from promptops.lint.text import shingles
from promptops.optimize.candidate import Candidate, OptimizeTask
from promptops.optimize.wording import Wording, split_wording, with_messages
from promptops.prompts.digests import variant_digest
from promptops.prompts.model import MessageTemplate

_SAME = 0.8  # overlap of word pairs from which two questions are the same
_Pair = tuple[MessageTemplate, MessageTemplate]


class FewerExamples:
    """Drops repeated examples, every other one, or all that a wording shows today."""

    name: ClassVar[str] = "fewer_examples"
    saves: ClassVar[bool] = True
    cost: ClassVar[int] = 0

    async def propose(self, task: OptimizeTask) -> Sequence[Candidate]:
        """See `Proposer.propose`."""
        parts = split_wording(task.prompt)
        if parts is None or not parts.examples:
            return ()
        different = _different(parts.examples)
        kept = dict.fromkeys((different, different[::2], ()))
        return tuple(
            Candidate(
                prompt=with_messages(
                    task.prompt,
                    Wording(
                        instructions=parts.instructions, examples=some, final=parts.final
                    ).messages(),
                ),
                proposer=self.name,
                reason=_reason(len(some), len(different), len(parts.examples)),
                parents=(variant_digest(task.prompt, None),),
            )
            for some in kept
            if len(some) < len(parts.examples)
        )


def _different(examples: Sequence[_Pair]) -> tuple[_Pair, ...]:
    """The examples without those whose question repeats an earlier one."""
    found: list[_Pair] = []
    seen: list[frozenset[str]] = []
    for pair in examples:
        own = shingles(pair[0].content, 2)
        if any(len(own & other) >= _SAME * len(own | other) for other in seen):
            continue
        seen.append(own)
        found.append(pair)
    return tuple(found)


def _reason(kept: int, different: int, shown: int) -> str:
    again = shown - different
    repeated = f" ({again} nearly repeat another)" if again else ""
    return f"keep {kept} of {shown} examples{repeated}"
