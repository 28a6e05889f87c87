"""Which golden cases a change touches, found before a single call is made.

A case is affected when the messages sent to the model differ: retrieval is repeated on both sides
(milliseconds), the prompt rendered, the request hashed. Equal requests have equal answers in the
answer cache, so only affected cases can cost calls.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from promptops.errors import RenderError
from promptops.evaluation.requests import Retrieved, Retriever, build_request, retrieve
from promptops.evaluation.target import Target
from promptops.golden.case import GoldenCase
from promptops.knowledge.chunking import Chunk
from promptops.knowledge.index import Hit, context_text
from promptops.knowledge.kb import KnowledgeBase
from promptops.prompts.model import Prompt


class Index(Protocol):
    """A searchable knowledge base, such as `promptops.knowledge.index.KBIndex`."""

    @property
    def kb(self) -> KnowledgeBase:
        """The version it was built from."""

    @property
    def chunks(self) -> Sequence[Chunk]:
        """Everything that can be found."""

    def retrieve(self, query: str, k: int = 4) -> tuple[Hit, ...]:
        """The ``k`` best chunks, best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A prompt with the knowledge base that it reads; None where it does not retrieve."""

    prompt: Prompt
    index: Index | None


def index_retriever(index: Index | None) -> Retriever | None:
    """What fills a prompt's context from an index."""
    if index is None:
        return None

    def find(prompt: Prompt, query: str) -> Retrieved:
        assert prompt.retrieval is not None
        hits = index.retrieve(query, prompt.retrieval.top_k)
        return Retrieved(text=context_text(hits), chunks=tuple(hit.chunk.id for hit in hits))

    return find


def affected_cases(
    cases: Sequence[GoldenCase], *, target: Target, before: Side, after: Side
) -> frozenset[str]:
    """Ids of the cases whose request differs between two sides.

    Args:
        cases: The golden cases.
        target: What answers on both sides.
        before: The old prompt and knowledge base.
        after: The new ones.

    A case that cannot be rendered has no request; it is affected when only one side has none.
    """
    old, new = index_retriever(before.index), index_retriever(after.index)
    return frozenset(
        case.id
        for case in cases
        if _request(before.prompt, case, target, old) != _request(after.prompt, case, target, new)
    )


def _request(prompt: Prompt, case: GoldenCase, target: Target, retriever: Retriever | None) -> str:
    try:
        context = retrieve(prompt, case.inputs, retriever)
        return build_request(prompt, case.inputs, target=target, context=context).digest()
    except RenderError:
        return ""
