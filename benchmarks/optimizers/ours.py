"""PromptOps' own optimizer through its Python API, with the endpoint as a model of LiteLLM.

The model writes nothing, as by default with an embedded one: 135M parameters cannot rewrite. Two
prompts come out: the best found, and the one that would be promoted (the unoptimized one when
nothing was shown to be better). Without a verdict nothing is kept back to judge by: like the
others, it returns the best that it found.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import anyio
from optimize_tasks import tasks

from optimizers.peer import Job, run_jobs
from promptops.config.environment import prepare_environment
from promptops.evaluation import Evaluator, Target
from promptops.golden.case import GoldenSet
from promptops.llm.litellm_chat import LiteLLMChat
from promptops.optimize import Allowance, Optimizer, OptimizeResult, Plan

REWRITES_WITH_THE_SAME_MODEL = False


def optimize(job: Job) -> None:
    """Run our optimizer on a job."""
    prepare_environment()
    os.environ.update(
        OPENAI_API_KEY=job.key, OPENAI_API_BASE=job.url, OPENAI_BASE_URL=job.url, NO_PROXY="*"
    )
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


if __name__ == "__main__":
    run_jobs(optimize)
