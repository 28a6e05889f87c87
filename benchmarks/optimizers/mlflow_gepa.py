"""`mlflow.genai.optimize_prompts` with its GepaPromptOptimizer.

The system message is the registered prompt; the user message stays as it is, so no variable can be
lost. The reflection model is reached by LiteLLM, as MLflow's reflection models are. A third of
the cases select (its default would evaluate every wording on all of them).
"""

import os
import tempfile
from pathlib import Path
from typing import Any

from optimizers.gepa_reflection import REFLECTION_TOKENS, SELECT_BY, Best
from optimizers.peer import Job, run_jobs

NAME = "instruction"


def optimize(job: Job) -> None:
    """Run MLflow's optimizer on a job."""
    os.environ["MLFLOW_GENAI_EVAL_MAX_WORKERS"] = "1"
    import mlflow
    from mlflow.genai.optimize.optimizers import GepaPromptOptimizer
    from mlflow.genai.scorers import scorer

    learn, select = job.split(min(SELECT_BY, max(5, job.calls // 7)))
    by_inputs = {job.render(case.inputs): case for case in job.cases}

    with tempfile.TemporaryDirectory() as folder:
        mlflow.set_tracking_uri(f"sqlite:///{Path(folder) / 'mlflow.db'}")
        prompt = mlflow.genai.register_prompt(name=NAME, template=job.instruction)

        def predict(**inputs: str) -> str:
            return job.ask(
                [
                    {"role": "system", "content": prompt.template},
                    {"role": "user", "content": job.render(inputs)},
                ]
            )

        @scorer(name="score")
        def judged(inputs: dict[str, Any], outputs: Any) -> float:
            return job.score(by_inputs[job.render(inputs)], str(outputs))

        def row(case: Any) -> dict[str, Any]:
            return {"inputs": dict(case.inputs), "outputs": case.answer}

        held = [
            {**row(case), "expectations": {"expected_response": case.answer}} for case in select
        ]
        mlflow.genai.optimize_prompts(
            predict_fn=predict,
            train_data=[row(case) for case in learn],
            prompt_uris=[prompt.uri],
            optimizer=GepaPromptOptimizer(
                reflection_model=f"openai:/{job.model}",
                max_metric_calls=job.calls,
                gepa_kwargs={
                    "valset": held,
                    "reflection_lm_kwargs": {
                        "api_base": job.url,
                        "api_key": job.key,
                        "temperature": 1.0,
                        "max_tokens": REFLECTION_TOKENS,
                        "num_retries": 0,
                    },
                    "stop_callbacks": [lambda _: job.exhausted()],
                    "callbacks": [Best(job)],
                    "cache_evaluation": True,
                    "seed": job.seed,
                    "raise_on_exception": False,
                },
            ),
            scorers=[judged],
            enable_tracking=False,
        )


if __name__ == "__main__":
    run_jobs(optimize)
