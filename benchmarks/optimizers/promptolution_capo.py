"""CAPO of promptolution: an evolution of instructions and examples with racing.

Settings: a population of four (the instruction and three variations by its own function), two
crossovers a step, blocks of six cases, up to five examples; examples are not answered anew by
the model, which would only cost calls. Everything is one user message, as CAPO writes it.
"""

import random
from typing import Any

from optimizers.peer import Case, Job, Template, run_jobs

POPULATION, CROSSOVERS, BLOCK, EXAMPLES = 4, 2, 6, 5
SYSTEM = "You are a helpful assistant."
META_TOKENS = 300
_STEPS = 50


def optimize(job: Job) -> None:
    """Run CAPO on a job."""
    import numpy as np
    import pandas as pd
    from promptolution.optimizers.capo import CAPO
    from promptolution.tasks.reward_tasks import RewardTask
    from promptolution.utils.callbacks import BaseCallback
    from promptolution.utils.prompt_creation import create_prompt_variation

    random.seed(job.seed)
    np.random.seed(job.seed)  # pandas samples by the global state
    shown, measured = job.split(len(job.cases) * 2 // 3)
    known = {case.id: case for case in job.cases}

    def table(cases: list[Case]) -> Any:
        rows = [(job.render(case.inputs), case.answer, case.id) for case in cases]
        return pd.DataFrame(rows, columns=["x", "y", "case"])

    task = RewardTask(
        df=table(measured),
        reward_function=lambda prediction, case: job.score(known[case], prediction),
        x_column="x",
        y_column="y",
        reward_columns=["case"],
        task_description=job.instruction,
        n_subsamples=BLOCK,
        eval_strategy="sequential_block",
        seed=job.seed,
    )
    meta = _model(job, temperature=1.0, max_tokens=META_TOKENS)

    class Watch(BaseCallback):  # type: ignore[misc]
        """Notes the best of each generation."""

        def on_step_end(self, optimizer: Any) -> bool:
            job.best(_messages(job, optimizer.prompts[0]), float(optimizer.scores[0]))
            return not job.exhausted()

    variations = create_prompt_variation([job.instruction] * (POPULATION - 1), meta)
    search = CAPO(
        predictor=_predictor(_model(job, temperature=0.0, max_tokens=job.max_tokens)),
        task=task,
        meta_llm=meta,
        initial_prompts=[job.instruction, *variations],
        crossovers_per_iter=CROSSOVERS,
        upper_shots=EXAMPLES,
        create_fs_reasoning=False,
        check_fs_accuracy=False,
        df_few_shots=table(shown)[["x", "y"]],
        callbacks=[Watch()],
    )
    search.optimize(_STEPS)


def _messages(job: Job, prompt: Any) -> Template:
    """CAPO's prompt: what it constructs, a line break, the input."""
    text = f"{prompt.construct_prompt()}\n{job.user}"
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": text}]


def _model(job: Job, **params: Any) -> Any:
    from promptolution.llms.base_llm import BaseLLM

    class Endpoint(BaseLLM):  # type: ignore[misc]
        """Its own client asks again and again after a refusal; this one stops."""

        def _get_response(self, prompts: list[str], system_prompts: list[str]) -> list[str]:
            return [self._one(*each) for each in zip(system_prompts, prompts, strict=True)]

        def _one(self, system: str, prompt: str) -> str:
            messages = [
                {"role": "system", "content": system},
                {"role": "user", "content": prompt},
            ]
            try:
                return job.chat(messages, **params)
            except ValueError:
                return ""  # too long for the model

    return Endpoint()


def _predictor(model: Any) -> Any:
    from promptolution.predictors.base_predictor import BasePredictor

    class Whole(BasePredictor):  # type: ignore[misc]
        """The answer as it is: our metric reads it."""

        def _extract_preds(self, preds: list[str]) -> list[str]:
            return preds

    return Whole(model)


if __name__ == "__main__":
    run_jobs(optimize)
