"""From a prompt and a case to the call that a model gets."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

from promptops.core.canonical import JSON
from promptops.errors import RenderError, UsageError
from promptops.evaluation.target import Target
from promptops.golden.case import GoldenCase
from promptops.golden.loading import SKIP
from promptops.llm.chat import ChatRequest, Message, Tool
from promptops.prompts.model import Prompt
from promptops.prompts.rendering import render, render_text
from promptops.prompts.resolve import resolve
from promptops.prompts.template import template_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieved:
    """What retrieval found for one query.

    Args:
        text: The context as it goes into the prompt.
        chunks: Ids of the chunks in it, best first.
    """

    text: str
    chunks: tuple[str, ...] = ()


Retriever = Callable[[Prompt, str], Retrieved | str]
"""Finds the context for a prompt's query; a plain string is a context without named chunks."""


def retrieve(
    prompt: Prompt, inputs: Mapping[str, JSON], retriever: Retriever | None
) -> Retrieved | None:
    """The context for a case, or None where the prompt retrieves nothing or the case brings it.

    Raises:
        UsageError: The prompt retrieves, but no knowledge base was given to retrieve from.
        RenderError: The query cannot be rendered from the inputs.
    """
    if prompt.retrieval is None or prompt.retrieval.into in inputs:
        return None
    if retriever is None:
        raise UsageError(
            f'prompt "{prompt.id}" retrieves from knowledge base "{prompt.retrieval.kb}", '
            "which was not given",
            hint="build its index with `promptops kb build` or give the context as an input",
        )
    query = render_text(prompt.retrieval.query, inputs, prompt.variables)
    found = retriever(prompt, query)
    return Retrieved(text=found) if isinstance(found, str) else found


def build_request(
    prompt: Prompt,
    inputs: Mapping[str, JSON],
    *,
    target: Target,
    context: Retrieved | None = None,
    repeat: int = 0,
) -> ChatRequest:
    """Render a prompt into the call for its target.

    Raises:
        RenderError: The inputs do not fit the declared variables.
    """
    values = dict(inputs)
    if context is not None and prompt.retrieval is not None:
        values[prompt.retrieval.into] = context.text
    wording = resolve(prompt, target.variant)
    rendered = render(wording, values)
    return ChatRequest(
        model=target.model,
        messages=tuple(Message(role=role, content=text) for role, text in rendered.texts()),
        params={} if wording.model is None else dict(wording.model.params),
        response_schema=None if wording.output is None else wording.output.schema_,
        tools=tuple(Tool(**tool.model_dump()) for tool in wording.tools),
        repeat=repeat,
    )


@contextmanager
def fitting(prompt: Prompt, case: GoldenCase, *, golden: str = "") -> Iterator[None]:
    """Say of a case that cannot be rendered where it stands.

    Args:
        prompt: The prompt.
        case: The case that is rendered in the block.
        golden: The file of the case, when it is from one.

    Raises:
        RenderError: What the block raises, with ``golden:line`` and the case.
    """
    try:
        yield
    except RenderError as problem:
        raise RenderError(
            f'case "{case.id}" does not fit {problem.where or prompt.id}: {problem.message}',
            where=f"{golden}:{case.line}" if golden else prompt.id,
            hint=problem.hint or SKIP,
        ) from problem


def unseen(
    prompt: Prompt, cases: Sequence[GoldenCase], *, target: Target
) -> tuple[GoldenCase, ...]:
    """The cases that the wording does not show as examples: the others would measure memory."""
    messages = resolve(prompt, target.variant).messages
    shown = {
        render_text(question.content, {}, {})
        for question, answer in pairwise(messages)
        if (question.role, answer.role) == ("user", "assistant")
        and not template_names(question.content)
    }
    if not shown:
        return tuple(cases)

    def is_shown(case: GoldenCase) -> bool:
        try:
            request = build_request(prompt, case.inputs, target=target)
        except RenderError:
            return False  # the run itself will say what is wrong
        return request.messages[-1].content in shown

    return tuple(case for case in cases if not is_shown(case))
