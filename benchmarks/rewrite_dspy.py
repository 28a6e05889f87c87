"""Messages and readings of DSPy's adapters, for `rewrite_quality`; runs where DSPy is installed.

Reads one JSON document from standard input and writes one to standard output. ``format``: a task
with its solved examples and cases to the messages of each adapter. ``parse``: what a model
answered to the fields that the adapter finds in it, null where it finds none.
"""

import json
import sys
from typing import Any, Literal

import dspy
from dspy.adapters import ChatAdapter, JSONAdapter, XMLAdapter

ADAPTERS = {"chat": ChatAdapter(), "json": JSONAdapter(), "xml": XMLAdapter()}


def signature(task: dict[str, Any]) -> type[dspy.Signature]:
    """The task as DSPy takes it: the instruction, the inputs, and typed outputs."""
    inputs = {name: (str, dspy.InputField()) for name in task["inputs"]}
    outputs = {
        name: (Literal[tuple(values)] if values else str, dspy.OutputField())
        for name, values in task["outputs"].items()
    }
    return dspy.Signature({**inputs, **outputs}, task["instructions"])


def formatted(task: dict[str, Any]) -> dict[str, list[Any]]:
    """For each adapter the messages of each case."""
    made = signature(task)
    return {
        name: [adapter.format(made, task["demos"], inputs) for inputs in task["cases"]]
        for name, adapter in ADAPTERS.items()
    }


def parsed(task: dict[str, Any]) -> list[Any]:
    """The fields in each answer of one adapter."""
    made, adapter = signature(task), ADAPTERS[task["adapter"]]
    return [_parsed(adapter, made, answer) for answer in task["answers"]]


def _parsed(adapter: Any, made: type[dspy.Signature], answer: str) -> dict[str, Any] | None:
    try:
        return dict(adapter.parse(made, answer))
    except Exception:  # noqa: BLE001  # whatever an adapter raises, it could not read the answer
        return None


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    json.dump((formatted if asked["do"] == "format" else parsed)(asked), sys.stdout)
