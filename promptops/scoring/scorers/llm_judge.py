"""A model judges an answer by a rubric."""

from typing import ClassVar

from promptops.core.canonical import JSON
from promptops.golden.case import GoldenCase
from promptops.llm.chat import Chat
from promptops.prompts.model import Prompt
from promptops.scoring.judging import Judge, Permit, described
from promptops.scoring.scorer import Score

_LEVELS = {
    5: "meets the criteria fully",
    4: "meets them, with a small flaw that does no harm",
    3: "meets them in part",
    2: "misses most of them",
    1: "misses them altogether, or does not answer",
}
_CORRECT = (
    "The answer is correct and complete, and says nothing that is wrong or was not asked for."
)


class LLMJudge:
    """What a judge says of the answer, 1 to 5 brought to 0…1; two calls a case.

    The five levels are shown from best to worst and from worst to best, and the mean of both
    verdicts counts. The judge sees the case's inputs, the answer, the expected value where there is
    one, and what was retrieved; not the prompt's wording.
    """

    needs: ClassVar[tuple[str, ...]] = ("chat", "judge")
    uses: ClassVar[tuple[str, ...]] = ("permit",)
    name: ClassVar[str] = "llm_judge"

    def __init__(
        self,
        *,
        chat: Chat,
        judge: str,
        permit: Permit | None = None,
        rubric: str = _CORRECT,
        reference: bool = True,
        uncalibrated: bool = False,
    ) -> None:
        """Check the judge; nothing is called.

        Args:
            chat: Where to ask.
            judge: The model that judges.
            permit: Whether it may be shown a prompt's data.
            rubric: The criteria, in words.
            reference: Whether it is shown the expected value.
            uncalibrated: Ask a judge that was not shown to be better than chance.

        Raises:
            UsageError: The judge is not fit to judge.
            ValueError: An empty rubric.
        """
        if not rubric.strip():
            raise ValueError("the rubric is empty")
        self._judge = Judge(chat, judge, of=LLMJudge.name, permit=permit, uncalibrated=uncalibrated)
        self._rubric, self._reference = rubric.strip(), reference

    @property
    def version(self) -> str:
        """Changes with the judge and how it is asked."""
        return self._judge.version

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
        levels = await self.levels(
            self._rubric,
            answer=answer,
            case=case,
            expected=expected,
            prompt=prompt,
            context=context,
        )
        (down, reason), (up, _other) = levels
        apart = f", {abs(down - up)} levels apart by order" if abs(down - up) > 1 else ""
        value = ((down + up) / 2 - 1) / 4
        text = f"{(down + up) / 2:g} of 5{apart}: {reason[:200]} [{self._judge.note}]"
        return Score(value=value, reason=text)

    async def levels(
        self,
        rubric: str,
        *,
        answer: str,
        case: GoldenCase,
        expected: JSON,
        prompt: Prompt,
        context: str | None = None,
    ) -> tuple[tuple[int, str], tuple[int, str]]:
        """The verdicts, 1 to 5, with their reasons: levels shown best first, and worst first.

        Raises:
            PromptOpsError: See `Judge.ask`.
            ValueError: See `Judge.ask`.
        """
        material: dict[str, JSON] = {"request": described(case.inputs)}
        if context is not None:
            material["context"] = context
        if self._reference and expected is not None:
            material["reference answer"] = expected
        material["answer to judge"] = answer
        down, up = [
            await self._judge.ask(
                f"You judge an answer by these criteria, and by nothing else:\n{rubric}\n"
                "The levels:\n" + "\n".join(f"{level}: {_LEVELS[level]}" for level in order),
                material,
                "First give the reason in one or two sentences, then the level.",
                order,
                prompt=prompt,
            )
            for order in (tuple(_LEVELS), tuple(reversed(_LEVELS)))
        ]
        return (down.choice, down.reason), (up.choice, up.reason)
