"""A limit on calls at the same time, per provider."""

import threading
from collections.abc import Mapping

import anyio

from promptops.llm.chat import Chat, ChatRequest, Completion

_LONGEST_PAUSE = 0.05


class LimitedChat:
    """A chat with at most so many calls at once for each provider.

    Threads with event loops of their own share one limit, so the count is a thread's semaphore,
    asked for without blocking any loop.
    """

    def __init__(self, inner: Chat, limits: Mapping[str, int], *, default: int) -> None:
        """Keep the limits.

        Args:
            inner: Makes the calls.
            limits: Calls at once by provider (what stands before the first ``/`` of a model id).
            default: Calls at once for every other provider.
        """
        self._inner = inner
        self._limits = dict(limits)
        self._default = default
        self._lock = threading.Lock()
        self._slots: dict[str, threading.Semaphore] = {}

    async def complete(self, request: ChatRequest) -> Completion:
        """Wait for a place, then answer; see `Chat.complete`."""
        slots = self._of(request.model.partition("/")[0])
        pause = 0.001
        while not slots.acquire(blocking=False):
            await anyio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        try:
            return await self._inner.complete(request)
        finally:
            slots.release()

    def _of(self, provider: str) -> threading.Semaphore:
        with self._lock:
            if provider not in self._slots:
                count = self._limits.get(provider, self._default)
                self._slots[provider] = threading.Semaphore(count)
            return self._slots[provider]
