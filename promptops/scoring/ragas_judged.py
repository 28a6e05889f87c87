"""ragas' metrics that ask a model: our chat is its LLM, our embedder its embeddings.

ragas writes the questions and describes the answers by pydantic models, which our chat gets as JSON
schemas. The calls are cached, metered and limited like all others; the judge must be fit and
permitted as for `promptops.scoring.judging.Judge`.
"""

import math
import re
from collections import Counter
from typing import Any, ClassVar

from promptops.core.canonical import JSON
from promptops.embedding.embedder import Embedder
from promptops.golden.case import GoldenCase
from promptops.llm.chat import Chat, Message
from promptops.prompts.model import Prompt
from promptops.scoring.judging import Judge, Permit, described
from promptops.scoring.ragas_metrics import judged_metric, ragas_version
from promptops.scoring.reading import answer_text, expected_text
from promptops.scoring.scorer import Score

_PASSAGE = re.compile(r"\n\s*\n")


class _Judged:
    """What the metrics share: asking the judge for what ragas wants to know."""

    needs: ClassVar[tuple[str, ...]] = ("chat", "judge")
    uses: ClassVar[tuple[str, ...]] = ("permit",)
    name: ClassVar[str]

    def __init__(
        self,
        *,
        chat: Chat,
        judge: str,
        permit: Permit | None = None,
        question: str = "",
        uncalibrated: bool = False,
    ) -> None:
        """Check the judge; nothing is called and ragas is not loaded.

        Args:
            chat: Where to ask.
            judge: The model that judges.
            permit: Whether it may be shown a prompt's data.
            question: The input that is the question; empty: all inputs but the context.
            uncalibrated: Ask a judge that was not shown to be better than chance.

        Raises:
            UsageError: The judge is not fit to judge.
        """
        self._judge = Judge(chat, judge, of=self.name, permit=permit, uncalibrated=uncalibrated)
        self._question = question

    @property
    def version(self) -> str:
        """Changes with the judge and with ragas."""
        return f"{self._judge.version}+{ragas_version()}"

    def _asked(self, case: GoldenCase, prompt: Prompt) -> str:
        if self._question:
            return str(case.inputs[self._question])
        into = prompt.retrieval.into if prompt.retrieval is not None else "context"
        rest = {name: value for name, value in case.inputs.items() if name != into}
        return described(rest) if len(rest) > 1 else str(next(iter(rest.values()), ""))

    def _passages(self, case: GoldenCase, prompt: Prompt, context: str | None) -> list[str]:
        into = prompt.retrieval.into if prompt.retrieval is not None else "context"
        text = context if context is not None else case.inputs.get(into)
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f'{self.name} needs a context: what was retrieved, or input "{into}"')
        return [part.strip() for part in _PASSAGE.split(text) if part.strip()]

    async def _measure(
        self, metric: str, prompt: Prompt, *, given: dict[str, Any], **made: Any
    ) -> Score:
        asked: Counter[str] = Counter()

        async def ask(question: str, answer: type[Any]) -> Any:
            # Equal questions are several draws: without their number the cache would answer.
            repeat = asked[question]
            asked[question] += 1
            text = await self._judge.answer(
                [Message(role="user", content=question)],
                answer.model_json_schema(),
                prompt=prompt,
                repeat=repeat,
            )
            return answer.model_validate_json(text)

        result = await judged_metric(metric, ask, **made).ascore(**given)
        value = float(result.value)
        if math.isnan(value):
            raise ValueError(f"{self.name} found nothing to judge in this answer")
        value = min(1.0, max(0.0, value))
        return Score(value=value, reason=f"{metric} {value:.2f} [{self._judge.note}]")


class Faithfulness(_Judged):
    """The share of the answer's statements that the context supports."""

    name: ClassVar[str] = "ragas.faithfulness"

    async def score(
        self,
        *,
        answer: str,
        case: GoldenCase,
        expected: JSON,
        prompt: Prompt,
        context: str | None = None,
        **_: object,
    ) -> Score:
        """See `Scorer.score`."""
        given = {
            "user_input": self._asked(case, prompt),
            "response": answer_text(answer, expected),
            "retrieved_contexts": self._passages(case, prompt, context),
        }
        return await self._measure("Faithfulness", prompt, given=given)


class AnswerRelevancy(_Judged):
    """How near the questions that the answer would answer are to the question that was asked."""

    needs: ClassVar[tuple[str, ...]] = ("chat", "judge", "embedder")
    name: ClassVar[str] = "ragas.answer_relevancy"

    def __init__(self, *, embedder: Embedder, strictness: int = 3, **judged: Any) -> None:
        """Check the judge.

        Args:
            embedder: Compares the questions.
            strictness: Questions that are made from an answer.
            judged: ``chat``, ``judge``, ``permit``, ``question``, ``uncalibrated``.

        Raises:
            UsageError: The judge is not fit to judge.
        """
        super().__init__(**judged)
        self._embedder, self._strictness = embedder, strictness

    @property
    def version(self) -> str:
        """Changes with the judge, ragas and the embedding model."""
        return f"{super().version}+{self._embedder.fingerprint}"

    async def score(
        self, *, answer: str, case: GoldenCase, expected: JSON, prompt: Prompt, **_: object
    ) -> Score:
        """See `Scorer.score`."""
        given = {
            "user_input": self._asked(case, prompt),
            "response": answer_text(answer, expected),
        }
        return await self._measure(
            "AnswerRelevancy",
            prompt,
            given=given,
            embed=lambda texts: self._embedder.embed(texts).tolist(),
            strictness=self._strictness,
        )


class ContextPrecision(_Judged):
    """Whether the passages that help to give the expected answer come first in the context."""

    name: ClassVar[str] = "ragas.context_precision"

    async def score(
        self,
        *,
        case: GoldenCase,
        expected: JSON,
        prompt: Prompt,
        context: str | None = None,
        **_: object,
    ) -> Score:
        """See `Scorer.score`."""
        given = {
            "user_input": self._asked(case, prompt),
            "reference": expected_text(expected),
            "retrieved_contexts": self._passages(case, prompt, context),
        }
        return await self._measure("ContextPrecisionWithReference", prompt, given=given)
