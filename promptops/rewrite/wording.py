"""How likely words that are not known to mean the same do so where they stand.

Each word that only one side has is looked up among the words of the other side by its vector in
context (MiniLM's last hidden states; aligned to the nearest, as in BERTScore, Zhang et al. 2020,
"BERTScore: Evaluating Text Generation with BERT"): a paraphrase has something near, a changed
meaning has not. A verb of many senses ("run", "work") carries little by itself, a word of one sense
much. A logistic regression over these few numbers was fitted on labeled edits
(``benchmarks/rewrite_wording.py``, which writes ``wording.json`` and tells how well it does on the
edits of a writer it was not fitted on).
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promptops.embedding.onnx_embedder import OnnxEmbedder
from promptops.rewrite.checking.lexicon import lexicon, stem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FITTED = Path(__file__).with_suffix(".json")
"""Written by ``benchmarks/rewrite_wording.py``."""

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of the words that only one side has.

    Attributes:
        near: Mean over these words of the highest cosine with a word of the other side, -1 to 1.
        senses: Logarithm of one more than the senses that the plainest of them has as a verb.
    """

    near: float
    senses: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A fitted logistic regression.

    Attributes:
        intercept: Log-odds when all evidence is 0.
        weights: What each piece of evidence adds, by its name; ``judge``: a judge's log-odds.
        bar: Log-odds from which the wordings count as the same.
    """

    intercept: float
    weights: Mapping[str, float]
    bar: float

    def log_odds(self, evidence: Evidence, judge: float = 0.0) -> float:
        """Log-odds that the wordings say the same."""
        known: dict[str, float] = {**asdict(evidence), "judge": judge}
        return self.intercept + sum(each * known[name] for name, each in self.weights.items())

    def needed(self, evidence: Evidence) -> float:
        """The log-odds that a judge must have for the bar to be reached."""
        return (self.bar - self.log_odds(evidence)) / self.weights["judge"]

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "Weights":
        """The weights as they are kept."""
        return cls(intercept=found["intercept"], weights=found["weights"], bar=found["bar"])


@cache
def fitted() -> Weights:
    """The weights without a judge; read once."""
    return Weights.from_json(json.loads(FITTED.read_text(encoding="utf-8")))


def evidence(old: str, new: str, lost: Sequence[str], added: Sequence[str]) -> Evidence:
    """What is known of words that only one side has.

    Args:
        old: The old sentences.
        new: The new sentences.
        lost: Stems that only the old ones have.
        added: Stems that only the new ones have; one of both is not empty.

    Raises:
        ModelNotInstalledError: A package that carries a part of MiniLM is not installed.
    """
    found = [*_aligner().nearest(lost, old, new), *_aligner().nearest(added, new, old)]
    senses = lexicon().senses
    return Evidence(
        near=sum(found) / len(found),
        senses=min(math.log1p(senses.get(word, 0)) for word in (*lost, *added)),
    )


def probability(log_odds: float) -> float:
    """The probability that log-odds stand for."""
    return 1 / (1 + math.exp(-log_odds))


class Aligner(OnnxEmbedder):
    """Words in context beside the words of another text."""

    def nearest(self, stems: Sequence[str], text: str, other: str) -> list[float]:
        """For each stem, the highest cosine of such a word with a word of the other text.

        Args:
            stems: Stems of words of the text.
            text: What they stand in; words beyond the window (256 tokens) are near to nothing.
            other: Where the nearest is looked for.

        Returns:
            A cosine for each stem, 0 where one of both is not within the window.
        """
        if not stems:
            return []
        words, vectors = self.words(text)
        others, targets = self.words(other)
        if not words or not others:
            return [0.0] * len(stems)
        best = (vectors @ targets.T).max(axis=1)
        found = [stem(word) for word in words]
        return [
            max((float(best[n]) for n, each in enumerate(found) if each == one), default=0.0)
            for one in stems
        ]

    def words(self, text: str) -> "tuple[list[str], NDArray[np.float32]]":
        """The words of a text in lower case, and a vector of unit length for each: (n, 384)."""
        import numpy as np

        session, tokenizer, _ = self._loaded()
        read = tokenizer.encode(text)
        ids = np.array([read.ids])
        feed = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        (hidden,) = session.run(None, feed)
        unit = hidden[0] / np.linalg.norm(hidden[0], axis=1, keepdims=True)
        words, vectors = [], []
        for match in _WORD.finditer(text):
            inside = [
                n for n, (a, b) in enumerate(read.offsets) if match.start() <= a < b <= match.end()
            ]
            if inside:
                mean = unit[inside].mean(axis=0)
                words.append(match[0].lower())
                vectors.append(mean / np.linalg.norm(mean))
        return words, np.array(vectors, dtype=np.float32)


@cache
def _aligner() -> Aligner:
    return Aligner(threads=1)
