"""What every optimizer's process shares: the job it gets, the endpoint, and the result it leaves.

Standard library only: optimizers run in an environment of their own. A job is a JSON file that
`optimize_quality` writes. The result is written anew whenever the optimizer has a better prompt,
so what it had found is there however it ends.
"""

import json
import random
import re
import sys
import traceback
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Template = list[dict[str, str]]
"""Messages of a prompt: the last holds ``{{ name }}`` for the inputs, the others are literal."""

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class BudgetUsedError(BaseException):
    """No call is left. Not an `Exception`, so that no library takes it for a failed case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A solved case: what goes into the prompt and what should come out."""

    id: str
    inputs: Mapping[str, str]
    expected: Any

    @property
    def answer(self) -> str:
        """The expected answer as text."""
        if isinstance(self.expected, str):
            return self.expected
        return json.dumps(self.expected, ensure_ascii=False)


@dataclass(slots=True, kw_only=True)
class Job:
    """One prompt to optimize within a budget.

    Args:
        task: Name of the task.
        instruction: The system message before optimization.
        user: Template of the user message.
        variables: Names of the inputs.
        max_tokens: Longest answer.
        cases: All that may be looked at.
        seed: Seed of every choice.
        calls: The budget.
        url: The endpoint.
        key: The API key, which names the run.
        model: The model's name there.
        out: Where the result goes.
        options: Settings that make another optimizer of the same module.
    """

    task: str
    instruction: str
    user: str
    variables: Sequence[str]
    max_tokens: int
    cases: Sequence[Case]
    seed: int
    calls: int
    url: str
    key: str
    model: str
    out: Path
    options: Mapping[str, Any]
    trajectory: list[dict[str, Any]] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> "Job":
        """Read a job's file."""
        value = json.loads(path.read_text(encoding="utf-8"))
        cases = [Case(**each) for each in value.pop("cases")]
        return cls(**{**value, "cases": cases, "out": Path(value["out"])})

    def split(self, held: int) -> tuple[list[Case], list[Case]]:
        """Deal the cases into those to learn from and ``held`` ones to select by."""
        dealt = list(self.cases)
        random.Random(self.seed).shuffle(dealt)
        return dealt[held:], dealt[:held]

    def render(self, inputs: Mapping[str, str]) -> str:
        """The user message for a case."""
        return fill(self.user, inputs)

    def messages(self, instruction: str, shown: Sequence[tuple[str, str]] = ()) -> Template:
        """A prompt's messages: instruction, solved examples as turns, the user message."""
        turns = [
            {"role": role, "content": text}
            for question, answer in shown
            for role, text in (("user", question), ("assistant", answer))
        ]
        return [
            {"role": "system", "content": instruction},
            *turns,
            {"role": "user", "content": self.user},
        ]

    def chat(self, messages: Template, **params: Any) -> str:
        """Ask the model.

        Raises:
            BudgetUsedError: The budget is used up.
            ValueError: The model cannot answer this, such as when it is too long.
        """
        body = {"model": self.model, "messages": messages, **params}
        return str(self._post("/chat/completions", body)["choices"][0]["message"]["content"])

    def ask(self, messages: Template) -> str:
        """Ask for an answer to a case; an empty one when the prompt is too long for the model."""
        try:
            return self.chat(messages, temperature=0, max_tokens=self.max_tokens)
        except ValueError:
            return ""

    def score(self, case: Case, answer: str) -> float:
        """How good an answer is, from 0 to 1; costs no call."""
        body = {"task": self.task, "case": case.id, "answer": answer}
        return float(self._post("/score", body)["score"])

    def used(self) -> int:
        """Calls taken so far."""
        return int(self._post("/run")["calls"])

    def exhausted(self) -> bool:
        """Whether no call is left."""
        return self.used() >= self.calls

    def best(self, messages: Template, score: float | None) -> None:
        """Note the best prompt so far, with its score by the optimizer's own cases."""
        self.trajectory.append({"calls": self.used(), "score": score, "messages": messages})
        self.write()

    def write(self, **more: Any) -> None:
        """Write the result as it stands."""
        self.extra.update(more)
        text = json.dumps({"trajectory": self.trajectory, **self.extra}, ensure_ascii=False)
        part = self.out.with_suffix(".part")
        part.write_text(text, encoding="utf-8")
        part.replace(self.out)

    def _post(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(
            self.url + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        try:
            with _OPENER.open(request) as response:
                value: dict[str, Any] = json.load(response)
                return value
        except urllib.error.HTTPError as refusal:
            message = refusal.read().decode()
            if refusal.code == 429:
                raise BudgetUsedError(message) from None
            raise ValueError(message) from None


def fill(template: str, inputs: Mapping[str, str]) -> str:
    """Put inputs into a template, each once."""
    return re.sub(
        r"\{\{\s*(\w+)\s*\}\}", lambda match: str(inputs.get(match[1], match[0])), template
    )


def run_jobs(optimize: Callable[[Job], None]) -> None:
    """Do the jobs named on the command line.

    The unoptimized prompt is what an optimizer has at first. An error that is not the end of the
    budget is told in the result.
    """
    for path in sys.argv[1:]:
        job = Job.read(Path(path))
        job.best(job.messages(job.instruction), None)
        try:
            optimize(job)
        except BudgetUsedError:
            pass
        except Exception:  # noqa: BLE001  # whatever a library raises is told in the result
            if not job.exhausted():
                job.write(error=traceback.format_exc(limit=-6))
        job.write(finished=True)
