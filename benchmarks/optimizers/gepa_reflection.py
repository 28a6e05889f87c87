"""GEPA by its own package: reflect on answers, rewrite the instruction, keep a Pareto front.

Settings: its default adapter and default reflection prompt, three cases a reflection, a third of
the cases to select by (its documentation asks for a small validation set when calls are few),
answers of a wording that was measured before are not asked for again.
"""

from typing import Any

import gepa
from gepa.adapters.default_adapter.default_adapter import EvaluationResult

from optimizers.peer import Case, Job, Template, run_jobs

SELECT_BY = 20
REFLECTION_TOKENS = 512


def optimize(job: Job) -> None:
    """Run GEPA on a job."""
    learn, select = job.split(min(SELECT_BY, max(5, job.calls // 7)))
    known = {case.id: case for case in job.cases}

    def row(case: Case) -> dict[str, Any]:
        return {
            "input": job.render(case.inputs),
            "answer": case.answer,
            "additional_context": {"id": case.id},
        }

    def judge(data: dict[str, Any], response: str) -> EvaluationResult:
        score = job.score(known[data["additional_context"]["id"]], response)
        if score == 1.0:
            return EvaluationResult(score=score, feedback="This answer is correct.")
        feedback = f"This answer is wrong (score {score:.2f}). The right one is: {data['answer']}"
        return EvaluationResult(score=score, feedback=feedback)

    def reflect(prompt: str | Template) -> str:
        asked = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else prompt
        return job.chat(asked, temperature=1.0, max_tokens=REFLECTION_TOKENS)

    gepa.optimize(
        seed_candidate={"instruction": job.instruction},
        trainset=list(map(row, learn)),
        valset=list(map(row, select)),
        task_lm=job.ask,
        evaluator=judge,
        reflection_lm=reflect,
        max_metric_calls=job.calls,
        stop_callbacks=[lambda _: job.exhausted()],
        callbacks=[Best(job)],
        cache_evaluation=True,
        seed=job.seed,
        raise_on_exception=False,
    )


class Best:
    """Notes each candidate that is the best on all cases to select by."""

    def __init__(self, job: Job) -> None:
        """Watch a job."""
        self._job = job
        self._score = float("-inf")

    def on_valset_evaluated(self, event: dict[str, Any]) -> None:
        """Called by GEPA after each full evaluation."""
        score = float(event["average_score"])
        whole = event["num_examples_evaluated"] == event["total_valset_size"]
        if whole and score > self._score:
            self._score = score
            text = next(iter(event["candidate"].values()))
            self._job.best(self._job.messages(text), score)


if __name__ == "__main__":
    run_jobs(optimize)
