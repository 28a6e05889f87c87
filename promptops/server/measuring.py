"""The services that measure: evaluations and optimizations, as jobs.

An answer is 202 with the job; the caller asks again until it has ended. Every job opens the
workspace anew, so that an edited prompt, golden set or setting counts from the next job on.
"""

import math
from collections.abc import Callable
from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator

from promptops.core.canonical import JSON
from promptops.evaluation.target import Target
from promptops.operations.evaluation import Measured, eval_of, evaluate_prompt
from promptops.operations.optimization import optimize_prompt
from promptops.optimize.candidate import load_proposer
from promptops.optimize.goals import weighted
from promptops.server.bodies import JsonRoute
from promptops.server.jobs import Job, Kind
from promptops.server.worker import Progress, StoppableBudget, Worker
from promptops.wiring import Services

_LONGEST_NAME = 200
_MOST = 10**9  # of calls and tokens
_LARGEST_SEED = 2**53 - 1  # what every reader of JSON takes for the same number
_Name = Annotated[str, Field(min_length=1, max_length=_LONGEST_NAME)]
_Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="Posting again under the same key gives the same job.",
    ),
]


class Opener(Protocol):
    """Opens the services of the workspace for one job; the caller closes them."""

    def __call__(
        self,
        model: str | None = None,
        *,
        budget: StoppableBudget | None = None,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> Services:
        """The services; ``model`` replaces the workspace's model."""
        ...


class EvaluationRequest(BaseModel):
    """What to evaluate."""

    model_config = ConfigDict(extra="forbid")

    prompt: _Name = Field(description="A prompt's id, or id@version.")
    model: _Name | None = Field(None, description="The model; else the workspace's.")
    variant: _Name | None = Field(None, description="The wording; else the prompt's own.")
    eval: _Name | None = Field(None, description="Which eval of the prompt; else the first.")
    repeats: int = Field(1, ge=1, le=20, description="Answers for each case.")


class OptimizationRequest(BaseModel):
    """What to optimize, for what, and at what cost."""

    model_config = ConfigDict(extra="forbid")

    prompt: _Name = Field(description="A prompt's id.")
    goal: Literal["accuracy", "shorter", "cheaper", "faster", "balanced"] | None = Field(
        None, description="What better means; else the workspace's setting."
    )
    weights: dict[str, FiniteFloat] | None = Field(
        None, description="What better means, in weights: instead of a goal."
    )
    model: _Name | None = Field(None, description="The model it is for; else the workspace's.")
    variant: _Name | None = Field(
        None, description="The wording to improve; else the prompt's own."
    )
    eval: _Name | None = Field(None, description="Which eval of the prompt; else the first.")
    calls: int | None = Field(
        None, ge=0, le=_MOST, description="Model calls at most; else the setting."
    )
    tokens: int | None = Field(None, ge=0, le=_MOST, description="Tokens at most, in and out.")
    usd: FiniteFloat | None = Field(None, ge=0, description="USD at most.")
    minutes: FiniteFloat | None = Field(None, ge=0, description="Minutes at most.")
    proposers: list[_Name] | None = Field(
        None, min_length=1, max_length=50, description="Who proposes; else all that are ours."
    )
    margin: FiniteFloat | None = Field(
        None, gt=0, lt=1, description="Largest loss of score that counts as none."
    )
    seed: int | None = Field(
        None, ge=0, le=_LARGEST_SEED, description="Seed of every choice; else the setting."
    )
    propose: bool = Field(True, description="Write a proposal when one is better.")

    @model_validator(mode="after")
    def _one_goal(self) -> "OptimizationRequest":
        if self.goal is not None and self.weights is not None:
            raise ValueError("give a goal or weights, not both")
        return self


def measuring_router(worker: Worker, opener: Opener) -> APIRouter:
    """The routes of both services over one worker."""
    router = APIRouter(prefix="/v1", route_class=JsonRoute)

    @router.post("/evaluations", status_code=202, tags=["evaluations"])
    def evaluate(
        request: EvaluationRequest, response: Response, key: _Key = None
    ) -> dict[str, Any]:
        """Score a prompt on its golden set; what was measured before is not measured again."""
        _check(opener, request)
        return _queued(worker, "evaluation", request, response, key)

    @router.post("/optimizations", status_code=202, tags=["optimizations"])
    def optimize(
        request: OptimizationRequest, response: Response, key: _Key = None
    ) -> dict[str, Any]:
        """Look for a better wording and prove it on held-out cases; no prompt is changed."""
        _check(opener, request)
        return _queued(worker, "optimization", request, response, key)

    _add_job_routes(router, worker, "evaluation")
    _add_job_routes(router, worker, "optimization")
    return router


def _add_job_routes(router: APIRouter, worker: Worker, kind: Kind) -> None:
    """What every kind of job has: a list, its state and result, cancel, run again."""
    base, tags = f"/{kind}s", [f"{kind}s"]

    def jobs() -> list[dict[str, Any]]:
        """The latest hundred, the newest first, without their results."""
        return [_document(worker, job, whole=False) for job in worker.list(kind)]

    def job(name: str) -> dict[str, Any]:
        """How far a job is; its result when it is done, its error when it failed."""
        return _document(worker, worker.get(kind, name))

    def cancel(name: str) -> dict[str, Any]:
        """End a job before its next model call; one that has ended stays as it is."""
        return _document(worker, worker.cancel(kind, name))

    def again(name: str) -> dict[str, Any]:
        """Queue a job again that failed, was canceled or was interrupted by a restart.

        Answers that it has paid for are kept: none is paid for twice.
        """
        return _document(worker, worker.again(kind, name))

    router.get(base, tags=list(tags), name=f"list {kind}s")(jobs)
    router.get(f"{base}/{{name}}", tags=list(tags), name=f"get {kind}")(job)
    router.post(f"{base}/{{name}}/cancel", tags=list(tags), name=f"cancel {kind}")(cancel)
    router.post(
        f"{base}/{{name}}/again", status_code=202, tags=list(tags), name=f"run {kind} again"
    )(again)


def _check(opener: Opener, request: EvaluationRequest | OptimizationRequest) -> None:
    """Refuse at once what cannot be measured.

    Raises:
        PromptOpsError: No such prompt, model, variant, eval, proposer or weight; a broken file.
    """
    services = opener(request.model)
    try:
        file = services.registry.get(request.prompt)
        eval_of(file, request.eval)
        services.catalog.get(services.settings.llm.model)
        if request.variant is not None:
            file.prompt.variant(request.variant)
        if isinstance(request, OptimizationRequest):
            for name in request.proposers or ():
                load_proposer(name)
            if request.weights is not None:
                weighted(request.weights)
    finally:
        services.close()


def _queued(
    worker: Worker,
    kind: Kind,
    request: EvaluationRequest | OptimizationRequest,
    response: Response,
    key: str | None,
) -> dict[str, Any]:
    job = worker.submit(kind, request.model_dump(mode="json", exclude_defaults=True), key)
    response.headers["Location"] = f"/v1/{kind}s/{job.id}"
    return _document(worker, job)


def _document(worker: Worker, job: Job, *, whole: bool = True) -> dict[str, Any]:
    found = job.to_json()
    if not whole:
        del found["result"]
    now = worker.progress_of(job)
    found["progress"] = (
        None if now is None else {"what": now.what, "done": now.done, "total": now.total}
    )
    return found


def work_of(opener: Opener) -> Callable[[Job, StoppableBudget, Progress], JSON]:
    """What the worker does with a job."""

    def work(job: Job, budget: StoppableBudget, progress: Progress) -> JSON:
        form = EvaluationRequest if job.kind == "evaluation" else OptimizationRequest
        request = form.model_validate(job.request)
        services = opener(request.model, budget=budget, progress=progress.tell)
        try:
            if isinstance(request, EvaluationRequest):
                return finite(_evaluate(services, request))
            return finite(_optimize(services, request))
        finally:
            services.close()

    return work


def _evaluate(services: Services, request: EvaluationRequest) -> JSON:
    card = services.catalog.get(services.settings.llm.model)
    what = f"evaluate {request.prompt}"
    measured = evaluate_prompt(
        services,
        services.registry.get(request.prompt),
        target=Target(model=card.id, variant=request.variant),
        eval_id=request.eval,
        repeats=request.repeats,
        progress=lambda done, total: services.progress(what, done, total),
    )
    return {**_measured(measured), "spent": _spent(services)}


def _optimize(services: Services, request: OptimizationRequest) -> JSON:
    card = services.catalog.get(services.settings.llm.model)
    found = optimize_prompt(
        services,
        services.registry.get(request.prompt),
        goal=request.goal,
        weights=request.weights,
        target=Target(model=card.id, variant=request.variant),
        eval_id=request.eval,
        calls=request.calls,
        tokens=request.tokens,
        usd=request.usd,
        minutes=request.minutes,
        proposers=request.proposers,
        margin=request.margin,
        seed=request.seed,
        propose=request.propose,
    )
    return {**found.to_json(), "spent": _spent(services)}


def _measured(item: Measured) -> dict[str, JSON]:
    evaluation = item.evaluation
    return {
        "prompt": item.file.prompt.id,
        "version": item.file.prompt.version,
        "subject": evaluation.subject,
        "target": evaluation.target.name,
        "golden": {"name": item.golden.name, "digest": item.golden.digest},
        "metric": item.metric,
        "scores": {name: evaluation.score(name).to_json() for name in evaluation.metrics},
        "below": list(item.below),
        "cases": evaluation.to_json()["cases"],
    }


def _spent(services: Services) -> dict[str, JSON]:
    """What this job paid for."""
    reading = services.meter.snapshot()
    return {
        "calls": reading.calls,
        "cached_answers": reading.cached_calls,
        "input_tokens": reading.input_tokens,
        "output_tokens": reading.output_tokens,
        "usd": reading.cost_usd,
    }


def finite(value: JSON) -> JSON:
    """The value with null for every number that JSON does not have."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [finite(each) for each in value]
    return value
