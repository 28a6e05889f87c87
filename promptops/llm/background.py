"""One event loop on one thread, shared by everything that must not care which loop calls it."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class BackgroundLoop:
    """Runs coroutines on a loop of its own, for callers on any thread and any loop.

    Client libraries tie connections, locks and workers to the loop that made them. Here they see
    one loop for the life of the process, whoever calls; a caller that is canceled cancels its work.
    """

    def __init__(self, name: str) -> None:
        """Name the thread; it starts with the first call."""
        self._name = name
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine that runs on the background loop."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._started()))

    async def stream(self, make: Callable[[], AsyncIterator[T]]) -> AsyncIterator[T]:
        """The items of an asynchronous iterator that is made and advanced on the background loop.

        Args:
            make: Called on the background loop.
        """
        here = asyncio.get_running_loop()
        items: asyncio.Queue[tuple[bool, T | None]] = asyncio.Queue()

        async def pump() -> None:
            try:
                async for item in make():
                    here.call_soon_threadsafe(items.put_nowait, (True, item))
            finally:
                if not here.is_closed():
                    here.call_soon_threadsafe(items.put_nowait, (False, None))

        pumping = asyncio.wrap_future(asyncio.run_coroutine_threadsafe(pump(), self._started()))
        try:
            while True:
                more, item = await items.get()
                if not more:
                    break
                yield item  # type: ignore[misc]  # T may itself admit None
            await pumping
        finally:
            pumping.cancel()

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                thread = threading.Thread(
                    target=self._loop.run_forever, name=self._name, daemon=True
                )
                thread.start()
            return self._loop
