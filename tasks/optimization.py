"""Look for a better wording of one prompt."""

from prefect import task

from promptops.operations.optimization import Optimized, optimize_prompt
from promptops.wiring import shared_services
from tasks.policy import LLM


@task(task_run_name="optimize {ref}", **LLM)
def optimize(workspace: str, ref: str) -> Optimized:
    """Propose variants, measure them, and write a proposal when one is better."""
    services = shared_services(workspace)
    return optimize_prompt(services, services.registry.get(ref))
