"""Answers kept on disk, so that no call is paid for twice."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import replace

import anyio.to_thread

from promptops.core.canonical import canonical_json
from promptops.core.store import BlobStore
from promptops.llm.chat import Chat, ChatRequest, Completion, Usage
from promptops.llm.metered import Meter


class CachedChat:
    """A chat that asks the store first.

    The key is the digest of the whole call with the fingerprint of the weights. Equal calls at the
    same time, from any thread, are made once: the others wait for the first.
    """

    def __init__(
        self,
        inner: Chat,
        store: BlobStore,
        fingerprint: Callable[[str], str],
        *,
        meter: Meter | None = None,
    ) -> None:
        """Keep the parts.

        Args:
            inner: Answers what is not known.
            store: Answers by digest.
            fingerprint: What identifies the weights behind a model id.
            meter: Counts answers that were known.
        """
        self._inner = inner
        self._store = store
        self._fingerprint = fingerprint
        self._meter = meter
        self._lock = threading.Lock()
        self._flying: dict[str, Future[Completion]] = {}

    async def complete(self, request: ChatRequest) -> Completion:
        """Answer from the store, or ask and keep the answer; see `Chat.complete`."""
        key = request.digest(self._fingerprint(request.model))
        while True:
            data = self._store.get(key)
            if data is not None:
                return self._known(_read(data))
            mine: Future[Completion] = Future()
            with self._lock:
                waiting = self._flying.get(key)
                if waiting is None:
                    self._flying[key] = mine
            if waiting is None:
                return await self._ask(key, request, mine)
            try:
                # The first caller's failure is the failure of all.
                completion = await anyio.to_thread.run_sync(waiting.result, abandon_on_cancel=True)
            except CancelledError:
                continue  # the first caller was canceled: somebody else has to ask
            return self._known(replace(completion, cached=True))

    async def _ask(self, key: str, request: ChatRequest, mine: "Future[Completion]") -> Completion:
        try:
            completion = await self._inner.complete(request)
            self._store.put(key, _write(completion))
        except Exception as problem:
            mine.set_exception(problem)
            raise
        except BaseException:
            mine.cancel()
            raise
        else:
            mine.set_result(completion)
            return completion
        finally:
            with self._lock:
                del self._flying[key]

    def _known(self, completion: Completion) -> Completion:
        if self._meter is not None:
            self._meter.note_cached()
        return completion


def _write(completion: Completion) -> bytes:
    usage = completion.usage
    return canonical_json(
        {
            "text": completion.text,
            "usage": [usage.input_tokens, usage.output_tokens, usage.cached_tokens],
            "latency_ms": completion.latency_ms,
            "cost_usd": completion.cost_usd,
            "model": completion.model,
            "finish_reason": completion.finish_reason,
        }
    )


def _read(data: bytes) -> Completion:
    value = json.loads(data)
    sent, received, cached = value.pop("usage")
    usage = Usage(input_tokens=sent, output_tokens=received, cached_tokens=cached)
    return Completion(**value, usage=usage, cached=True)
