"""The work of one run: cases are rendered, answered and scored by a few workers at once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import anyio
import anyio.lowlevel
import anyio.to_thread

from promptops.core.canonical import JSON
from promptops.errors import (
    BudgetExceededError,
    MissingKeyError,
    ModelNotInstalledError,
    PromptOpsError,
    StorageError,
    UnknownModelError,
    UsageError,
)
from promptops.evaluation.known import ResultWriter
from promptops.evaluation.requests import Retrieved, Retriever, build_request, fitting, retrieve
from promptops.evaluation.result import CaseResult
from promptops.evaluation.target import Target
from promptops.golden.case import GoldenCase
from promptops.llm.chat import Chat, ChatRequest, Completion, Remembering
from promptops.prompts.model import Prompt
from promptops.scoring.scorer import Scorer, settled

Progress = Callable[[int, int], None]
"""Told how many cases are done, and of how many."""

# Errors that every further case would meet as well: the run ends at once. What came before is
# kept, answers and results, so nothing is paid for twice.
_NO_CALLS = (
    BudgetExceededError,
    StorageError,
    MissingKeyError,
    ModelNotInstalledError,
    UnknownModelError,
)
_FATAL = (*_NO_CALLS, UsageError)

_BLOCK = 64
"""Cases rendered and looked up in the answer cache at once: enough to make a lookup cheap, few
enough not to keep the first call waiting."""

_TURNS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What every case of one run shares; ``subject`` is the digest of the wording."""

    prompt: Prompt
    subject: str
    target: Target
    scorers: tuple[Scorer, ...]
    kb_label: str | None
    golden: str = ""
    retriever: Retriever | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One answer to get and to score: its place among the results, its case, its key."""

    place: int
    case: GoldenCase
    repeat: int
    key: str


@dataclass(slots=True, kw_only=True)
class _Ready:
    """A job with what is known before a call: the request, the answer, or why there is none."""

    job: Job
    request: ChatRequest | None = None
    completion: Completion | None = None
    problem: PromptOpsError | None = None


@dataclass(slots=True)
class Work:
    """The shared state of one run's workers.

    Args:
        task: What the cases share.
        chat: Answers requests.
        writer: Keeps results as they come.
        results: One place for each result; places that are taken are known already.
        jobs: The others.
    """

    task: Task
    chat: Chat
    writer: ResultWriter
    results: list[CaseResult | None]
    jobs: Sequence[Job]
    _queue: Iterator[_Ready] = field(init=False)
    _max_failures: int | None = field(default=None, init=False)
    _progress: Progress | None = field(default=None, init=False)
    _done: int = field(default=0, init=False)
    _stopped: PromptOpsError | None = field(default=None, init=False)
    _failures: list[PromptOpsError] = field(default_factory=list, init=False)

    async def run(
        self,
        concurrency: int,
        *,
        max_failures: int | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Fill the places of all jobs; what came before an error is kept.

        Args:
            concurrency: Calls in flight at once.
            max_failures: Stop after more failures than this; None never stops.
            progress: Told after every case.

        Raises:
            PromptOpsError: Every case failed, more than ``max_failures`` did, or the failure
                would meet every case.
        """
        self._max_failures, self._progress = max_failures, progress
        self._done = len(self.results) - len(self.jobs)
        if self._done:
            self._tell()
        self._queue = self._ready()
        try:
            # Workers take from one queue: never more than `concurrency` requests exist at once,
            # however large the golden set is.
            async with anyio.create_task_group() as group:
                for _ in range(min(concurrency, len(self.jobs))):
                    group.start_soon(self._worker)
        finally:
            self.writer.flush()
        if self._stopped is not None:
            raise self._stopped
        if self._failures and len(self._failures) == len(self.results):
            raise self._failures[0]

    def _tell(self) -> None:
        if self._progress is not None:
            self._progress(self._done, len(self.results))

    def _ready(self) -> Iterator[_Ready]:
        """The jobs in order, block by block, with the answers that the chat remembers."""
        waiting = iter(self.jobs)
        while block := [self._rendered(job) for job in islice(waiting, _BLOCK)]:
            asked = [each for each in block if each.request is not None]
            if isinstance(self.chat, Remembering):
                try:
                    known = self.chat.known([each.request for each in asked if each.request])
                except StorageError as problem:
                    for each in asked:
                        each.problem = problem
                else:
                    for each, completion in zip(asked, known, strict=True):
                        each.completion = completion
            yield from block

    def _rendered(self, job: Job) -> _Ready:
        if self.task.prompt.retrieval is not None:
            return _Ready(job=job)  # its context is yet to be found
        try:
            return _Ready(job=job, request=request_of(self.task, job, None))
        except PromptOpsError as problem:
            return _Ready(job=job, problem=problem)

    async def _worker(self) -> None:
        for ready in self._queue:
            job = ready.job
            try:
                result = await self._case(ready)
                self.writer.add(job.key, result)
            except _FATAL as problem:
                self._stopped = self._stopped or problem
            except PromptOpsError as problem:
                self._failures.append(problem)
                result = CaseResult(
                    case_id=job.case.id, repeat=job.repeat, error=str(problem), code=problem.code
                )
                self.results[job.place] = result
                if self._max_failures is not None and len(self._failures) > self._max_failures:
                    self._stopped = self._stopped or problem
            else:
                self.results[job.place] = result
            if self._stopped is not None:
                return
            self._done += 1
            self._tell()

    async def _case(self, ready: _Ready) -> CaseResult:
        if ready.problem is not None:
            raise ready.problem
        if ready.completion is not None and ready.job.place % _TURNS == 0:
            # Where nothing is waited for, calls under way and interruptions would have no turn.
            await anyio.lowlevel.checkpoint()
        task, job, request, context = self.task, ready.job, ready.request, None
        if request is None:
            # Retrieval may load an embedding model: not on the event loop's thread.
            context = await anyio.to_thread.run_sync(context_of, task, job)
            request = request_of(task, job, context)
        completion = ready.completion or await self.chat.complete(request)
        return await _scored(task, job, completion, context)


def context_of(task: Task, job: Job) -> Retrieved | None:
    """What retrieval finds for a job; see `retrieve` for the errors."""
    with fitting(task.prompt, job.case, golden=task.golden):
        return retrieve(task.prompt, job.case.inputs, task.retriever)


def request_of(task: Task, job: Job, context: Retrieved | None) -> ChatRequest:
    """The call of a job; see `build_request` for the errors."""
    with fitting(task.prompt, job.case, golden=task.golden):
        return build_request(
            task.prompt, job.case.inputs, target=task.target, context=context, repeat=job.repeat
        )


async def _scored(
    task: Task, job: Job, completion: Completion, context: Retrieved | None
) -> CaseResult:
    expected: JSON = job.case.expected_for(task.kb_label)
    scores: dict[str, float] = {}
    reasons: dict[str, str] = {}
    unscored: dict[str, str] = {}
    code = ""
    for scorer in task.scorers:
        try:
            score = await settled(
                scorer.score(
                    answer=completion.text,
                    case=job.case,
                    expected=expected,
                    prompt=task.prompt,
                    completion=completion,
                    context=None if context is None else context.text,
                )
            )
        except _NO_CALLS:
            raise  # a judge met what every further case would meet as well
        except Exception as problem:  # noqa: BLE001 - a scorer may be anybody's code
            unscored[scorer.name] = f"{type(problem).__name__}: {problem}"
            code = code or (problem.code if isinstance(problem, PromptOpsError) else "scorer")
        else:
            scores[scorer.name], reasons[scorer.name] = score.value, score.reason
    return CaseResult(
        case_id=job.case.id,
        answer=completion.text,
        scores=scores,
        reasons=reasons,
        input_tokens=completion.usage.input_tokens,
        output_tokens=completion.usage.output_tokens,
        latency_ms=completion.latency_ms,
        cost_usd=completion.cost_usd,
        cached=completion.cached,
        error="; ".join(f"scorer {name} raised {why}" for name, why in unscored.items()) or None,
        code=code,
        unscored=unscored,
        context_chunks=() if context is None else context.chunks,
        repeat=job.repeat,
    )
