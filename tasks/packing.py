"""Build packs and log them."""

from prefect import task

from promptops.operations.packing import build_candidate
from promptops.operations.tracking import record_pack
from promptops.packs.build import Pack
from promptops.wiring import shared_services
from tasks.policy import RETRIED


@task(task_run_name="build pack {pack}", **RETRIED)
def build_pack(workspace: str, pack: str = "") -> Pack:
    """Build a candidate pack from the registry and the evidence."""
    return build_candidate(shared_services(workspace), pack)


@task(task_run_name="log pack", **RETRIED)
def log_pack(workspace: str, pack: Pack) -> str:
    """Log a built pack to MLflow as artifacts of a run of its own; the run's id."""
    return record_pack(shared_services(workspace), pack)
