"""Test one prompt against its knowledge base."""

from prefect import task

from promptops.operations.regression import Regressed, bound_to, regress_prompt
from promptops.wiring import shared_services
from tasks.policy import LLM, RETRIED


@task(task_run_name="regression of {ref}", **LLM)
def regress(workspace: str, ref: str) -> Regressed:
    """Compare a prompt on the knowledge base it was verified with and on the present one."""
    services = shared_services(workspace)
    return regress_prompt(services, services.registry.get(ref))


@task(task_run_name="list prompts bound to {kb}", **RETRIED)
def retrieving(workspace: str, kb: str) -> list[str]:
    """The prompts that retrieve from a knowledge base; from any when empty."""
    return bound_to(shared_services(workspace), kb)
