"""The adapter to ragas: its metrics that need no model, as scorers named ``ragas.*``.

The only file that imports ragas, and only when a score is asked for (the import takes seconds).
Those that ask a model are in `promptops.scoring.ragas_judged`, on top of `judged_metric`.
"""

import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from promptops.core.canonical import JSON
from promptops.scoring.reading import answer_text, expected_text
from promptops.scoring.scorer import Score


class RagasScorer:
    """One metric of ``ragas.metrics.collections`` over answer and expected text.

    Its version carries that of ragas, so evidence does not outlive an upgrade.
    """

    def __init__(self, name: str, metric: str, **arguments: Any) -> None:
        """Name the metric's class; it is made on the first score.

        Args:
            name: The scorer's name.
            metric: Class name in ``ragas.metrics.collections``.
            arguments: What the class is made with.
        """
        self._name = name
        self._metric_class = metric
        self._arguments = arguments
        self._metric: Any = None
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """``ragas.…``."""
        return self._name

    @property
    def version(self) -> str:
        """Ours and that of the installed ragas."""
        return f"1+{ragas_version()}"

    def score(self, *, answer: str, expected: JSON, **_: object) -> Score:
        """See `Scorer.score`."""
        metric = self._load()
        result = _finish(
            metric.ascore(reference=expected_text(expected), response=answer_text(answer, expected))
        )
        value = min(1.0, max(0.0, float(result.value)))
        return Score(value=value, reason=f"{self._metric_class} {value:.2f}")

    def _load(self) -> Any:
        with self._lock:
            if self._metric is None:
                from ragas.metrics import collections

                self._metric = getattr(collections, self._metric_class)(**self._arguments)
            return self._metric


def ragas_version() -> str:
    """``ragas`` and the installed version."""
    from importlib.metadata import version

    return f"ragas{version('ragas')}"


def judged_metric(
    metric: str,
    ask: Callable[[str, type[Any]], Awaitable[Any]],
    embed: Callable[[list[str]], list[list[float]]] | None = None,
    **arguments: Any,
) -> Any:
    """A metric of ragas that asks a model.

    Args:
        metric: Class name in ``ragas.metrics.collections``.
        ask: Answers a question with an instance of a pydantic model.
        embed: Embeds texts, for metrics that compare meanings.
        arguments: What else the class is made with.
    """
    from ragas.embeddings.base import BaseRagasEmbedding
    from ragas.llms.base import InstructorBaseRagasLLM
    from ragas.metrics import collections

    class Asked(InstructorBaseRagasLLM):  # type: ignore[misc, unused-ignore]
        def generate(self, prompt: str, response_model: type[Any]) -> Any:
            raise NotImplementedError("scorers are asked in an event loop")

        async def agenerate(self, prompt: str, response_model: type[Any]) -> Any:
            return await ask(prompt, response_model)

    class Embedded(BaseRagasEmbedding):  # type: ignore[misc, unused-ignore]
        def embed_text(self, text: str, **_: Any) -> list[float]:
            assert embed is not None
            return embed([text])[0]

        async def aembed_text(self, text: str, **_: Any) -> list[float]:
            return self.embed_text(text)

    if embed is not None:
        arguments["embeddings"] = Embedded()
    return getattr(collections, metric)(llm=Asked(), **arguments)


def _finish(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine that never waits for anything.

    ragas' own synchronous call starts an event loop and refuses to work inside one, which is
    where scorers run; these metrics only compute.
    """
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    coroutine.close()
    raise RuntimeError("this ragas metric waits for something: it cannot be used as a scorer")


def exact_match() -> RagasScorer:
    """1 for equal texts."""
    return RagasScorer("ragas.exact_match", "ExactMatch")


def string_presence() -> RagasScorer:
    """1 when the expected text occurs in the answer."""
    return RagasScorer("ragas.string_presence", "StringPresence")


def string_similarity() -> RagasScorer:
    """1 - normalized Levenshtein distance."""
    return RagasScorer("ragas.string_similarity", "NonLLMStringSimilarity")


def rouge(*, rouge_type: str = "rougeL", mode: str = "fmeasure") -> RagasScorer:
    """ROUGE (Lin 2004): ``rouge1`` or ``rougeL``, by ``fmeasure``, ``precision`` or ``recall``.

    Raises:
        ValueError: Another type or mode.
    """
    if rouge_type not in ("rouge1", "rougeL"):
        raise ValueError(f'rouge_type is rouge1 or rougeL, not "{rouge_type}"')
    if mode not in ("fmeasure", "precision", "recall"):
        raise ValueError(f'mode is fmeasure, precision or recall, not "{mode}"')
    return RagasScorer("ragas.rouge", "RougeScore", rouge_type=rouge_type, mode=mode)


def bleu() -> RagasScorer:
    """Sentence BLEU, brought to 0…1."""
    return RagasScorer("ragas.bleu", "BleuScore")


def chrf() -> RagasScorer:
    """chrF, brought to 0…1."""
    return RagasScorer("ragas.chrf", "CHRFScore")
