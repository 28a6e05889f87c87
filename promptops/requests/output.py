"""How an answer by a schema is asked for: enforced by the API, as a tool, or in words only."""

from collections.abc import Sequence
from typing import NamedTuple

from promptops.core.canonical import JSON
from promptops.errors import RequestError
from promptops.llm.chat import Message, Tool
from promptops.models.dialects import Dialect
from promptops.prompts.model import Prompt
from promptops.requests.body import Note, cite

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
        return Form(schema=schema, notes=(cite("the schema may not be enforced", claim),))
    said = any("json" in message.content.lower() for message in messages)
    needed = dialect.claim("json_mode")
    if said or needed is None or needed.value != "word":
        return Form(json_object=True, notes=(cite("JSON mode without the schema", claim),))
    raise RequestError(
        f"the word JSON is in no message: {needed.text}",
        where=model,
        hint=f"`promptops rewrite PROMPT --model {model}` says the schema in words",
    )
