"""Measure one prompt."""

from functools import partial

from prefect import task

from promptops.operations.evaluation import Measured, evaluate_prompt, plan_calls
from promptops.wiring import shared_services
from tasks.policy import LLM, RETRIED


@task(task_run_name="evaluate {ref}", **LLM)
def evaluate(workspace: str, ref: str) -> Measured:
    """Run a prompt over its golden set, or find that it was."""
    services = shared_services(workspace)
    report = partial(services.progress, f"evaluate {ref}")
    return evaluate_prompt(services, services.registry.get(ref), progress=report)


@task(task_run_name="plan {ref}", **RETRIED)
def plan(workspace: str, ref: str) -> int:
    """The calls that measuring a prompt would take at most; 0 when it is known."""
    services = shared_services(workspace)
    return plan_calls(services, services.registry.get(ref))
