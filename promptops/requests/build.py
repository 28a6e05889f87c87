"""From a prompt, its values and a model to the body of a request."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal

from promptops.core.canonical import JSON
from promptops.errors import RequestError
from promptops.llm.chat import Message, Tool
from promptops.prompts.model import Prompt
from promptops.prompts.rendering import render
from promptops.prompts.resolve import resolve
from promptops.requests.anthropic import anthropic_body
from promptops.requests.body import Ask, Body
from promptops.requests.conversation import check_conversation
from promptops.requests.gemini import gemini_body
from promptops.requests.litellm import litellm_call
from promptops.requests.mistral import mistral_body
from promptops.requests.openai import openai_body
from promptops.requests.output import answer_form
from promptops.requests.params import fitted
from promptops.requests.recipient import Recipient, check_format

Format = Literal["litellm", "openai", "anthropic", "gemini", "mistral"]

_WRITERS: Mapping[Format, Callable[[Ask], Body]] = {
    "litellm": litellm_call,
    "openai": openai_body,
    "anthropic": anthropic_body,
    "gemini": gemini_body,
    "mistral": mistral_body,
}
FORMATS = tuple(_WRITERS)


def build_body(
    prompt: Prompt,
    values: Mapping[str, JSON],
    *,
    recipient: Recipient,
    format: Format,  # noqa: A002 - what everybody calls it
    variant: str | None = None,
) -> Body:
    """The exact body of a request.

    Messages are sent as they are rendered. Parameters are fitted to the model; each that is
    changed or left out has a note. The same arguments give the same bytes.

    Args:
        prompt: The prompt.
        values: A value for every required variable; the text for ``retrieval.into`` too.
        recipient: The model.
        format: The API.
        variant: The wording, None for the prompt's own.

    Raises:
        RequestError: The API or the model would refuse the prompt as it stands.
        RenderError: The values do not fit.
        UnknownPromptError: No such variant.
    """
    check_format(format, recipient)
    model, dialect = recipient.model, recipient.dialect
    wording = resolve(prompt, variant)
    texts = render(wording, values).texts()
    messages = tuple(Message(role=role, content=text) for role, text in texts)
    notes = list(check_conversation(messages, dialect, format, model))
    params, changed = fitted(wording.params, dialect, model)
    form = answer_form(wording, messages, dialect, format, model)
    tools = tuple(Tool(**tool.model_dump()) for tool in wording.tools)
    if tools and (claim := dialect.claim("tools")) and claim.value == "none":
        raise RequestError(claim.text, where=model, hint=f"{claim.source}, {claim.url}")
    ask = Ask(
        model=model if format == "litellm" else recipient.bare,
        name=recipient.name,
        provider=recipient.provider,
        messages=messages,
        params=params,
        schema=form.schema,
        json_object=form.json_object,
        tools=(*tools, *form.tools),
        forced=form.tools[0].name if form.tools else "",
        dialect=dialect,
        max_output=recipient.max_output,
    )
    body = _WRITERS[format](ask)
    return replace(body, notes=(*notes, *changed, *form.notes, *body.notes))
