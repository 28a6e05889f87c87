"""Put long material first and the question last."""

import re
from typing import ClassVar

from promptops.rewrite.draft import Block, Draft

_MATERIAL = re.compile(
    r"context|documents?|articles?|sources?|passages?|excerpts?|policy|policies|transcript|facts",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"question|query|request", re.IGNORECASE)
_POINTS_ELSEWHERE = r"\b(?:above|below|following|preceding|previous|earlier|next)\b"


class MoveContextFirst:
    """Within the last user message: material sections first, question sections last.

    Left alone when the wording points up or down ("the context below"), because that would become
    untrue.
    """

    name: ClassVar[str] = "move-context-first"
    topic: ClassVar[str] = "long_context"
    values: ClassVar[frozenset[str]] = frozenset({"context-first"})
    reason: ClassVar[str] = "puts the material first and the question last"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        last = draft.turns[-1]
        if last.role != "user" or last.example or draft.mentions(_POINTS_ELSEWHERE):
            return draft
        into = draft.prompt.retrieval.into if draft.prompt.retrieval else ""
        ordered = tuple(sorted(last.blocks, key=lambda block: _rank(block, into)))
        if ordered == last.blocks:
            return draft
        return draft.with_turns((*draft.turns[:-1], last.with_blocks(ordered)))


def _rank(block: Block, into: str) -> int:
    if block.form == "plain" or not block.shows_value:
        return 1
    if (into and into in block.body) or _MATERIAL.fullmatch(block.slug):
        return 0
    return 2 if _QUESTION.fullmatch(block.slug) else 1
