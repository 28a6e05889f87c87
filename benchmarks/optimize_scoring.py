"""Label match for prompts without an output schema; for `optimize_tasks`."""

from collections.abc import Awaitable, Iterable

from promptops.core.canonical import JSON
from promptops.golden.case import GoldenCase
from promptops.prompts.model import Prompt
from promptops.scoring import Score, Scorer


class LabelScorer:
    """Label match that is told the label set, because no prompt here has an output schema."""

    def __init__(self, inner: Scorer, labels: Iterable[str]) -> None:
        """Wrap the scorer."""
        self._inner = inner
        self.name = inner.name
        schema = {"type": "object", "properties": {"label": {"enum": list(labels)}}}
        self.version = f"{inner.version}+{','.join(labels)}"
        self._prompt = Prompt.model_validate(
            {
                "id": "labels",
                "version": "1.0.0",
                "title": "Labels",
                "intent": "classify",
                "messages": [{"role": "user", "content": "-"}],
                "output": {"schema": schema},
            }
        )

    def score(
        self, *, answer: str, case: GoldenCase, expected: JSON, **_: object
    ) -> Score | Awaitable[Score]:
        """See `Scorer.score`."""
        return self._inner.score(answer=answer, case=case, expected=expected, prompt=self._prompt)
