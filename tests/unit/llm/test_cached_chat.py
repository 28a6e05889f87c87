"""Nothing is asked twice."""

import threading
from dataclasses import replace

import anyio
import pytest

from promptops.core.store import BlobStore
from promptops.errors import ProviderError
from promptops.llm.cached import CachedChat, read_completion
from promptops.llm.chat import ToolCall
from promptops.llm.metered import Meter
from promptops.llm.scripted import ScriptedChat
from promptops.testing.contracts import ask


class SlowChat:
    """Answers only when it is let; counts its calls."""

    def __init__(self, problem=None):
        self.inner = ScriptedChat({"": "answer"})
        self.begun, self.let = threading.Event(), threading.Event()
        self.problem = problem

    async def complete(self, request):
        completion = await self.inner.complete(request)
        self.begun.set()
        await anyio.to_thread.run_sync(self.let.wait, 10, abandon_on_cancel=True)
        if self.problem is not None:
            raise self.problem
        return completion


@pytest.fixture
def store(tmp_path):
    return BlobStore(tmp_path / "answers.db")


def test_a_known_answer_costs_nothing_and_keeps_what_it_cost(store):
    inner, meter = ScriptedChat({"": "answer"}, latency_ms=7, cost_usd=0.5), Meter()
    chat = CachedChat(inner, store, lambda _: "", meter=meter)
    first, again = (anyio.run(chat.complete, ask()) for _ in range(2))
    assert (first.cached, again.cached) == (False, True)
    assert (again.text, again.latency_ms, again.cost_usd) == ("answer", 7, 0.5)
    assert len(inner.requests) == 1
    assert meter.snapshot().cached_calls == 1


def test_calls_of_tools_are_kept(store):
    calls = (ToolCall(name="find", arguments='{"n": 1}'), ToolCall(name="find", arguments="{"))

    class Calling(ScriptedChat):
        async def complete(self, request):
            return replace(await super().complete(request), text="", tool_calls=calls)

    first, again = (
        anyio.run(CachedChat(Calling({"": "x"}), store, lambda _: "").complete, ask())
        for _ in range(2)
    )
    assert (first.cached, again.cached) == (False, True)
    assert first.tool_calls == again.tool_calls == calls


def test_what_was_kept_before_there_were_tools_is_read(store):
    anyio.run(CachedChat(ScriptedChat({"": "x"}), store, lambda _: "").complete, ask())
    kept = store.get(ask().digest())
    assert b"tool_calls" not in kept
    assert read_completion(kept).tool_calls == ()


def test_many_answers_are_looked_up_at_once_and_none_is_asked_for(store):
    inner, meter = ScriptedChat({"": "answer"}), Meter()
    chat = CachedChat(inner, store, lambda _: "w", meter=meter)
    anyio.run(chat.complete, ask("one"))
    known = chat.known([ask("two"), ask("one"), ask("one")])
    assert [answer and answer.text for answer in known] == [None, "answer", "answer"]
    assert known[1].cached
    assert (len(inner.requests), meter.snapshot().cached_calls) == (1, 2)
    assert CachedChat(inner, store, lambda _: "v").known([ask("one")]) == [None]


def test_other_weights_are_asked_again(store):
    inner = ScriptedChat({"": "answer"})
    for fingerprint in ("one", "two", "one"):
        anyio.run(CachedChat(inner, store, lambda _, name=fingerprint: name).complete, ask())
    assert len(inner.requests) == 2


def test_an_entry_that_is_no_completion_is_asked_again(store):
    store.put(ask().digest("w"), b"{}")
    chat = CachedChat(ScriptedChat({"": "answer"}), store, lambda _: "w")
    assert anyio.run(chat.complete, ask()).text == "answer"


def fly(chat, count):
    """``count`` equal calls, each on a thread and loop of its own."""
    found = []

    def work():
        try:
            found.append(anyio.run(chat.complete, ask()))
        except ProviderError as problem:
            found.append(problem)

    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads, found


def test_equal_calls_at_once_make_one_call(store):
    inner = SlowChat()
    threads, found = fly(CachedChat(inner, store, lambda _: ""), 5)
    inner.begun.wait(10)
    inner.let.set()
    for thread in threads:
        thread.join(10)
    assert len(inner.inner.requests) == 1
    assert sorted(each.cached for each in found) == [False, True, True, True, True]


def test_the_failure_of_one_is_the_failure_of_all_and_is_not_kept(store):
    inner = SlowChat(ProviderError("down"))
    chat = CachedChat(inner, store, lambda _: "")
    threads, found = fly(chat, 3)
    inner.begun.wait(10)
    inner.let.set()
    for thread in threads:
        thread.join(10)
    assert [str(each) for each in found] == ["down"] * 3
    inner.problem = None
    assert anyio.run(chat.complete, ask()).text == "answer"


def test_when_the_one_who_asks_gives_up_another_asks(store):
    inner = SlowChat()
    chat = CachedChat(inner, store, lambda _: "")

    async def both():
        answers = []
        async with anyio.create_task_group() as group:

            async def first(scope):
                with scope:
                    await chat.complete(ask())

            async def second():
                answers.append(await chat.complete(ask()))

            scope = anyio.CancelScope()
            group.start_soon(first, scope)
            await anyio.to_thread.run_sync(inner.begun.wait, 10)
            group.start_soon(second)
            await anyio.sleep(0.02)
            scope.cancel()
            inner.let.set()
        return answers

    assert [each.text for each in anyio.run(both)] == ["answer"]
    assert len(inner.inner.requests) == 2
