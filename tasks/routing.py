"""Recalibrate routing from logged runs."""

from prefect import task

from promptops.operations.routing import Recalibrated, recalibrate_policies
from promptops.wiring import shared_services
from tasks.policy import RETRIED


@task(task_run_name="recalibrate routing", **RETRIED)
def recalibrate(workspace: str, *, apply: bool = True) -> tuple[Recalibrated, ...]:
    """New estimates for every policy, and what they change."""
    return recalibrate_policies(shared_services(workspace), apply=apply)
