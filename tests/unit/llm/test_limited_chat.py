"""Not too many calls at once, over all threads and event loops."""

import threading

import anyio
import pytest

from promptops.llm.limited import LimitedChat
from promptops.llm.scripted import ScriptedChat
from promptops.testing.contracts import ask


class Crowd:
    """Notes how many calls were inside at once."""

    def __init__(self):
        self.inner = ScriptedChat({"": "x"})
        self.lock, self.inside, self.most = threading.Lock(), 0, 0

    async def complete(self, request):
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        await anyio.sleep(0.005)
        with self.lock:
            self.inside -= 1
        return await self.inner.complete(request)


def test_the_limit_holds_over_threads_and_loops_and_every_call_is_answered():
    crowd = Crowd()
    chat = LimitedChat(crowd, {"one": 3}, default=1)

    async def several():
        async with anyio.create_task_group() as group:
            for _ in range(6):
                group.start_soon(chat.complete, ask(model="one/model"))

    threads = [threading.Thread(target=anyio.run, args=(several,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(crowd.inner.requests) == 24
    assert crowd.most == 3


@pytest.mark.parametrize("seconds", [0, 0.002, 0.007])
def test_a_caller_who_gives_up_leaves_no_place_taken(seconds):
    chat = LimitedChat(Crowd(), {}, default=1)

    async def impatient():
        async with anyio.create_task_group() as group:
            group.start_soon(chat.complete, ask())
            for _ in range(5):

                async def leaves():
                    with anyio.move_on_after(seconds):
                        await chat.complete(ask())

                group.start_soon(leaves)
        with anyio.fail_after(5):
            await chat.complete(ask())

    anyio.run(impatient)


def test_a_caller_whose_loop_is_gone_blocks_nobody():
    crowd = Crowd()
    chat = LimitedChat(crowd, {}, default=1)

    async def abandoned():
        with anyio.move_on_after(0.001):
            async with anyio.create_task_group() as group:
                for _ in range(3):
                    group.start_soon(chat.complete, ask())

    anyio.run(abandoned)
    assert anyio.run(chat.complete, ask()).text == "x"
