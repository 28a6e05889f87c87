"""The one worker of the jobs: the embedded engine computes one prompt at a time anyway."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from promptops.core.canonical import JSON
from promptops.errors import BudgetExceededError, PromptOpsError
from promptops.llm.metered import Budget
from promptops.server.errors import error_of
from promptops.server.jobs import Job, JobStore, Kind, State

_LOG = logging.getLogger(__name__)
_SECONDS_AFTER_REFUSAL = 1.0


@dataclass(slots=True, kw_only=True)
class StoppableBudget(Budget):
    """A budget that a job's end closes: no call is begun after it, what was measured is kept.

    Args:
        stop: Set when the job is to end.
        refused: Whether a call was asked for after that: the work is not whole then.
    """

    stop: threading.Event
    refused: bool = field(default=False, init=False)

    def reserve(self) -> None:
        """Take one call.

        Raises:
            BudgetExceededError: The job was stopped, or no call is left.
        """
        if self.stop.is_set():
            self.refused = True
            raise BudgetExceededError("the job was stopped", hint="run it again: answers are kept")
        Budget.reserve(self)


@dataclass(slots=True, kw_only=True)
class Progress:
    """What a running job says of itself."""

    what: str = ""
    done: int = 0
    total: int = 0

    def tell(self, what: str, done: int, total: int) -> None:
        """Something has come this far; a total of 0 is unknown."""
        self.what, self.done, self.total = what, done, total


@dataclass(slots=True, kw_only=True)
class _Running:
    job: Job
    stop: threading.Event = field(default_factory=threading.Event)
    progress: Progress = field(default_factory=Progress)
    canceled: bool = False


Work = Callable[[Job, StoppableBudget, Progress], JSON]
"""Does a job; it ends early, with what it has or with an error, when the budget is closed."""


class Worker:
    """Takes jobs one after the other on a thread of its own."""

    def __init__(self, store: JobStore, work: Work) -> None:
        """Keep the parts; nothing runs before `start`."""
        self._store = store
        self._work = work
        self._wake = threading.Event()
        self._lock = threading.Lock()  # between taking a job and knowing that it runs
        self._closing = False
        self._now: _Running | None = None
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Take over what ended processes left, and begin."""
        self._store.adopt()
        self._thread.start()

    def close(self, *, seconds: float = 30.0) -> None:
        """Stop the running job (it is interrupted then) and end."""
        with self._lock:
            self._closing = True
            if self._now is not None:
                self._now.stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(seconds)
        self._store.close()

    def submit(self, kind: Kind, request: Mapping[str, JSON], key: str | None) -> Job:
        """Queue a job; see `JobStore.add`."""
        job = self._store.add(kind, request, key)
        self._wake.set()
        return job

    def again(self, kind: Kind, name: str) -> Job:
        """Queue a job again; see `JobStore.again`."""
        job = self._store.again(kind, name)
        self._wake.set()
        return job

    def cancel(self, kind: Kind, name: str) -> Job:
        """Cancel a job: one that runs ends before its next call; without one it is done."""
        with self._lock:
            job = self._store.cancel(kind, name)
            now = self._now
            if job.state == "running" and now is not None and now.job.id == name:
                now.canceled = True
                now.stop.set()
        return job

    def get(self, kind: Kind, name: str) -> Job:
        """One job; see `JobStore.get`."""
        return self._store.get(kind, name)

    def list(self, kind: Kind) -> tuple[Job, ...]:
        """The latest jobs of a kind."""
        return self._store.list(kind)

    def progress_of(self, job: Job) -> Progress | None:
        """How far a running job is; None for any other."""
        now = self._now
        return replace(now.progress) if now is not None and now.job.id == job.id else None

    def _run(self) -> None:
        while not self._closing:
            self._wake.clear()
            try:
                now = self._take()
                if now is not None:
                    self._do(now)
            except PromptOpsError:
                _LOG.exception("the queue of jobs cannot be used now")
                self._wake.wait(_SECONDS_AFTER_REFUSAL)
                continue
            if now is None:
                self._wake.wait()

    def _take(self) -> _Running | None:
        with self._lock:
            job = None if self._closing else self._store.take()
            self._now = None if job is None else _Running(job=job)
            return self._now

    def _do(self, now: _Running) -> None:
        job = now.job
        budget = StoppableBudget(stop=now.stop)
        result: JSON = None
        error: JSON = None
        try:
            result = self._work(job, budget, now.progress)
        except PromptOpsError as problem:
            error = error_of(problem)
        except Exception as problem:  # noqa: BLE001 - a bug in one job stops that job only
            _LOG.exception("job %s", job.id)
            name = type(problem).__name__
            error = {"code": "internal", "message": f"{name}: {problem}", "where": "", "hint": ""}
        with self._lock:
            self._now = None
            if budget.refused:
                ended: State = "canceled" if now.canceled else "interrupted"
                self._store.finish(job.id, ended, result=result)
            else:
                state: State = "done" if error is None else "failed"
                self._store.finish(job.id, state, result=result, error=error)
