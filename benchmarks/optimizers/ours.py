"""PromptOps' own optimizer through its Python API, with the endpoint as a model of LiteLLM.

The model writes nothing, as by default with an embedded one: 135M parameters cannot rewrite. Two
prompts come out: the best found, and the one that would be promoted (the unoptimized one when
nothing was shown to be better). Without a verdict nothing is kept back to judge by: like the
others, it returns the best that it found. Before each measurement of the race the wording is noted
that would come out if the budget ended there.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import anyio
from optimize_tasks import tasks

from optimizers.peer import Job, Template, run_jobs
from promptops.config.environment import prepare_environment
from promptops.evaluation import Evaluator, Target
from promptops.evaluation.requests import build_request
from promptops.golden.case import GoldenSet
from promptops.llm.litellm_chat import LiteLLMChat
from promptops.optimize import Allowance, Optimizer, OptimizeResult, Plan
from promptops.optimize.attempt import Attempt
from promptops.optimize.candidate import Candidate
from promptops.optimize.goals import Claim
from promptops.optimize.search import Ranked
from promptops.prompts.model import Prompt

REWRITES_WITH_THE_SAME_MODEL = False


def optimize(job: Job) -> None:
    """Run our optimizer on a job."""
    prepare_environment()
    os.environ.update(
        OPENAI_API_KEY=job.key, OPENAI_API_BASE=job.url, OPENAI_BASE_URL=job.url, NO_PROXY="*"
    )
    with patch("promptops.optimize.optimizer.Attempt", _watched(job)):
        result = anyio.run(_optimize, job)
    base = tasks()[job.task].prompt().model_dump(mode="json", by_alias=True)
    found = result.candidate
    best = base if found is None else found.prompt.model_dump(mode="json", by_alias=True)
    record = result.to_json()
    job.write(
        prompt=best,
        **({} if job.options else {"promoted": best if result.verdict == "improved" else base}),
        verdict=result.verdict,
        reason=result.reason,
        proposer=None if found is None else found.proposer,
        spent=record["spent"],
        tried=record["tried"],
    )


async def _optimize(job: Job) -> OptimizeResult:
    def clock() -> datetime:
        return datetime.now(UTC)

    task = tasks()[job.task]
    known = {each.id for each in job.cases}
    golden = GoldenSet(
        name=task.name,
        path=Path(f"{task.name}.jsonl"),
        cases=tuple(case for case in task.pool if case.id in known),
    )
    chat = LiteLLMChat(weights=Path(), retries=0)
    evaluator = Evaluator(
        chat,
        None,
        fingerprint=lambda _: job.model,
        clock=clock,
        code_version="benchmark",
        concurrency=1,
    )
    model = f"openai/{job.model}"
    optimizer = Optimizer(
        evaluator,
        None,
        clock=clock,
        code_version="benchmark",
        plan=Plan(**job.options),
        seed=job.seed,
        writer=chat if REWRITES_WITH_THE_SAME_MODEL else None,
        writer_model=model if REWRITES_WITH_THE_SAME_MODEL else "",
    )
    return await optimizer.optimize(
        task.prompt(),
        golden,
        target=Target(model=model),
        scorers=[task.scorer()],
        goal="accuracy",
        budget=Allowance(calls=job.calls),
        progress=print,
    )


def _watched(job: Job) -> type[Attempt]:
    """An attempt that notes what it would return, whenever that changes."""

    class Watched(Attempt):
        def __init__(self, own: Any) -> None:
            super().__init__(own)
            self._noted = own.prompt
            tell = self._race.tell

            def told(what: str) -> None:  # before each measurement of the race
                self._note(self._race.leader)
                tell(what)

            self._race.tell = told

        def _note(self, candidate: Candidate | None) -> None:
            prompt = self._job.prompt if candidate is None else candidate.prompt
            if prompt != self._noted:
                self._noted = prompt
                job.best(_template(prompt), None)

        async def _test(self, ranked: Ranked, claim: Claim) -> OptimizeResult:
            self._note(ranked.candidate)
            return await super()._test(ranked, claim)

        def _result(self, *args: Any, **more: Any) -> OptimizeResult:
            self._note(more.get("candidate"))
            return super()._result(*args, **more)

    return Watched


def _template(prompt: Prompt) -> Template:
    """A prompt's messages with its variables still open."""
    names = {name: f"{{{{ {name} }}}}" for name in prompt.variables}
    request = build_request(prompt, names, target=Target(model="any"))
    return [{"role": each.role, "content": each.content} for each in request.messages]


if __name__ == "__main__":
    run_jobs(optimize)
