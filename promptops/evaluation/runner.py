"""The evaluation runner: concurrent, cached, resumable."""

from collections.abc import Callable, Mapping, Sequence

from promptops.core.clock import Clock
from promptops.core.store import BlobStore
from promptops.errors import GoldenSetError
from promptops.evaluation.known import ResultWriter, find_results, result_keys
from promptops.evaluation.planning import EvaluationPlan, plan_of
from promptops.evaluation.requests import Retriever, unseen
from promptops.evaluation.result import CaseResult, Evaluation
from promptops.evaluation.target import Target
from promptops.evaluation.work import Job, Progress, Task, Work
from promptops.golden.case import GoldenCase, GoldenSet, cases_digest
from promptops.llm.chat import Chat
from promptops.prompts.digests import variant_digest
from promptops.prompts.model import Prompt
from promptops.scoring.scorer import Scorer
from promptops.tracking.evidence import Evidence, EvidenceStore

EVIDENCE_KIND = "score"

OF_EVERY_CASE = ("model", "fingerprint", "kb", "kb_label", "scorers")
"""The inputs of an evaluation that each of its results depends on; the others say which results
there are."""


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
        results: BlobStore | None = None,
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
            results: Where results of single cases are found and kept; None keeps nothing.
        """
        self._chat = chat
        self._evidence = evidence
        self._fingerprint = fingerprint
        self._clock = clock
        self._code_version = code_version
        self._concurrency = max(1, concurrency)
        self._retriever = retriever
        self._results = results

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

        Left out are cases whose right answer is not known under ``kb_label``, and cases that the
        wording shows as examples. A case that fails is recorded and tried again by the next run.
        Results are kept as they come: an interrupted run costs only what it had not come to.

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
        task = self._task(prompt, golden_cases, target, scorers, kb_label)
        inputs = self.inputs(
            golden_cases,
            target=target,
            scorers=scorers,
            kb_label=kb_label,
            kb_version=kb_version,
            repeats=repeats,
        )
        if record and (known := self._known(task.subject, inputs)):
            return known
        results, jobs = self._places(task, inputs, labeled, repeats)
        work = Work(task, self._chat, ResultWriter(self._results), results, jobs)
        await work.run(self._concurrency, max_failures=max_failures, progress=progress)
        cases = tuple(result for result in results if result is not None)
        evaluation = Evaluation(
            prompt_id=prompt.id, subject=task.subject, target=target, inputs=inputs, cases=cases
        )
        if record and not evaluation.failures:
            self._record(evaluation)
        return evaluation

    def plan(
        self,
        prompt: Prompt,
        golden_cases: GoldenSet | Sequence[GoldenCase],
        *,
        target: Target,
        scorers: Sequence[Scorer],
        kb_label: str | None = None,
        kb_version: str | None = None,
        repeats: int = 1,
    ) -> EvaluationPlan:
        """What `run` with the same arguments would take, and what it can show; calls nothing.

        Raises:
            GoldenSetError: As `run`.
        """
        labeled = _labeled(golden_cases, kb_label)
        inputs = self.inputs(
            golden_cases,
            target=target,
            scorers=scorers,
            kb_label=kb_label,
            kb_version=kb_version,
            repeats=repeats,
        )
        task = self._task(prompt, golden_cases, target, scorers, kb_label)
        jobs: list[Job] = []
        known = self._known(task.subject, inputs)
        if known is not None:
            results: list[CaseResult | None] = list(known.cases)
        else:
            results, jobs = self._places(task, inputs, labeled, repeats)
        there = [result for result in results if result is not None]
        planned = {result.case_id for result in there} | {job.case.id for job in jobs}
        shown = [case.id for case in labeled if case.id not in planned]
        return plan_of(task, self._chat, there, jobs, shown=shown)

    def _task(
        self,
        prompt: Prompt,
        golden_cases: GoldenSet | Sequence[GoldenCase],
        target: Target,
        scorers: Sequence[Scorer],
        kb_label: str | None,
    ) -> Task:
        return Task(
            prompt=prompt,
            subject=variant_digest(prompt, target.variant),
            target=target,
            scorers=tuple(scorers),
            kb_label=kb_label,
            golden=str(golden_cases.path) if isinstance(golden_cases, GoldenSet) else "",
            retriever=self._retriever,
        )

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
            golden = cases_digest(golden_cases)
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

    def _places(
        self, task: Task, inputs: Mapping[str, str], cases: Sequence[GoldenCase], repeats: int
    ) -> tuple[list[CaseResult | None], list[Job]]:
        """A place for every result, those that are known filled, and a job for every other."""
        pairs = [(case, repeat) for case in cases for repeat in range(repeats)]
        keys: Sequence[str] = [""] * len(pairs)
        known: Mapping[str, CaseResult] = {}
        # What a knowledge base without a version brings tomorrow may be something else.
        if self._results is not None and (inputs["kb"] or task.prompt.retrieval is None):
            shared = {name: inputs[name] for name in OF_EVERY_CASE}
            keys = result_keys({"subject": task.subject, **shared}, pairs)
            known = find_results(self._results, keys)
        # A result that is known is of a case that this very wording does not show.
        missing = [case for (case, _), key in zip(pairs, keys, strict=True) if key not in known]
        fresh = {case.id for case in unseen(task.prompt, missing, target=task.target)}
        shown = {case.id for case in missing} - fresh
        results: list[CaseResult | None] = []
        jobs: list[Job] = []
        for (case, repeat), key in zip(pairs, keys, strict=True):
            if case.id in shown:
                continue
            if key not in known:
                jobs.append(Job(place=len(results), case=case, repeat=repeat, key=key))
            results.append(known.get(key))
        if not results:
            raise GoldenSetError(
                "the wording shows every case as an example",
                where=task.prompt.id,
                hint="add cases",
            )
        return results, jobs


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
