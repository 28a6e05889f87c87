"""The scorer seam and the table of scorers by name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

from promptops.core.backends import load_backend
from promptops.core.canonical import JSON
from promptops.errors import UsageError
from promptops.golden.case import GoldenCase
from promptops.prompts.model import Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What one scorer says about one answer.

    Args:
        value: From 0 (wrong) to 1 (right).
        reason: Why, in a few words; shown in reports and read by proposers.
    """

    value: float
    reason: str

    def __post_init__(self) -> None:
        """Refuse values that would silently distort a mean."""
        if not 0.0 <= self.value <= 1.0:
            raise ValueError(f"a score lies between 0 and 1, not {self.value}")


class Scorer(Protocol):
    """Anything that scores an answer: pure, quick, safe to call from several threads.

    ``version`` is part of the evidence key: raise it whenever the same answer may get another
    value. An implementation names the arguments it uses and takes the rest as ``**_``. A scorer
    that raises is recorded as a failure of that case, the run goes on.
    """

    @property
    def name(self) -> str:
        """The metric's name, as prompt files write it."""
        ...

    @property
    def version(self) -> str:
        """What identifies the way of scoring."""
        ...

    def score(self, *, answer: str, case: GoldenCase, expected: JSON, prompt: Prompt) -> Score:
        """Score one answer.

        Args:
            answer: What the model wrote.
            case: The golden case it answers.
            expected: The expected value that holds for this run (a case may expect different
                values under different knowledge bases); None where the model must abstain.
            prompt: The prompt that was run; its output schema tells how to read the answer.
        """
        ...


_HERE = "promptops.scoring.scorers"
_RAGAS = "promptops.scoring.ragas_metrics"

SCORERS: Mapping[str, str] = {
    "exact_match": f"{_HERE}.exact_match:ExactMatch",
    "normalized_match": f"{_HERE}.normalized_match:NormalizedMatch",
    "contains": f"{_HERE}.contains:Contains",
    "label_match": f"{_HERE}.label_match:LabelMatch",
    "json_fields": f"{_HERE}.json_fields:JsonFields",
    "json_valid": f"{_HERE}.json_valid:JsonValid",
    "numeric": f"{_HERE}.numeric:Numeric",
    "token_f1": f"{_HERE}.token_f1:TokenF1",
    "semantic_similarity": f"{_HERE}.semantic_similarity:SemanticSimilarity",
    "ragas.exact_match": f"{_RAGAS}:exact_match",
    "ragas.string_presence": f"{_RAGAS}:string_presence",
    "ragas.string_similarity": f"{_RAGAS}:string_similarity",
    "ragas.rouge": f"{_RAGAS}:rouge",
    "ragas.bleu": f"{_RAGAS}:bleu",
    "ragas.chrf": f"{_RAGAS}:chrf",
}
"""Our scorers: name -> what makes it. Installed packages add theirs under the entry point group
``promptops.scorer``."""


def load_scorer(name: str, **dependencies: Any) -> Scorer:
    """Make the scorer called ``name``.

    Args:
        name: A name of `SCORERS` or of an installed entry point.
        dependencies: What scorers may ask for in their ``needs`` (such as ``embedder``); those
            that a scorer does not ask for are ignored.

    Raises:
        UnknownBackendError: No scorer has that name.
        UsageError: The scorer needs something that was not given.
    """
    factory = load_backend("scorer", name, SCORERS)
    needs: tuple[str, ...] = getattr(factory, "needs", ())
    missing = [need for need in needs if dependencies.get(need) is None]
    if missing:
        raise UsageError(f'scorer "{name}" needs {" and ".join(missing)}, which is not there')
    return cast("Scorer", factory(**{need: dependencies[need] for need in needs}))


def load_scorers(names: Iterable[str], **dependencies: Any) -> tuple[Scorer, ...]:
    """Make several scorers, each once, in the order given; see `load_scorer`."""
    return tuple(load_scorer(name, **dependencies) for name in dict.fromkeys(names))
