"""Peers of `rewrite_quality`: DSPy's adapters and LiteLLM's prompt templates, same model and cases.

DSPy gets the base's instructions, its solved examples as demos and its labels as types; an answer
that the chat or XML adapter cannot read is asked for again through the JSON adapter, as DSPy does,
and what nothing can read is scored as it stands. LiteLLM's templates turn the base's messages into
one text, which the model continues without its own chat template.
"""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from rewrite_bases import Base

from promptops.core.canonical import JSON
from promptops.evaluation.requests import build_request
from promptops.evaluation.target import Target
from promptops.golden.case import GoldenCase

DSPY = ("dspy-chat", "dspy-json", "dspy-xml")
LITELLM = ("litellm-alpaca", "litellm-ollama")
ADAPTER_TOKENS = 64  # an adapter writes the names of fields around each value

Said = list[dict[str, str]] | str
"""Messages, or a text to continue."""


class Ask(Protocol):
    """Asks the model and remembers what it said."""

    def __call__(
        self, said: Said, params: Mapping[str, JSON], schema: Mapping[str, JSON] | None = None
    ) -> tuple[str, int]:
        """The answer and the tokens of the prompt."""
        ...


def dspy_answers(
    base: Base, cases: Sequence[GoldenCase], adapter: str, ask: Ask, python: Path
) -> list[tuple[str, int]]:
    """Answers by a DSPy adapter, and the tokens of all calls that each took."""
    task = _task(base, cases)
    messages = _dspy(python, {**task, "do": "format"})
    schema = base.prompt.output.schema_ if base.prompt.output else None
    params = {"temperature": 0, "max_tokens": ADAPTER_TOKENS}

    def asked(name: str, place: int) -> tuple[str, int]:
        # The schema of the prompt is enforced for the adapter that asks for JSON.
        return ask(messages[name][place], params, schema if name == "json" else None)

    raw = [asked(adapter, place) for place in range(len(cases))]
    fields = _dspy(python, {**task, "do": "parse", "adapter": adapter, "answers": _texts(raw)})
    again = [place for place, found in enumerate(fields) if found is None]
    if adapter != "json" and again:
        second = [asked("json", place) for place in again]
        read = _dspy(python, {**task, "do": "parse", "adapter": "json", "answers": _texts(second)})
        for place, answer, found in zip(again, second, read, strict=True):
            raw[place] = (answer[0], raw[place][1] + answer[1])
            fields[place] = found
    return [
        (text if found is None else _as_answer(found), tokens)
        for (text, tokens), found in zip(raw, fields, strict=True)
    ]


def _texts(answers: Sequence[tuple[str, int]]) -> list[str]:
    return [text for text, _ in answers]


def _as_answer(found: Mapping[str, Any]) -> str:
    values = list(found.values())
    return str(values[0]) if len(values) == 1 else json.dumps(found, ensure_ascii=False)


def _task(base: Base, cases: Sequence[GoldenCase]) -> dict[str, Any]:
    schema = base.prompt.output.schema_ if base.prompt.output else {}
    fields = {
        name: list(part.get("enum", ())) for name, part in (schema.get("properties") or {}).items()
    }
    only = "label" if base.labels else "answer"
    outputs = fields or {only: list(base.labels)}

    def demo(case: GoldenCase) -> dict[str, JSON]:
        solved = case.expected if isinstance(case.expected, Mapping) else {only: case.expected}
        return {**case.inputs, **solved}

    return {
        "instructions": base.bare,
        "inputs": list(base.inputs),
        "outputs": outputs,
        "demos": [demo(case) for case in base.shots],
        "cases": [dict(case.inputs) for case in cases],
    }


def _dspy(python: Path, asked: Mapping[str, Any]) -> Any:
    script = Path(__file__).with_name("rewrite_dspy.py")
    done = subprocess.run(
        [str(python), str(script)], input=json.dumps(asked), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def litellm_answers(
    base: Base, cases: Sequence[GoldenCase], template: str, ask: Ask, model: str
) -> list[tuple[str, int]]:
    """Answers to the base through one of LiteLLM's templates for text completion."""
    from litellm.litellm_core_utils.prompt_templates.factory import alpaca_pt, ollama_pt

    found = []
    for case in cases:
        request = build_request(base.prompt, case.inputs, target=Target(model=model))
        messages = [{"role": each.role, "content": each.content} for each in request.messages]
        text = alpaca_pt(messages) if template == "alpaca" else ollama_pt(model, messages)["prompt"]
        # Where the next speaker would begin the answer is over, as LiteLLM's own templates say.
        params = {**request.params, "stop": ["### Instruction", "### User", "### System"]}
        found.append(ask(text, params, request.response_schema))
    return found
