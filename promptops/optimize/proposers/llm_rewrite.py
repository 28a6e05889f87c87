"""LLM rewriting: a strong model reads the mistakes, states the lesson and rewrites the wording."""

import json
from collections.abc import Mapping, Sequence
from typing import ClassVar

from promptops.core.canonical import JSON
from promptops.evaluation.result import CaseResult
from promptops.llm.chat import ChatRequest, Message
from promptops.optimize.candidate import Candidate, OptimizeTask
from promptops.optimize.wording import Wording, split_wording, with_messages
from promptops.prompts.digests import variant_digest
from promptops.prompts.model import MessageTemplate
from promptops.scoring.reading import read_object

_MOST_MISTAKES = 6
_WISHES = {
    "accuracy": "Make more answers right.",
    "shorter": "Say the same in at most half the words.",
    "cheaper": "Make prompt and answers as short as they can be without losing accuracy.",
    "faster": "Make prompt and answers as short as they can be without losing accuracy.",
    "balanced": "Make more answers right, in no more words than needed.",
}
_TASK = """You improve a prompt that another language model runs.
Goal: {wish}
Rules: keep every {{{{ variable }}}} and {{% tag %}} exactly as written; invent none. Keep the roles
and the number of messages. Keep these sentences word for word: {keep}. Do not put the cases below
into the prompt: learn from them.

Prompt messages (JSON):
{messages}

Output schema: {schema}

Cases it gets wrong today (input, what it answered, what is right):
{mistakes}

First state in one sentence what the mistakes have in common, then rewrite."""
_SCHEMA: Mapping[str, JSON] = {
    "type": "object",
    "required": ["lesson", "messages"],
    "properties": {
        "lesson": {"type": "string"},
        "messages": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["role", "content"],
                "properties": {
                    "role": {"type": "string", "enum": ["system", "user", "assistant"]},
                    "content": {"type": "string"},
                },
            },
        },
    },
}


class LLMRewrite:
    """Asks the writer model for rewrites that reflect on failed training cases.

    Proposes nothing where no writer is set: a 135M model cannot do this.
    Source of the method: reflective mutation, Agrawal et al. 2025 (GEPA).
    """

    name: ClassVar[str] = "llm_rewrite"
    reflects: ClassVar[bool] = True

    def __init__(self, *, rewrites: int = 2) -> None:
        """Say how many rewrites to ask for."""
        self._rewrites = rewrites

    @property
    def cost(self) -> int:
        """One call a rewrite."""
        return self._rewrites

    async def propose(self, task: OptimizeTask) -> Sequence[Candidate]:
        """See `Proposer.propose`."""
        parts = split_wording(task.prompt)
        if task.writer is None or parts is None:
            return ()
        message = Message(role="user", content=_request(task, parts))
        found: list[Candidate] = []
        for repeat in range(self._rewrites):
            completion = await task.writer.complete(
                ChatRequest(
                    model=task.writer_model,
                    messages=(message,),
                    params={"temperature": 0.0 if repeat == 0 else 1.0},
                    response_schema=_SCHEMA,
                    repeat=repeat,
                )
            )
            candidate = _candidate(task, parts, completion.text)
            if candidate is not None:
                found.append(candidate)
        return tuple(found)


def _request(task: OptimizeTask, parts: Wording) -> str:
    editable = [*parts.instructions, parts.final]
    schema = None if task.prompt.output is None else task.prompt.output.schema_
    return _TASK.format(
        wish=_WISHES[task.goal.name],
        keep=json.dumps(list(task.keep), ensure_ascii=False) if task.keep else "(none)",
        messages=json.dumps([_row(message) for message in editable], ensure_ascii=False, indent=1),
        schema=json.dumps(schema, ensure_ascii=False) if schema else "(none)",
        mistakes="\n".join(_told(task, result) for result in _mistakes(task))
        or "(none: all training cases are right)",
    )


def _row(message: MessageTemplate) -> dict[str, str]:
    return {"role": message.role, "content": message.content}


def _mistakes(task: OptimizeTask) -> list[CaseResult]:
    if task.goal.claims == ("less",):
        return []  # what learned from no case may be judged on all of them
    ids = {case.id for case in task.train}
    wrong = [
        result
        for result in task.base.cases
        if result.case_id in ids and result.scores.get(task.metric, 1.0) < 1.0
    ]
    return wrong[:_MOST_MISTAKES]


def _told(task: OptimizeTask, result: CaseResult) -> str:
    case = next(case for case in task.train if case.id == result.case_id)
    row = {
        "input": dict(case.inputs),
        "answered": result.answer[:400],
        "right": case.expected_for(task.kb_label),
    }
    return json.dumps(row, ensure_ascii=False)


def _candidate(task: OptimizeTask, parts: Wording, answer: str) -> Candidate | None:
    value = read_object(answer)
    rows = value.get("messages") if value else None
    if value is None or not isinstance(rows, list) or not rows:
        return None
    messages = [
        MessageTemplate(role=row["role"], content=row["content"])
        for row in rows
        if isinstance(row, dict) and row.get("role") in _ROLES and row.get("content")
    ]
    if not messages:
        return None
    pairs = [message for pair in parts.examples for message in pair]
    return Candidate(
        prompt=with_messages(task.prompt, (*messages[:-1], *pairs, messages[-1])),
        proposer=LLMRewrite.name,
        reason=f"rewritten by {task.writer_model}: {str(value.get('lesson', ''))[:300]}",
        parents=(variant_digest(task.prompt, None),),
        learned_from=tuple(result.case_id for result in _mistakes(task)),
    )


_ROLES = frozenset({"system", "user", "assistant"})
