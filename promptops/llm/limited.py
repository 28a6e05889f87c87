"""Not too many calls at once to one provider."""

import asyncio
import threading
from collections import deque
from collections.abc import Mapping

from promptops.llm.chat import Chat, ChatRequest, Completion


class LimitedChat:
    """A chat that lets so many calls through to each provider at once, first come first served.

    One limit holds over every thread and event loop that shares the object. Waiting blocks no
    thread: a caller parks on a future of its own loop.
    """

    def __init__(self, inner: Chat, limits: Mapping[str, int], default: int = 8) -> None:
        """Wrap a chat.

        Args:
            inner: Who answers.
            limits: Calls at once by provider (the model id's part before the first slash).
            default: Calls at once for a provider that ``limits`` does not name.
        """
        self._inner = inner
        self._limits = limits
        self._default = default
        self._lock = threading.Lock()
        self._gates: dict[str, _Gate] = {}

    async def complete(self, request: ChatRequest) -> Completion:
        """Answer when a place is free; see ``Chat.complete`` for the errors."""
        gate = self._gate(provider_of(request.model))
        await gate.enter()
        try:
            return await self._inner.complete(request)
        finally:
            gate.leave()

    def _gate(self, provider: str) -> "_Gate":
        with self._lock:
            if provider not in self._gates:
                self._gates[provider] = _Gate(self._limits.get(provider, self._default))
            return self._gates[provider]


def provider_of(model: str) -> str:
    """The provider part of a model id; the id itself when it has none."""
    return model.partition("/")[0]


class _Gate:
    """A counting semaphore for callers on different event loops."""

    def __init__(self, places: int) -> None:
        self._lock = threading.Lock()
        self._free = max(1, places)
        self._waiting: deque[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = deque()

    async def enter(self) -> None:
        loop = asyncio.get_running_loop()
        with self._lock:
            if self._free:
                self._free -= 1
                return
            turn = loop.create_future()
            self._waiting.append((loop, turn))
        try:
            await turn
        except asyncio.CancelledError:
            with self._lock:
                waited = (loop, turn) in self._waiting
                if waited:
                    self._waiting.remove((loop, turn))
            if not waited:  # the place was handed over while the caller gave up
                self.leave()
            raise

    def leave(self) -> None:
        with self._lock:
            while self._waiting:
                loop, turn = self._waiting.popleft()
                try:
                    loop.call_soon_threadsafe(_wake, turn)
                except RuntimeError:
                    continue  # that caller's loop is closed: nobody waits there any more
                return
            self._free += 1


def _wake(turn: "asyncio.Future[None]") -> None:
    if not turn.done():
        turn.set_result(None)
