"""What goes into a request and what comes out, whatever the API."""

from collections.abc import Mapping
from dataclasses import dataclass

from promptops.core.canonical import JSON
from promptops.llm.chat import Message, Tool
from promptops.models.claims import Claim
from promptops.models.dialects import Dialect
from promptops.models.names import ModelName


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that the caller should know of a body.

    Attributes:
        text: What was changed, left out or is not enforced, and why.
        source: Who says so; "" when it follows from the API's own fields.
        url: Where that can be read.
    """

    text: str
    source: str = ""
    url: str = ""

    def __str__(self) -> str:
        """One line."""
        return f"{self.text} [{self.source}, {self.url}]" if self.source else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A request, ready to be posted.

    Attributes:
        format: The API's name (``anthropic``).
        path: The path it is posted to, below the API's address; for LiteLLM the function.
        body: The JSON object, its keys in a fixed order.
        notes: What differs from the prompt as written, and what the API does not enforce.
    """

    format: str
    path: str
    body: dict[str, JSON]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A rendered prompt for one model, as every format gets it.

    Attributes:
        model: The model's id in the API.
        name: What the id tells.
        provider: The part of the id before its first slash; "" when it has none.
        messages: The conversation, oldest first.
        params: What the model takes of the prompt's parameters, by OpenAI's names; the longest
            answer is ``max_tokens``, stop sequences are a list.
        schema: JSON schema of the answer, when the API is to enforce it.
        json_object: Whether the API is asked for JSON without a schema.
        tools: What the model may ask to have called.
        forced: The tool that it must call; "" when it is free.
        dialect: What is known of the model.
        max_output: Tokens of the longest answer that the model gives; None when not known.
    """

    model: str
    name: ModelName
    provider: str
    messages: tuple[Message, ...]
    params: Mapping[str, JSON]
    schema: Mapping[str, JSON] | None
    json_object: bool
    tools: tuple[Tool, ...]
    forced: str
    dialect: Dialect
    max_output: int | None

    @property
    def opening(self) -> tuple[Message, ...]:
        """The system messages before the first turn."""
        return self.messages[: self._first_turn()]

    @property
    def turns(self) -> tuple[Message, ...]:
        """Everything after them."""
        return self.messages[self._first_turn() :]

    def _first_turn(self) -> int:
        roles = [message.role != "system" for message in self.messages]
        return roles.index(True) if True in roles else len(roles)


def cite(text: str, claim: Claim) -> Note:
    """A note that a claim asks for."""
    return Note(text=f"{text}: {claim.text.rstrip('.')}", source=claim.source, url=claim.url)
