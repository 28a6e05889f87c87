"""Measure one prompt."""

from functools import partial

from prefect import task

from promptops.operations.evaluation import Measured, evaluate_prompt
from promptops.wiring import shared_services
from tasks.policy import LLM


@task(task_run_name="evaluate {ref}", **LLM)
def evaluate(workspace: str, ref: str) -> Measured:
    """Run a prompt over its golden set, or find that it was."""
    services = shared_services(workspace)
    report = partial(services.progress, f"evaluate {ref}")
    return evaluate_prompt(services, services.registry.get(ref), progress=report)
