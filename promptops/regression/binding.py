"""A binding: by digest, everything that a prompt's answers depend on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Self

from promptops.core.canonical import JSON, digest
from promptops.errors import KnowledgeBaseError
from promptops.evaluation.target import Target
from promptops.golden.case import GoldenSet
from promptops.knowledge.kb import KnowledgeBase
from promptops.prompts.digests import variant_digest
from promptops.prompts.model import Prompt

_WORDS = {
    "prompt": "the wording changed",
    "query": "the retrieval query changed",
    "index": "the chunker, the embedder or top_k changed",
    "kb": "the knowledge base changed",
    "golden": "the golden set changed",
    "model": "the model changed",
}


@dataclass(frozen=True, kw_only=True)
class Binding:
    """What one prompt is verified with.

    Attributes:
        prompt_id: The prompt.
        prompt: Variant digest of the wording.
        query: Digest of the retrieval query; empty without retrieval.
        index: Fingerprint of chunker, embedder and top_k; empty without retrieval.
        kb: Version of the knowledge base; empty without retrieval.
        golden: Digest of the golden set.
        model: Target name with the fingerprint of the weights.
        kb_name: Name of the knowledge base; not part of the digest.
        kb_label: Its label; not part of the digest.
    """

    prompt_id: str
    prompt: str
    query: str
    index: str
    kb: str
    golden: str
    model: str
    kb_name: str = ""
    kb_label: str = ""

    @cached_property
    def sha(self) -> str:
        """Digest of everything an answer depends on."""
        return digest({name: getattr(self, name) for name in ("prompt_id", *_WORDS)})

    def to_json(self) -> dict[str, JSON]:
        """A JSON object that `from_json` reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, JSON]) -> Self:
        """Read what `to_json` wrote.

        Raises:
            KnowledgeBaseError: The document is something else.
        """
        try:
            return cls(**{name: str(value) for name, value in document.items()})
        except TypeError as problem:
            raise KnowledgeBaseError(f"this is not a binding: {problem}") from problem


def bind(
    prompt: Prompt,
    *,
    target: Target,
    fingerprint: str,
    golden: GoldenSet,
    kb: KnowledgeBase | None = None,
    index: str = "",
) -> Binding:
    """The binding of a prompt to what it is measured with now.

    Args:
        prompt: The prompt.
        target: What answers.
        fingerprint: What identifies the weights behind the model.
        golden: The golden set.
        kb: The knowledge base it retrieves from; None without retrieval.
        index: How that is chunked and embedded.
    """
    retrieval = prompt.retrieval
    return Binding(
        prompt_id=prompt.id,
        prompt=variant_digest(prompt, target.variant),
        query=digest(retrieval.query) if retrieval else "",
        index=f"{index}+k={retrieval.top_k}" if retrieval else "",
        kb=kb.version if kb and retrieval else "",
        golden=golden.digest,
        model=f"{target.name}@{fingerprint}",
        kb_name=kb.name if kb and retrieval else "",
        kb_label=kb.label if kb and retrieval else "",
    )


def stale_reasons(verified: Binding, live: Binding) -> tuple[str, ...]:
    """Why a verified binding no longer holds; empty when it does."""
    reasons = []
    for name, words in _WORDS.items():
        if getattr(verified, name) != getattr(live, name):
            labels = ""
            if name == "kb" and verified.kb_label != live.kb_label:
                labels = f" ({verified.kb_label or 'none'} -> {live.kb_label or 'none'})"
            reasons.append(words + labels)
    return tuple(reasons)
