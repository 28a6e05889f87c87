"""Rewrite one prompt for other model families."""

from prefect import task

from promptops.operations.rewriting import Rewritten, rewrite_prompt
from promptops.wiring import shared_services
from tasks.policy import RETRIED


@task(task_run_name="rewrite {ref}", **RETRIED)
def rewrite(workspace: str, ref: str) -> Rewritten:
    """Rewrite a prompt for the workspace's families and write one proposal."""
    services = shared_services(workspace)
    return rewrite_prompt(services, services.registry.get(ref))


@task(task_run_name="list prompts", **RETRIED)
def prompts_to_rewrite(workspace: str) -> list[str]:
    """Every prompt of the registry."""
    files, _ = shared_services(workspace).registry.load_all()
    return [file.prompt.id for file in files]
