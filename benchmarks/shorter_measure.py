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
from promptops.golden.splits import split
from promptops.llm.cached import CachedChat
from promptops.llm.embedded.weights import fingerprint
from promptops.llm.limited import LimitedChat
from promptops.llm.litellm_chat import LiteLLMChat
from promptops.optimize import Allowance, Optimizer, Plan
from promptops.optimize.candidate import load_proposer
from promptops.optimize.compressing.literals import literals
from promptops.optimize.search import spread
from promptops.prompts.model import MessageTemplate, Prompt
from promptops.prompts.template import escape_literal
from promptops.scoring import load_scorers

MARGIN = 0.1
PROPOSERS = ("compression", "deletion", "fewer_examples")
PLAN = Plan(most_train=100, most_test=200, most_base=24, margin=MARGIN)
_WORDINGS = 10  # for which the allowance has room
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
        """Whether the prompt as it is does better than one answer for all.

        First on cases that are not held out: where nothing can be lost, the rest is not run.
        """
        pool, held_out = parts(task)
        floor = floor_of(task)
        base = await self._run(task, task.prompt, pool)
        if _score(base, task) >= floor + MARGIN:
            base = await self._run(task, task.prompt, held_out)
        score = _score(base, task)
        return {
            "task": task.prompt.id,
            "frame": task.frame,
            "model": self._target.model,
            "cases": len(base.cases),
            "floor": floor,
            "base": score,
            "tokens": base.input_tokens_mean,
            "counts": score >= floor + MARGIN,
        }

    async def optimized(self, task: Task) -> Report:
        """The task's prompt through the optimizer."""
        pool, held_out = parts(task)
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
            budget=Allowance(calls=(1 + _WORDINGS) * len(pool) + 3 * len(held_out)),
        )
        row = self._row(task, "ours", reason=result.reason, answers=result.spent.answers)
        if result.judgment is not None and result.best is not None and result.candidate is not None:
            row |= _judged(result.base, result.best, result.judgment.comparison)
            row["p"] = result.judgment.p_value
            row["proposer"] = result.candidate.proposer
            row["text"] = [each.content for each in result.candidate.prompt.messages]
        return row | {"shown": result.verdict == "improved"}

    async def judged(self, task: Task, name: str, shorten: Callable[[str], str]) -> Report:
        """A peer's texts in place of ours, on the same held-out cases, by the same test."""
        shorter, broken = shortened(task.prompt, shorten)
        _, held_out = parts(task)
        base = await self._run(task, task.prompt, held_out)
        new = await self._run(task, shorter, held_out)
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


def _score(evaluation: Evaluation, task: Task) -> float:
    values = evaluation.values(task.metric).values()
    return sum(values) / len(values)


def parts(task: Task) -> tuple[tuple[GoldenCase, ...], tuple[GoldenCase, ...]]:
    """The cases that choose and the held-out ones, as the optimizer deals them."""
    dealt = split(task.golden, shares=PLAN.shares)
    train, dev, test = (
        spread(each, kb_label=None) for each in (dealt.train, dealt.dev, dealt.test)
    )
    pool = (*dev[: PLAN.most_dev], *train[: PLAN.most_train])
    return pool[: PLAN.most_base], test[: PLAN.most_test]


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
