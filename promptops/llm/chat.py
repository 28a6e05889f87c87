"""The chat seam: what goes into a model call and what comes out."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Protocol, runtime_checkable

from promptops.core.canonical import JSON, digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a conversation.

    Args:
        role: ``system``, ``user`` or ``assistant``.
        content: The text.
    """

    role: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A function that the model may ask to have called.

    Args:
        name: Its name.
        description: What it does, for the model.
        parameters: JSON schema of its arguments, an object.
        strict: Whether the provider is to hold the model to the schema.
    """

    name: str
    description: str
    parameters: Mapping[str, JSON]
    strict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A call that the model asks for.

    Args:
        name: The tool's name.
        arguments: The JSON text of its arguments as the model wrote it, which may be malformed.
    """

    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """One call to one model.

    Args:
        model: The model id as the catalog and LiteLLM write it (``embedded/smollm2-135m``).
        messages: The conversation, oldest first.
        params: Sampling parameters by their OpenAI names; see ``llm.sampling``.
        response_schema: JSON schema that the answer must follow.
        tools: What the model may ask to have called.
        repeat: Which of several draws of the same call this is; part of its identity.
    """

    model: str
    messages: tuple[Message, ...]
    params: Mapping[str, JSON] = field(default_factory=dict)
    response_schema: Mapping[str, JSON] | None = None
    tools: tuple[Tool, ...] = ()
    repeat: int = 0

    def digest(self, fingerprint: str = "") -> str:
        """Name this call by its content.

        Args:
            fingerprint: What identifies the weights behind ``model``; empty when the id is all
                that is known.

        Returns:
            ``sha256:…`` over every field and the fingerprint: equal calls, equal digests.
        """
        return digest(
            {
                "fingerprint": fingerprint,
                "messages": [[each.role, each.content] for each in self.messages],
                "model": self.model,
                "params": dict(self.params),
                "repeat": self.repeat,
                "response_schema": (
                    None if self.response_schema is None else dict(self.response_schema)
                ),
                # Calls without tools keep the names they have in caches and cassettes.
                **({"tools": [asdict(tool) for tool in self.tools]} if self.tools else {}),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one call.

    Args:
        input_tokens: Tokens of the prompt, cached ones included.
        output_tokens: Tokens of the answer.
        cached_tokens: Prompt tokens the provider took from its own prefix cache.
    """

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """The answer to a ``ChatRequest``.

    Args:
        text: What the model wrote; "" when it only asked for calls.
        usage: Tokens in and out.
        latency_ms: Wall time of the call that produced the text, retries included. A cached
            completion keeps the latency of the original call.
        cost_usd: Price of the call that produced the text.
        model: The model that answered.
        finish_reason: ``stop``, ``length``, ``content_filter`` or what the provider says.
        cached: Whether our own cache answered, so that nothing was spent this time.
        tool_calls: The calls it asks for, in its order.
    """

    text: str
    usage: Usage
    latency_ms: float
    cost_usd: float
    model: str
    finish_reason: str
    cached: bool = False
    tool_calls: tuple[ToolCall, ...] = ()


class Chat(Protocol):
    """Anything that answers a chat request.

    Implementations are called from several threads, each with its own event loop: they hold no
    loop-bound state between calls.
    """

    async def complete(self, request: ChatRequest) -> Completion:
        """Answer one request.

        Raises:
            UnknownModelError: No such model.
            ModelNotInstalledError: The weights of an embedded model are missing.
            MissingKeyError: The provider needs a key.
            InputError: The request cannot be served as asked (such as a prompt over the context).
            ProviderError: The provider failed after its retries.
            BudgetExceededError: The call would exceed the declared budget.
        """
        ...


class StreamingChat(Protocol):
    """A chat that can also deliver its answer piece by piece."""

    def stream(self, request: ChatRequest) -> AsyncIterator[str]:
        """Yield the answer's text in pieces; raises as ``Chat.complete`` does."""
        ...


@runtime_checkable
class Remembering(Protocol):
    """A chat that knows some answers already and can look many of them up at once."""

    def known(self, requests: Sequence[ChatRequest]) -> list[Completion | None]:
        """The answers that cost nothing, each marked as cached; None where a call is needed.

        Raises:
            StorageError: What was kept cannot be read.
        """
        ...
