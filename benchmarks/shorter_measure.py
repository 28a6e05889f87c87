"""What is measured on a model for `shorter.py`: the optimizer's verdict, and peers' texts."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shorter_tasks import Task, floor_of
from shorter_texts import kind_of

from promptops.config.environment import default_weights, prepare_environment
from promptops.core.store import BlobStore
from promptops.evaluation import Evaluation, Evaluator, Target
from promptops.evaluation.comparison import ALPHA, Comparison, change, compare
from promptops.golden.case import GoldenCase
from promptops.llm.cached import CachedChat
from promptops.llm.embedded.weights import fingerprint
from promptops.llm.limited import LimitedChat
from promptops.llm.litellm_chat import LiteLLMChat
from promptops.optimize import Allowance, Optimizer, Plan
from promptops.optimize.candidate import load_proposer
from promptops.optimize.compressing.literals import literals
from promptops.prompts.model import MessageTemplate, Prompt
from promptops.prompts.template import escape_literal
from promptops.scoring import load_scorers

MARGIN = 0.1
PROPOSERS = ("compression", "deletion", "fewer_examples")
PLAN = Plan(most_train=200, most_dev=60, most_test=200, margin=MARGIN)
_LEAST = 40  # characters of a text that is worth shortening
Report = dict[str, Any]


class Measuring:
    """A model with a cache of answers, and what is measured on it."""

    def __init__(self, model: str, cache: Path) -> None:
        prepare_environment()
        folder = default_weights()
        inner = LimitedChat(LiteLLMChat(weights=folder), {"embedded": 1})
        chat = CachedChat(inner, BlobStore(cache), lambda name: fingerprint(name, folder))
        self._target = Target(model=model)
        self._evaluator = Evaluator(
            chat,
            None,
            fingerprint=lambda name: fingerprint(name, folder),
            clock=_now,
            code_version="benchmark",
            concurrency=2,
        )

    async def base(self, task: Task) -> Report:
        """How the prompt as it is does, and whether it does better than one answer for all."""
        base = await self._run(task, task.prompt, task.golden.cases)
        values = base.values(task.metric)
        score, floor = sum(values.values()) / len(values), floor_of(task)
        return {
            "task": task.prompt.id,
            "frame": task.frame,
            "model": self._target.model,
            "cases": len(values),
            "floor": floor,
            "base": score,
            "tokens": base.input_tokens_mean,
            "counts": score >= floor + MARGIN,
        }

    async def optimized(self, task: Task, steps: int) -> Report:
        """The task's prompt through the optimizer with room for so many wordings on all cases."""
        optimizer = Optimizer(
            self._evaluator,
            None,
            clock=_now,
            code_version="benchmark",
            plan=PLAN,
            proposers=[load_proposer(name) for name in PROPOSERS],
        )
        result = await optimizer.optimize(
            task.prompt,
            task.golden,
            target=self._target,
            scorers=load_scorers([task.metric]),
            goal="shorter",
            budget=Allowance(calls=(1 + steps) * len(task.golden.cases)),
        )
        row = self._row(task, "ours", reason=result.reason, answers=result.spent.answers)
        if result.judgment is not None and result.best is not None and result.candidate is not None:
            row |= _judged(result.base, result.best, result.judgment.comparison)
            row["p"] = result.judgment.p_value
            row["text"] = [each.content for each in result.candidate.prompt.messages]
        return row | {"shown": result.verdict == "improved"}

    async def judged(self, task: Task, name: str, shorten: Callable[[str], str]) -> Report:
        """A peer's texts in place of ours, on all cases, by the same test."""
        shorter, broken = shortened(task.prompt, shorten)
        base = await self._run(task, task.prompt, task.golden.cases)
        new = await self._run(task, shorter, task.golden.cases)
        comparison = compare(base, new, task.metric, margin=MARGIN, seed=7)
        row = self._row(task, name, reason="", broken=broken) | _judged(base, new, comparison)
        less = change(base, new, "input_tokens", seed=7).high < 0
        p_value = comparison.p_not_worse
        return row | {"p": p_value, "shown": p_value < ALPHA and less}

    def _row(self, task: Task, name: str, **more: object) -> Report:
        return {"task": task.prompt.id, "model": self._target.model, "name": name, **more}

    async def _run(self, task: Task, prompt: Prompt, cases: Sequence[GoldenCase]) -> Evaluation:
        return await self._evaluator.run(
            prompt, cases, target=self._target, scorers=load_scorers([task.metric]), record=False
        )


def _judged(base: Evaluation, new: Evaluation, comparison: Comparison) -> Report:
    before, after = base.input_tokens_mean, new.input_tokens_mean
    return {
        "tokens": [before, after],
        "saved": 1 - after / before,
        "score": [comparison.base, comparison.new],
        "bound": comparison.lower_bound,
        "changed": [len(comparison.wins), len(comparison.losses)],
        "cases": comparison.pairs,
        "margin": MARGIN,
    }


def shortened(prompt: Prompt, shorten: Callable[[str], str]) -> tuple[Prompt, dict[str, int]]:
    """The prompt with the texts between its placeholders shortened, and what that broke.

    Peers know no placeholders: they see the texts between them, which is in their favor.
    """
    messages = []
    lost: Counter[str] = Counter()
    for message in prompt.messages:
        pieces = re.split(r"(\{\{ \w+ \}\})", message.content)
        for at in range(0, len(pieces), 2):
            text = pieces[at].replace("{% raw %}", "").replace("{% endraw %}", "")
            if len(text.strip()) >= _LEAST:
                space = text[len(text.rstrip()) :]
                pieces[at] = escape_literal(shorten(text).rstrip()) + space
                lost += literals(text) - literals(pieces[at])
        messages.append(MessageTemplate(role=message.role, content="".join(pieces)))
    return prompt.replace(messages=tuple(messages)), dict(Counter(map(kind_of, lost)))


def _now() -> datetime:
    return datetime.now(UTC)
