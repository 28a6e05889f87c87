"""A model compares an answer with the expected one."""

from typing import ClassVar, Literal

from promptops.core.canonical import JSON
from promptops.golden.case import GoldenCase
from promptops.llm.chat import Chat
from promptops.prompts.model import Prompt
from promptops.scoring.judging import Judge, Permit, described
from promptops.scoring.reading import as_text
from promptops.scoring.scorer import Score

Better = Literal["first", "second", "tie"]

_BETTER = "Which answer serves the request better: more correct, more complete, without inventions?"
_CHOICES = ("first", "second", "tie")
_VALUES = {"first": 1.0, "tie": 0.5, "second": 0.0}


class PairwiseJudge:
    """1 when a judge finds the answer better than the expected one, 0 worse, 0.5 as good.

    Two calls a case: the two are shown in both orders, and only a verdict that both orders give
    counts; where they disagree it is a tie.
    """

    needs: ClassVar[tuple[str, ...]] = ("chat", "judge")
    uses: ClassVar[tuple[str, ...]] = ("permit",)
    name: ClassVar[str] = "pairwise_judge"

    def __init__(
        self,
        *,
        chat: Chat,
        judge: str,
        permit: Permit | None = None,
        criterion: str = _BETTER,
        uncalibrated: bool = False,
    ) -> None:
        """Check the judge; nothing is called.

        Args:
            chat: Where to ask.
            judge: The model that judges.
            permit: Whether it may be shown a prompt's data.
            criterion: The question that decides.
            uncalibrated: Ask a judge that was not shown to be better than chance.

        Raises:
            UsageError: The judge is not fit to judge.
        """
        self._judge = Judge(
            chat, judge, of=PairwiseJudge.name, permit=permit, uncalibrated=uncalibrated
        )
        self._criterion = criterion

    @property
    def version(self) -> str:
        """Changes with the judge and how it is asked."""
        return self._judge.version

    def check(self, *, expected: JSON, **_: object) -> None:
        """See `promptops.scoring.scorer.fault`."""
        if expected is None:
            raise ValueError("pairwise_judge compares with an expected answer: there is none")

    async def score(
        self, *, answer: str, case: GoldenCase, expected: JSON, prompt: Prompt, **_: object
    ) -> Score:
        """See `Scorer.score`."""
        self.check(expected=expected)
        forward, backward, reason = await self.compare(
            answer, as_text(expected), case=case, prompt=prompt
        )
        agreed = forward if forward == backward else "tie"
        text = {"first": "better", "second": "worse", "tie": "as good"}[agreed]
        if forward != backward:
            text = "the orders disagree: a tie"
        return Score(value=_VALUES[agreed], reason=f"{text}: {reason[:200]} [{self._judge.note}]")

    async def compare(
        self, one: str, other: str, *, case: GoldenCase, prompt: Prompt
    ) -> tuple[Better, Better, str]:
        """Which of two answers is better, said in both orders.

        Returns:
            The verdict with ``one`` shown first, the verdict with it shown second (both name
            ``one`` as ``first``), and the reason of the first.

        Raises:
            PromptOpsError: See `Judge.ask`.
            ValueError: See `Judge.ask`.
        """
        request = described(case.inputs)
        forward, backward = [
            await self._judge.ask(
                f"You compare two answers to one request. {self._criterion}",
                {"request": request, "first answer": first, "second answer": second},
                "First give the reason in one or two sentences, then the verdict.",
                _CHOICES,
                prompt=prompt,
            )
            for first, second in ((one, other), (other, one))
        ]
        turned: dict[JSON, Better] = {"first": "second", "second": "first", "tie": "tie"}
        return forward.choice, turned[backward.choice], forward.reason
