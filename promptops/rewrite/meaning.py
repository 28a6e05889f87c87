"""How near two wordings are in meaning, by embeddings of the sentences that changed.

Embeddings see that a sentence speaks of something else; they hardly see a "not" or a number, which
the structural check sees. What similarity adds to it was measured: ``benchmarks/rewrite_check.py
--meaning`` prints it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from promptops.embedding.embedder import Embedder
from promptops.prompts.model import MessageTemplate, Prompt
from promptops.rewrite.checking.facts import facts
from promptops.rewrite.checking.matching import rest
from promptops.rewrite.checking.sentences import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Similarity:
    """How near two wordings are; 1 is the same.

    Attributes:
        whole: Mean of all sentences' similarities, by their length, from -1 to 1.
        lowest: The lowest of a sentence, from -1 to 1.
        sentence: The sentence that has it, of either side; "" when none changed.
    """

    whole: float
    lowest: float
    sentence: str


def similarity(
    base: Prompt,
    new: Sequence[MessageTemplate],
    embedder: Embedder,
    *,
    ignoring: tuple[str, ...] = (),
) -> Similarity:
    """The similarity of two wordings, sentence by sentence, both ways.

    A sentence that the other side has in other marks is the same (1). Each other one counts with
    the cosine of the nearest among the changed sentences of the other side, or among all of its
    sentences where none changed (a sentence that was dropped).

    Args:
        base: The prompt as it was, variants resolved.
        new: The rewritten messages.
        embedder: Who embeds.
        ignoring: Passages that may come and go.
    """
    old, now = facts(base.messages, ignoring).sentences, facts(tuple(new), ignoring).sentences
    gone, come = _changed(old, now), _changed(now, old)
    if not gone and not come:
        return Similarity(whole=1.0, lowest=1.0, sentence="")
    found = _nearest(gone, come or _said(now), embedder)
    found += _nearest(come, gone or _said(old), embedder)
    lowest, sentence = min(found)
    length = sum(map(len, _said(old))) + sum(map(len, _said(now)))
    lost = sum((1 - cosine) * len(text) for cosine, text in found)
    return Similarity(whole=1 - lost / max(1, length), lowest=lowest, sentence=sentence)


def _said(sentences: Sequence[Sentence]) -> list[str]:
    return [each.text for each in sentences if not each.title]


def _changed(ones: Sequence[Sentence], others: Sequence[Sentence]) -> list[str]:
    return _said(rest(ones, others))


def _nearest(
    ones: Sequence[str], others: Sequence[str], embedder: Embedder
) -> list[tuple[float, str]]:
    """The cosine with the nearest of the others, for each; 0 where there are none."""
    if not others:
        return [(0.0, text) for text in ones]
    if not ones:
        return []
    cosines = (embedder.embed(ones) @ embedder.embed(others).T).max(axis=1)
    return [(min(1.0, float(cosine)), text) for cosine, text in zip(cosines, ones, strict=True)]
