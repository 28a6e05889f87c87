"""Calls are counted, and refused before they overdraw."""

import threading

import anyio
import pytest

from promptops.errors import BudgetExceededError, ProviderRefusedError
from promptops.llm.metered import Budget, Meter, MeteredChat
from promptops.llm.scripted import ScriptedChat
from promptops.testing.contracts import ask


def test_what_calls_cost_is_added_up():
    meter = Meter()
    before = meter.snapshot()
    chat = MeteredChat(ScriptedChat({"": "two words"}, latency_ms=500, cost_usd=0.25), meter)
    for _ in range(4):
        anyio.run(chat.complete, ask())
    spent = meter.snapshot() - before
    assert (spent.calls, spent.output_tokens, spent.cost_usd, spent.seconds) == (4, 8, 1, 2)


def test_calls_at_once_cannot_overdraw_together():
    inner, meter = ScriptedChat({"": "x"}), Meter()
    chat = MeteredChat(inner, meter, Budget(calls=10))
    refused = []

    def work():
        for _ in range(5):
            try:
                anyio.run(chat.complete, ask())
            except BudgetExceededError as problem:
                refused.append(problem)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(inner.requests) == meter.snapshot().calls == 10
    assert len(refused) == 10


def test_a_failed_call_is_given_back():
    script = ScriptedChat({"good": "x"})
    chat = MeteredChat(script, Meter(), Budget(calls=1))
    with pytest.raises(ProviderRefusedError):
        anyio.run(chat.complete, ask("bad"))
    assert anyio.run(chat.complete, ask("good")).text == "x"


def test_usd_are_refused_before_the_call_that_would_exceed_them():
    inner = ScriptedChat({"": "x"}, cost_usd=0.4)
    chat = MeteredChat(inner, Meter(), Budget(usd=1.0))
    for _ in range(2):
        anyio.run(chat.complete, ask())
    with pytest.raises(BudgetExceededError, match="1 USD"):
        anyio.run(chat.complete, ask())
    assert len(inner.requests) == 2


def test_no_usd_still_lets_calls_through_that_cost_nothing():
    chat = MeteredChat(ScriptedChat({"": "x"}), Meter(), Budget(usd=0.0))
    assert anyio.run(chat.complete, ask()).text == "x"


def test_minutes_begin_with_the_budget():
    now = [100.0]
    chat = MeteredChat(ScriptedChat({"": "x"}), Meter(), Budget(minutes=2, clock=lambda: now[0]))
    now[0] += 119
    anyio.run(chat.complete, ask())
    now[0] += 1
    with pytest.raises(BudgetExceededError, match="2 minutes"):
        anyio.run(chat.complete, ask())
