"""An optimization of a small prompt by a model whose behavior is known."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import anyio

from promptops.evaluation import Evaluator, Target
from promptops.golden.case import GoldenCase, GoldenSet
from promptops.llm.scripted import ScriptedChat
from promptops.optimize import Optimizer
from promptops.prompts.loader import parse_prompt
from promptops.scoring import load_scorers

LABELS = ("refund", "delivery", "account", "payment")
TARGET = Target(model="embedded/tiny")
TEXT = """\
apiVersion: promptops/v1
kind: Prompt
id: topic
version: "1.0.0"
title: Topic of a message
intent: classify
variables:
  message: {type: string, trust: untrusted}
messages:
  - {role: system, content: "Please sort the message. Never invent a label."}
  - {role: user, content: "{{ message }}"}
output:
  schema:
    type: object
    required: [label]
    properties:
      label: {type: string, enum: [refund, delivery, account, payment]}
model: {params: {temperature: 0}}
x-keep: ["Never invent a label."]
"""


def clock():
    return datetime(2026, 11, 22, tzinfo=UTC)


def golden(n=40):
    cases = tuple(
        GoldenCase(
            id=f"c{number:03}",
            inputs={"message": f"message number {number} about a matter of the shop"},
            expected={"label": LABELS[number % 4]},
        )
        for number in range(n)
    )
    return GoldenSet(name="g", path=Path("g.jsonl"), cases=cases)


def label_of(request):
    return LABELS[int(request.messages[-1].content.split()[2]) % 4]


def chance(*parts):
    """A number in 0…1 that depends on the parts alone."""
    data = "\0".join(map(str, parts)).encode()
    return int.from_bytes(hashlib.sha256(data).digest()[:8]) / 2**64


def model(right, *, salt=""):
    """A model that is right with the probability that ``right(request)`` gives.

    The errors on one message do not depend on the wording, apart from the salt's draw.
    """

    def answer(request):
        wanted = label_of(request)
        where = salt(request) if callable(salt) else salt
        wrong = LABELS[(LABELS.index(wanted) + 1) % 4]
        got = wanted if chance(where, request.messages[-1].content) < right(request) else wrong
        return f'{{"label": "{got}"}}'

    return ScriptedChat(answer)


def examples_in(request):
    return sum(message.role == "assistant" for message in request.messages)


def optimize(chat, *, evidence=None, golden_set=None, text=TEXT, plan=None, **options):
    evaluator = Evaluator(
        chat, None, fingerprint=lambda _: "w", clock=clock, code_version="t", concurrency=1
    )
    optimizer = Optimizer(evaluator, evidence, clock=clock, code_version="t", plan=plan)
    file = parse_prompt(text, "topic.prompt.yaml")

    async def main():
        return await optimizer.optimize(
            file,
            golden_set or golden(),
            **{"target": TARGET, "scorers": load_scorers(["label_match"]), **options},
        )

    return anyio.run(main)


class Counting:
    """Counts what passes, and fails after a number of calls when told to."""

    def __init__(self, inner, *, fail_after=None, problem=None):
        self.inner, self.calls, self.seen = inner, 0, []
        self._fail_after, self._problem = fail_after, problem

    async def complete(self, request):
        if self._fail_after is not None and self.calls >= self._fail_after:
            raise self._problem
        self.calls += 1
        self.seen.append(request)
        return await self.inner.complete(request)


def teachable(request):
    return 0.9 if examples_in(request) >= 4 else 0.3
