"""LLM rewriting: a writer model rewrites the wording for one named wish at a time.

Source of reflection: Agrawal et al. 2025 (GEPA, arXiv 2507.19457): a model reads what went wrong,
says in words what it means, and rewrites the instruction in the light of it.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from promptops.core.canonical import JSON
from promptops.errors import ProviderError
from promptops.evaluation.result import CaseResult
from promptops.optimize.candidate import Candidate, OptimizeTask
from promptops.optimize.goals import Goal
from promptops.optimize.proposers.shortening import Shrinkable
from promptops.optimize.proposers.writing import (
    Writer,
    about,
    as_rows,
    clipped,
    edited,
    record_of,
    sentence,
    solved,
)
from promptops.optimize.wording import split_wording

_LOG = logging.getLogger(__name__)
_MOST_MISTAKES = 6
_MOST_ANSWER = 400  # characters of a wrong answer
_LONG = 2000  # characters of template text from which edits are asked for, not the whole of it

_TEXT: Mapping[str, JSON] = {"type": "string"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a rewrite is asked for.

    Args:
        name: Its name.
        text: The request.
        reads: Whether the writer is shown training cases that go wrong.
    """

    name: str
    text: str
    reads: bool = False


REFLECT = Wish(
    name="reflect",
    reads=True,
    text="""Make more answers right. Read the wrong answers and what would have been right. Write \
under "lesson", in one sentence, what the prompt fails to tell the model, as a rule that holds for \
cases nobody has seen yet. Then change the prompt so that it tells this.""",
)
CLEARER = Wish(
    name="clearer",
    text="""Make the prompt clearer: one reading of every sentence, terms used alike throughout, \
steps in the order in which they are taken, no two instructions that disagree. Write under \
"lesson", in one sentence, what was unclear.""",
)
STRICTER = Wish(
    name="stricter",
    text="""Make the prompt stricter: requirements in place of suggestions, an explicit limit \
where there is a vague one, and what to do with inputs that are empty, unusual or off topic. \
Write under "lesson", in one sentence, what was left open.""",
)
SHORTER = Wish(
    name="shorter",
    text="""Make the prompt shorter: the same instructions in at most half the words. Leave out \
courtesy, repetition, and what the model would do anyway; leave out no requirement. Write under \
"lesson", in one sentence, what could go.""",
)
CHEAPER = Wish(
    name="cheaper",
    text="""Make a run of the prompt cheaper at the same answers: fewer words to read, and no \
word written beyond what the answer format needs, so no greetings, explanations or reasoning that \
nobody asked for. Write under "lesson", in one sentence, where words were spent.""",
)


def wishes_for(goal: Goal) -> tuple[Wish, ...]:
    """The wishes that serve a goal; those of a goal that only saves read no cases."""
    if goal.claims == ("less",):
        return (SHORTER, CHEAPER)
    return (REFLECT, SHORTER) if "less" in goal.claims else (REFLECT, CLEARER, STRICTER)


class LLMRewrite:
    """Asks the writer model for one rewrite by wish, in one call each.

    Short prompts are written anew, long ones changed by edits, so that what is not at issue stays
    as it is. Example pairs are neither shown nor changed. Proposes nothing where no writer is set:
    a 135M model cannot do this.
    """

    name: ClassVar[str] = "llm_rewrite"
    reflects: ClassVar[bool] = True
    cost: ClassVar[int] = 3

    async def propose(self, task: OptimizeTask) -> Sequence[Candidate]:
        """See `Proposer.propose`."""
        return await self._rewrites(task, wishes_for(task.goal))

    async def reflect(self, task: OptimizeTask) -> Sequence[Candidate]:
        """A rewrite in the light of the mistakes alone: for the best wording of a race."""
        return await self._rewrites(task, (REFLECT,))

    async def _rewrites(self, task: OptimizeTask, wishes: Sequence[Wish]) -> Sequence[Candidate]:
        writer = Writer.of(task)
        if writer is None or split_wording(task.prompt) is None:
            return ()
        mistakes = _mistakes(task)
        found: list[Candidate] = []
        unusable: list[str] = []
        for wish in wishes:
            read = mistakes if wish.reads else ()
            if wish.reads and not read:
                continue
            try:
                found.append(await _rewrite(task, writer, wish, read))
            except ValueError as problem:
                unusable.append(f"{wish.name}: {problem}")
        if unusable and not found:
            raise ProviderError("; ".join(unusable), where=writer.model)
        for reason in unusable:
            _LOG.warning("%s, no rewrite %s", writer.model, reason)
        return tuple(found)


async def _rewrite(
    task: OptimizeTask, writer: Writer, wish: Wish, mistakes: Sequence[CaseResult]
) -> Candidate:
    """One rewrite.

    Raises:
        ValueError: The answer cannot be used.
        PromptOpsError: The call failed.
    """
    wording = Shrinkable.of(task.prompt)
    by_edits = sum(map(len, wording.texts)) > _LONG
    material = {
        **{
            f"message {number}, {task.prompt.messages[at].role}": task.prompt.messages[at].content
            for number, at in enumerate(wording.places, 1)
        },
        **about(task),
        "cases that go wrong, one a line": as_rows([_told(task, result) for result in mistakes]),
    }
    how = _EDITS if by_edits else _WHOLE
    answer = await writer.ask(f"{wish.text}\n{how}", material, _schema(by_edits=by_edits))
    texts = edited(wording.texts, answer["edits"]) if by_edits else _whole(wording, answer)
    if not all(text.strip() for text in texts):
        raise ValueError("the answer leaves a message empty")
    candidate = wording.candidate(
        texts,
        proposer=LLMRewrite.name,
        reason=f"{wish.name}, written by {writer.model}: {sentence(answer['lesson'])}",
    )
    if candidate is None:
        raise ValueError("the answer changes nothing")
    return replace(candidate, learned_from=tuple(result.case_id for result in mistakes))


_WHOLE = 'Give all messages of the prompt under "messages", in their order, with the same roles.'
_EDITS = """Give the changes under "edits", as few as will do: "find" is a passage of one message, \
letter for letter, long enough to occur only once in all messages; "replace" is what stands there \
instead. Edits do not overlap."""


def _schema(*, by_edits: bool) -> dict[str, JSON]:
    """The lesson first: what is said before the wording guides it."""
    if by_edits:
        edit = record_of({"find": _TEXT, "replace": _TEXT})
        return record_of({"lesson": _TEXT, "edits": {"type": "array", "items": edit}})
    role = {"type": "string", "enum": ["system", "user", "assistant"]}
    message = record_of({"role": role, "content": _TEXT})
    return record_of({"lesson": _TEXT, "messages": {"type": "array", "items": message}})


def _whole(wording: Shrinkable, answer: Mapping[str, JSON]) -> tuple[str, ...]:
    """The texts of an answer that gives all messages."""
    roles = [wording.prompt.messages[at].role for at in wording.places]
    given = [row["role"] for row in answer["messages"]]
    if given != roles:
        raise ValueError(
            f"the answer has the messages {', '.join(given) or 'none'}; wanted {', '.join(roles)}"
        )
    return tuple(row["content"] for row in answer["messages"])


def _mistakes(task: OptimizeTask) -> tuple[CaseResult, ...]:
    """The first training cases that go wrong, each once."""
    ids = {case.id for case in task.train}
    wrong: dict[str, CaseResult] = {}
    for result in task.base.cases:
        if result.case_id in ids and result.scores.get(task.metric, 1.0) < 1.0:
            wrong.setdefault(result.case_id, result)
    return tuple(wrong.values())[:_MOST_MISTAKES]


def _told(task: OptimizeTask, result: CaseResult) -> dict[str, JSON]:
    case = next(case for case in task.train if case.id == result.case_id)
    return {
        **solved(case, task.kb_label),
        "answered": clipped(result.answer, _MOST_ANSWER),
        "fault": result.reasons.get(task.metric, ""),
    }
