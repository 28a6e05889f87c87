"""Instructions from data: a writer model sees what the task is, then tells it in other ways.

Source: Opsahl-Ong et al. 2024 (MIPRO, arXiv 2406.11695): instructions grounded in a summary of
the data, each written with another tip, so that they differ.
"""

import random
from collections.abc import Mapping, Sequence
from typing import ClassVar

from promptops.core.canonical import JSON
from promptops.errors import ProviderError
from promptops.golden.case import GoldenCase
from promptops.optimize.candidate import Candidate, OptimizeTask
from promptops.optimize.proposers.shortening import kept
from promptops.optimize.proposers.writing import (
    Writer,
    about,
    as_rows,
    record_of,
    sentence,
    solved,
)
from promptops.optimize.structuring import structured
from promptops.optimize.wording import split_wording, with_messages
from promptops.prompts.digests import variant_digest
from promptops.prompts.model import MessageTemplate, Prompt

_MOST_CASES = 10
_PROPOSALS = 3

TIPS: Mapping[str, str] = {
    "creative": "find an unusual way to put it",
    "simple": "clear and brief, nothing that could be left out",
    "description": "describe inputs, answers and how to decide in detail",
    "persona": "begin with who the model is, somebody who does this for a living",
    "high stakes": "say what depends on a right answer",
}
"""What sets the instructions apart, by name; in our words, after the tips of the paper."""

_SUMMARIZE = """From the solved cases alone: write under "summary", in three to five sentences, \
what the task is, what the inputs are like, what a right answer looks like, and what decides \
between answers that are easily confused."""
_WRITE = """Write {count} new texts for the message under "instruction today", to stand in its \
place; the summary says what the task is like. Each does the whole job by itself, each in another \
way:
{tips}
Give them under "instructions", in this order."""


class Instructions:
    """Other instructions for the same task, in place of the present one, in two calls.

    One call summarizes some training cases, one writes the instructions, each with another tip.
    The message that carries the data stays as it is; kept sentences that a text leaves out are
    put behind it. At most half of the training cases are shown: the others judge.
    """

    name: ClassVar[str] = "instructions"
    cost: ClassVar[int] = 2

    async def propose(self, task: OptimizeTask) -> Sequence[Candidate]:
        """See `Proposer.propose`."""
        writer = Writer.of(task)
        cases = task.train[: min(_MOST_CASES, len(task.train) // 2)]
        if writer is None or not cases or "better" not in task.goal.claims:
            return ()
        prompt = structured(task.prompt) or task.prompt
        at = _place(prompt)
        if at is None:
            return ()
        try:
            summary = await _summary(task, writer, cases)
            tips = _tips(task.seed)
            texts = await _texts(task, writer, prompt.messages[at].content, summary, tips)
        except ValueError as problem:
            raise ProviderError(str(problem), where=writer.model) from problem
        return tuple(
            Candidate(
                prompt=_instructed(prompt, at, text, kept(task)),
                proposer=self.name,
                reason=f"a new instruction by {writer.model}, tip {tip}: {sentence(summary)}",
                parents=(variant_digest(task.prompt, None),),
                learned_from=tuple(case.id for case in cases),
            )
            for tip, text in zip(tips, texts, strict=True)
        )


def _place(prompt: Prompt) -> int | None:
    """The message that is replaced: the first one before the examples, else the last of all.

    None where the conversation does not end with the input.
    """
    parts = split_wording(prompt)
    if parts is None:
        return None
    return 0 if parts.instructions else len(prompt.messages) - 1


def _tips(seed: int) -> list[str]:
    source = random.Random(seed)  # noqa: S311 - a choice to repeat, not a secret
    return source.sample(list(TIPS), _PROPOSALS)


async def _summary(task: OptimizeTask, writer: Writer, cases: Sequence[GoldenCase]) -> str:
    rows = as_rows([solved(case, task.kb_label) for case in cases])
    schema = record_of({"summary": {"type": "string"}})
    answer = await writer.ask(_SUMMARIZE, {"solved cases, one a line": rows}, schema)
    if not answer["summary"].strip():
        raise ValueError("the summary is empty")
    return str(answer["summary"])


async def _texts(
    task: OptimizeTask, writer: Writer, today: str, summary: str, tips: Sequence[str]
) -> list[str]:
    # A summary is made of cases: it is data as well.
    material = {"instruction today": today, **about(task), "summary of the task": summary}
    lines = "\n".join(f"{number}. {TIPS[tip]}" for number, tip in enumerate(tips, 1))
    items: dict[str, JSON] = {"type": "array", "items": {"type": "string"}}
    answer = await writer.ask(
        _WRITE.format(count=len(tips), tips=lines), material, record_of({"instructions": items})
    )
    texts = [str(text).strip() for text in answer["instructions"]]
    if len(texts) != len(tips) or not all(texts):
        raise ValueError(f"the answer has {sum(map(bool, texts))} instructions, not {len(tips)}")
    return texts


def _instructed(prompt: Prompt, at: int, text: str, keep: Sequence[str]) -> Prompt:
    """The prompt with another text at one place, and the kept sentences that stood there."""
    old = prompt.messages[at]
    lost = [each for each in keep if _plain(each) in _plain(old.content)]
    lost = [each for each in lost if _plain(each) not in _plain(text)]
    message = MessageTemplate(role=old.role, content="\n".join([text, *lost]))
    return with_messages(prompt, (*prompt.messages[:at], message, *prompt.messages[at + 1 :]))


def _plain(text: str) -> str:
    return " ".join(text.split())
