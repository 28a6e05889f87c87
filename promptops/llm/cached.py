"""Nothing is asked twice: answers on disk, by the digest of the call."""

import asyncio
import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import asdict, replace

from pydantic import BaseModel, ConfigDict, ValidationError

from promptops.core.canonical import canonical_json
from promptops.core.store import BlobStore
from promptops.llm.chat import Chat, ChatRequest, Completion, ToolCall, Usage
from promptops.llm.metered import Meter


class CachedChat:
    """A chat that remembers every answer; safe to share between threads and event loops.

    Equal requests that arrive at once make one call: the first asks, the others wait for it.
    """

    def __init__(
        self,
        inner: Chat,
        store: BlobStore,
        fingerprint: Callable[[str], str],
        *,
        meter: Meter | None = None,
    ) -> None:
        """Wrap a chat.

        Args:
            inner: Who is asked when the answer is not known.
            store: Where answers are kept.
            fingerprint: Identifies the weights behind a model id; part of an answer's key.
            meter: Counts the answers that cost nothing.
        """
        self._inner = inner
        self._store = store
        self._fingerprint = fingerprint
        self._meter = meter
        self._lock = threading.Lock()
        self._flights: dict[str, Future[Completion]] = {}

    async def complete(self, request: ChatRequest) -> Completion:
        """Answer from the store or from the inner chat; see ``Chat.complete`` for the errors."""
        key = request.digest(self._fingerprint(request.model))
        while True:
            known = self._store.get(key)
            if known is not None:
                completion = read_completion(known)
                if completion is not None:
                    return self._known(completion)
            with self._lock:
                flight = self._flights.get(key)
                first = flight is None
                if flight is None:
                    flight = self._flights[key] = Future()
            if first:
                return await self._fly(key, request, flight)
            answered = await _landed(flight)
            if answered is not None:
                return self._known(replace(answered, cached=True))
            # The caller who asked was canceled: this one looks again and asks itself.

    def known(self, requests: Sequence[ChatRequest]) -> list[Completion | None]:
        """The answers in the store, looked up at once; see `Remembering.known`."""
        prints = {model: self._fingerprint(model) for model in {each.model for each in requests}}
        keys = [request.digest(prints[request.model]) for request in requests]
        found = {key: read_completion(data) for key, data in self._store.get_many(keys).items()}
        answers = [found.get(key) for key in keys]
        return [answer and self._known(answer) for answer in answers]

    async def _fly(
        self, key: str, request: ChatRequest, flight: "Future[Completion]"
    ) -> Completion:
        try:
            completion = await self._inner.complete(request)
            await asyncio.to_thread(self._store.put, key, write_completion(completion))
        except Exception as problem:
            self._land(key)
            flight.set_exception(problem)
            raise
        except BaseException:
            self._land(key)
            flight.cancel()
            raise
        self._land(key)
        flight.set_result(completion)
        return completion

    def _known(self, completion: Completion) -> Completion:
        if self._meter is not None:
            self._meter.note_cached()
        return completion

    def _land(self, key: str) -> None:
        with self._lock:
            del self._flights[key]


async def _landed(flight: "Future[Completion]") -> Completion | None:
    """What somebody else's call brought; None when that caller gave it up."""
    try:
        # Shielded: a waiting caller who is canceled does not take the answer from the others.
        return await asyncio.shield(asyncio.wrap_future(flight))
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if flight.cancelled() and not (task is not None and task.cancelling()):
            return None
        raise


class _StoredUsage(BaseModel):
    model_config = ConfigDict(extra="ignore")
    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0


class _StoredCall(BaseModel):
    model_config = ConfigDict(extra="ignore")
    name: str
    arguments: str


class _StoredCompletion(BaseModel):
    model_config = ConfigDict(extra="ignore")
    text: str
    usage: _StoredUsage
    latency_ms: float
    cost_usd: float
    model: str
    finish_reason: str
    tool_calls: tuple[_StoredCall, ...] = ()


def write_completion(completion: Completion) -> bytes:
    """The bytes of a completion, canonical JSON."""
    calls = [asdict(call) for call in completion.tool_calls]
    return canonical_json(
        {
            "cost_usd": completion.cost_usd,
            "finish_reason": completion.finish_reason,
            "latency_ms": completion.latency_ms,
            "model": completion.model,
            "text": completion.text,
            "usage": {
                "cached_tokens": completion.usage.cached_tokens,
                "input_tokens": completion.usage.input_tokens,
                "output_tokens": completion.usage.output_tokens,
            },
            **({"tool_calls": calls} if calls else {}),
        }
    )


def read_completion(data: bytes) -> Completion | None:
    """The completion those bytes hold, marked as cached; None when they hold none."""
    try:
        stored = _StoredCompletion.model_validate(json.loads(data))
    except (ValueError, ValidationError):
        return None
    return Completion(
        text=stored.text,
        usage=Usage(**stored.usage.model_dump()),
        latency_ms=stored.latency_ms,
        cost_usd=stored.cost_usd,
        model=stored.model,
        finish_reason=stored.finish_reason,
        cached=True,
        tool_calls=tuple(ToolCall(**call.model_dump()) for call in stored.tool_calls),
    )
