"""DSPy's MIPROv2: bootstrapped examples, proposed instructions, Bayesian search over both.

Settings: four candidates of each kind (its light preset has six, for ten times the calls), ten
trials on minibatches, a third of the cases to select by. A plain adapter gives the model what our
own prompts give it: the instruction as system message, examples as turns, the input as last
message, no field markers; a small model cannot write those.
"""

import os
import tempfile
from typing import Any

from optimizers.peer import BudgetUsedError, Case, Job, Template, run_jobs

CANDIDATES = 4
PROPOSAL_TOKENS = 300
TRIALS = 10
_DEMOS = 4


def optimize(job: Job) -> None:
    """Run MIPROv2 on a job."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DSPY_CACHEDIR"] = folder
        _optimize(job)


def _optimize(job: Job) -> None:
    import dspy

    dspy.configure_cache(enable_disk_cache=False, enable_memory_cache=True)
    signature = dspy.Signature(f"{', '.join(job.variables)} -> answer", job.instruction)
    settings = {
        "api_base": job.url,
        "api_key": job.key,
        "num_retries": 0,
        "engine": "litellm",
    }
    model = f"openai/{job.model}"
    answering = _counted(dspy.LM)(model, temperature=0.0, max_tokens=job.max_tokens, **settings)
    writing = _counted(dspy.LM)(model, temperature=1.0, max_tokens=PROPOSAL_TOKENS, **settings)
    held = min(20, max(5, job.calls // 7))
    learn, select = job.split(held)
    known = {case.id: case for case in job.cases}

    def example(case: Case) -> Any:
        values = {**case.inputs, "answer": case.answer, "case": case.id}
        return dspy.Example(**values).with_inputs(*job.variables)

    def metric(gold: Any, made: Any, trace: Any = None) -> float | bool:
        score = job.score(known[gold.case], made.answer or "")
        return score if trace is None else score >= 0.5

    search = _watched(dspy.MIPROv2, job)(
        metric=metric,
        prompt_model=writing,
        task_model=answering,
        auto=None,
        num_candidates=CANDIDATES,
        num_threads=1,
        max_bootstrapped_demos=_DEMOS,
        max_labeled_demos=_DEMOS,
        max_errors=1000,
        seed=job.seed + 1,
    )
    with dspy.context(lm=answering, adapter=_adapter(job)):
        search.compile(
            dspy.Predict(signature),
            trainset=list(map(example, learn)),
            valset=list(map(example, select)),
            num_trials=TRIALS,
            minibatch_size=max(3, held * 2 // 5),
        )


def _counted(base: Any) -> Any:
    """An LM whose end of budget ends the search, and for which too long a prompt is no answer."""

    class Counted(base):  # type: ignore[misc]
        def forward(self, *args: Any, **kwargs: Any) -> Any:
            try:
                return super().forward(*args, **kwargs)
            except Exception as problem:
                if "insufficient_quota" in str(problem) or "budget of" in str(problem):
                    raise BudgetUsedError from problem
                raise

    return Counted


def _adapter(job: Job) -> Any:
    import dspy

    class Plain(dspy.Adapter):  # type: ignore[misc]
        """Plain messages in, plain text out."""

        def format(self, signature: Any, demos: Any, inputs: Any) -> Template:
            turns = [
                (_question(job, signature, demo), str(demo[name]))
                for demo in demos
                for name in signature.output_fields
                if demo.get(name)
            ]
            messages = job.messages(signature.instructions, turns)
            return [
                *messages[:-1],
                {"role": "user", "content": _question(job, signature, inputs)},
            ]

        def parse(self, signature: Any, completion: str) -> dict[str, Any]:
            return {name: completion.strip() for name in signature.output_fields}

    return Plain()


def _question(job: Job, signature: Any, values: Any) -> str:
    """The user message of our task; for the questions of MIPRO itself, its fields by name."""
    if set(signature.input_fields) == set(job.variables):
        return job.render(values)
    parts = [f"{name.replace('_', ' ')}: {values.get(name)}" for name in signature.input_fields]
    wanted = ", ".join(name.replace("_", " ") for name in signature.output_fields)
    return "\n\n".join([*parts, f"Write the {wanted}, nothing else."])


def _watched(base: Any, job: Job) -> Any:
    """MIPROv2 that notes the best fully evaluated program."""

    class Watched(base):  # type: ignore[misc]
        def _perform_full_evaluation(self, *args: Any, **kwargs: Any) -> Any:
            before = args[9]  # the best score so far, the default program's at first
            if len(job.trajectory) == 1:
                job.best(job.messages(job.instruction), before / 100)
            found = super()._perform_full_evaluation(*args, **kwargs)
            if found[0] > before:
                _note(job, found[1], found[0])
            return found

    return Watched


def _note(job: Job, program: Any, score: float) -> None:
    predictor = program.predictors()[0]
    turns = [(job.render(demo), str(demo["answer"])) for demo in predictor.demos]
    job.best(job.messages(predictor.signature.instructions, turns), score / 100)


if __name__ == "__main__":
    run_jobs(optimize)
