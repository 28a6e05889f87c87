"""How an answer by a schema is asked for: enforced by the API, as a tool, or in words only."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from promptops.core.canonical import JSON
from promptops.errors import RequestError
from promptops.llm.chat import Message, Tool
from promptops.llm.openai_form import subschemas
from promptops.models.claims import Claim
from promptops.models.dialects import Dialect
from promptops.prompts.model import Prompt
from promptops.requests.body import Note, cite
from promptops.requests.conversation import mend

_TOOL = "answer"


class Form(NamedTuple):
    """How the answer's form is asked for; all empty for a prompt whose answer is text."""

    schema: dict[str, JSON] | None = None
    json_object: bool = False
    tools: tuple[Tool, ...] = ()
    notes: tuple[Note, ...] = ()


def answer_form(
    prompt: Prompt, messages: Sequence[Message], dialect: Dialect, format_: str, model: str
) -> Form:
    """The form of a prompt's answer for one model.

    Raises:
        RequestError: The model takes a schema as a tool, and the prompt leaves no room for it.
    """
    if prompt.output is None:
        return Form()
    schema = prompt.output.schema_
    claim = dialect.claim("json")
    if claim is None or claim.value == "native":
        return Form(schema=schema)
    if claim.value == "tool":
        if prompt.tools or schema.get("type") != "object":
            what = "the prompt has tools" if prompt.tools else "the schema is no object"
            raise RequestError(
                f"the model takes a schema as a tool, and {what}",
                where=model,
                hint=f"{claim.text} ({claim.url})",
            )
        tool = Tool(name=_TOOL, description="Give the answer.", parameters=schema)
        return Form(tools=(tool,), notes=(cite(f'the answer is a call of "{_TOOL}"', claim),))
    # Whether a server enforces a schema is its own affair: asking does no harm. Where the API
    # itself has nothing but JSON mode, that is what can be asked for.
    if claim.kind == "soft" or format_ == "litellm":
        told = _told("the schema may not be enforced", schema, messages, claim, model)
        return Form(schema=schema, notes=(told,))
    said = any("json" in message.content.lower() for message in messages)
    needed = dialect.claim("json_mode")
    if said or needed is None or needed.value != "word":
        told = _told("JSON mode without the schema", schema, messages, claim, model)
        return Form(json_object=True, notes=(told,))
    raise RequestError(
        f"the word JSON is in no message: {needed.text}",
        where=model,
        hint=mend(model, "add-schema-instruction"),
    )


def _told(
    what: str,
    schema: Mapping[str, JSON],
    messages: Sequence[Message],
    claim: Claim,
    model: str,
) -> Note:
    """A note on a schema that is not enforced, and on whether the messages say its shape."""
    if _is_said(schema, messages):
        return Note(text=f"{what}: the messages say its shape", source=claim.source, url=claim.url)
    text = f"{what}, and no message says its shape: {mend(model, 'add-schema-instruction')}"
    return Note(text=text, source=claim.source, url=claim.url)


def _is_said(schema: Mapping[str, JSON], messages: Sequence[Message]) -> bool:
    """Whether the messages name every property, or every value of a schema without properties."""
    parts = [part for part in subschemas(schema) if isinstance(part, Mapping)]
    named = {name for part in parts for name in part.get("properties", ())}
    named = named or {str(value) for part in parts for value in part.get("enum", ())}
    text = "\n".join(message.content for message in messages)
    return bool(named) and all(name in text for name in named)
