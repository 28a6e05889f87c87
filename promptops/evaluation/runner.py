"""The evaluation runner: concurrent, cached, resumable."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import anyio
import anyio.to_thread

from promptops.core.canonical import JSON, digest
from promptops.core.clock import Clock
from promptops.errors import (
    BudgetExceededError,
    GoldenSetError,
    MissingKeyError,
    ModelNotInstalledError,
    PromptOpsError,
    StorageError,
    UnknownModelError,
    UsageError,
)
from promptops.evaluation.requests import (
    Retrieved,
    Retriever,
    build_request,
    fitting,
    retrieve,
    unseen,
)
from promptops.evaluation.result import CaseResult, Evaluation
from promptops.evaluation.target import Target
from promptops.golden.case import GoldenCase, GoldenSet
from promptops.llm.chat import Chat, Completion
from promptops.prompts.digests import variant_digest
from promptops.prompts.model import Prompt
from promptops.scoring.scorer import Scorer
from promptops.tracking.evidence import Evidence, EvidenceStore

Progress = Callable[[int, int], None]
"""Told how many cases are done, and of how many."""

EVIDENCE_KIND = "score"

# Errors that every further case would meet as well: the run ends at once. Answers that came
# before are in the answer cache, so nothing is paid for twice.
_FATAL = (
    BudgetExceededError,
    StorageError,
    MissingKeyError,
    ModelNotInstalledError,
    UnknownModelError,
    UsageError,
)


@dataclass(slots=True)
class _Run:
    """The shared state of one run's workers."""

    results: list[CaseResult | None]
    queue: Iterator[tuple[int, GoldenCase, int]]
    max_failures: int | None
    progress: Progress | None
    done: int = 0
    stopped: PromptOpsError | None = None
    failures: list[PromptOpsError] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What every case of one run shares."""

    prompt: Prompt
    target: Target
    scorers: tuple[Scorer, ...]
    kb_label: str | None
    golden: str = ""


class Evaluator:
    """Runs prompts over golden cases.

    Asks the evidence first: what was measured once is not measured again. Cases are sent in
    order, so calls that share a prompt prefix follow each other and the provider's prefix cache
    serves them. Safe to use from several threads, each with its own event loop.
    """

    def __init__(
        self,
        chat: Chat,
        evidence: EvidenceStore | None,
        *,
        fingerprint: Callable[[str], str],
        clock: Clock,
        code_version: str,
        concurrency: int = 4,
        retriever: Retriever | None = None,
    ) -> None:
        """Keep the parts; nothing is called yet.

        Args:
            chat: Answers requests; caches, meters and limits are its own matter.
            evidence: Where measurements are found and kept; None keeps nothing.
            fingerprint: What identifies the weights behind a model id.
            clock: Dates the evidence.
            code_version: What measured, for the record.
            concurrency: Calls in flight at once.
            retriever: Finds the context of prompts that retrieve.
        """
        self._chat = chat
        self._evidence = evidence
        self._fingerprint = fingerprint
        self._clock = clock
        self._code_version = code_version
        self._concurrency = max(1, concurrency)
        self._retriever = retriever

    async def run(
        self,
        prompt: Prompt,
        golden_cases: GoldenSet | Sequence[GoldenCase],
        *,
        target: Target,
        scorers: Sequence[Scorer],
        kb_label: str | None = None,
        kb_version: str | None = None,
        progress: Progress | None = None,
        max_failures: int | None = None,
        repeats: int = 1,
        record: bool = True,
    ) -> Evaluation:
        """Run a prompt over cases and score the answers.

        Cases whose right answer is not known under ``kb_label`` are left out, and so are cases
        that the wording shows as examples: they would measure its memory. A case that fails
        is recorded with its error and the run goes on; an evaluation with failures is not kept
        as evidence, so the next run tries them again (and finds the others in the answer cache).

        Args:
            prompt: The prompt; the target's variant of it runs.
            golden_cases: A golden set or some of its cases.
            target: What to run on.
            scorers: What to score by, at least one.
            kb_label: Label of the knowledge base in use, which decides what is expected.
            kb_version: Digest of the knowledge base (and of how it is indexed).
            progress: Told after every case.
            max_failures: Stop after more failures than this; None never stops.
            repeats: Draws a case, for models that answer differently each time.
            record: Whether to look into the evidence and to add to it.

        Raises:
            GoldenSetError: No case has a known answer, or all are shown as examples.
            BudgetExceededError: The budget ended in the middle.
            PromptOpsError: Every case failed, more than ``max_failures`` did, or the failure
                would meet every case (a missing key, an unknown model, a full disk).
        """
        labeled = _labeled(golden_cases, kb_label)
        subject = variant_digest(prompt, target.variant)
        inputs = self.inputs(
            golden_cases,
            target=target,
            scorers=scorers,
            kb_label=kb_label,
            kb_version=kb_version,
            repeats=repeats,
        )
        if record and (known := self._known(subject, inputs)):
            return known
        if not (cases := unseen(prompt, labeled, target=target)):
            raise GoldenSetError(
                "the wording shows every case as an example", where=prompt.id, hint="add cases"
            )
        task = _Task(
            prompt=prompt,
            target=target,
            scorers=tuple(scorers),
            kb_label=kb_label,
            golden=str(golden_cases.path) if isinstance(golden_cases, GoldenSet) else "",
        )
        results = await self._run(task, cases, repeats, progress, max_failures)
        evaluation = Evaluation(
            prompt_id=prompt.id, subject=subject, target=target, inputs=inputs, cases=results
        )
        if record and not evaluation.failures:
            self._record(evaluation)
        return evaluation

    def inputs(
        self,
        golden_cases: GoldenSet | Sequence[GoldenCase],
        *,
        target: Target,
        scorers: Sequence[Scorer],
        kb_label: str | None = None,
        kb_version: str | None = None,
        repeats: int = 1,
    ) -> dict[str, str]:
        """What an evaluation depends on beside the wording: the key of its evidence."""
        if isinstance(golden_cases, GoldenSet):
            golden = golden_cases.digest
        else:
            golden = digest([case.to_json() for case in golden_cases])
        return {
            "model": target.model,
            "fingerprint": self._fingerprint(target.model),
            "golden": golden,
            "kb": "" if kb_version is None else kb_version,
            "kb_label": "" if kb_label is None else kb_label,
            "scorers": ",".join(f"{scorer.name}@{scorer.version}" for scorer in scorers),
            "repeats": str(repeats),
        }

    def _known(self, subject: str, inputs: Mapping[str, str]) -> Evaluation | None:
        if self._evidence is None:
            return None
        found = self._evidence.find(subject, EVIDENCE_KIND, inputs)
        return None if found is None else Evaluation.from_json(found.value)

    def _record(self, evaluation: Evaluation) -> None:
        if self._evidence is None:
            return
        self._evidence.add(
            Evidence(
                subject=evaluation.subject,
                kind=EVIDENCE_KIND,
                inputs=evaluation.inputs,
                value=evaluation.to_json(),
                measured_at=self._clock(),
                code_version=self._code_version,
            )
        )

    async def _run(
        self,
        task: _Task,
        cases: Sequence[GoldenCase],
        repeats: int,
        progress: Progress | None,
        max_failures: int | None,
    ) -> tuple[CaseResult, ...]:
        work = [(case, repeat) for case in cases for repeat in range(repeats)]
        run = _Run(
            results=[None] * len(work),
            queue=((place, case, repeat) for place, (case, repeat) in enumerate(work)),
            max_failures=max_failures,
            progress=progress,
        )
        # Workers take from one queue: never more than `concurrency` requests exist at once,
        # however large the golden set is.
        async with anyio.create_task_group() as group:
            for _ in range(min(self._concurrency, len(work))):
                group.start_soon(self._work, task, run)
        if run.stopped is not None:
            raise run.stopped
        if run.failures and len(run.failures) == len(work):
            raise run.failures[0]
        return tuple(result for result in run.results if result is not None)

    async def _work(self, task: _Task, run: _Run) -> None:
        for place, case, repeat in run.queue:
            try:
                run.results[place] = await self._case(task, case, repeat)
            except _FATAL as problem:
                run.stopped = run.stopped or problem
            except PromptOpsError as problem:
                run.failures.append(problem)
                run.results[place] = CaseResult(case_id=case.id, repeat=repeat, error=str(problem))
                if run.max_failures is not None and len(run.failures) > run.max_failures:
                    run.stopped = run.stopped or problem
            if run.stopped is not None:
                return
            run.done += 1
            if run.progress is not None:
                run.progress(run.done, len(run.results))

    async def _case(self, task: _Task, case: GoldenCase, repeat: int) -> CaseResult:
        context: Retrieved | None = None
        with fitting(task.prompt, case, golden=task.golden):
            if task.prompt.retrieval is not None:
                # Retrieval may load an embedding model: not on the event loop's thread.
                context = await anyio.to_thread.run_sync(
                    retrieve, task.prompt, case.inputs, self._retriever
                )
            request = build_request(
                task.prompt, case.inputs, target=task.target, context=context, repeat=repeat
            )
        completion = await self._chat.complete(request)
        return _scored(task, case, completion, context=context, repeat=repeat)


def _labeled(
    golden: GoldenSet | Sequence[GoldenCase], kb_label: str | None
) -> tuple[GoldenCase, ...]:
    cases = golden.cases if isinstance(golden, GoldenSet) else golden
    labeled = tuple(case for case in cases if case.is_labeled(kb_label))
    if not labeled:
        where = str(golden.path) if isinstance(golden, GoldenSet) else ""
        raise GoldenSetError(
            f"no case has a known answer for knowledge base {kb_label or '(none)'}"
            if cases
            else "there is no case to evaluate",
            where=where,
        )
    return labeled


def _scored(
    task: _Task,
    case: GoldenCase,
    completion: Completion,
    *,
    context: Retrieved | None,
    repeat: int,
) -> CaseResult:
    expected: JSON = case.expected_for(task.kb_label)
    scores: dict[str, float] = {}
    reasons: dict[str, str] = {}
    errors: list[str] = []
    for scorer in task.scorers:
        try:
            score = scorer.score(
                answer=completion.text, case=case, expected=expected, prompt=task.prompt
            )
        except Exception as problem:  # noqa: BLE001 - a scorer may be anybody's code
            errors.append(f"scorer {scorer.name} raised {type(problem).__name__}: {problem}")
        else:
            scores[scorer.name], reasons[scorer.name] = score.value, score.reason
    return CaseResult(
        case_id=case.id,
        answer=completion.text,
        scores=scores,
        reasons=reasons,
        input_tokens=completion.usage.input_tokens,
        output_tokens=completion.usage.output_tokens,
        latency_ms=completion.latency_ms,
        cost_usd=completion.cost_usd,
        cached=completion.cached,
        error="; ".join(errors) or None,
        context_chunks=() if context is None else context.chunks,
        repeat=repeat,
    )
