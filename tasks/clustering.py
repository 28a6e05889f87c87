"""Group the registry."""

from prefect import task

from promptops.cluster.report import ClusterReport
from promptops.operations.cluster_tracking import record_clustering
from promptops.operations.clustering import cluster_registry
from promptops.wiring import shared_services
from tasks.policy import RETRIED


@task(task_run_name="group the registry", **RETRIED)
def cluster(workspace: str) -> ClusterReport:
    """Groups, duplicates and the map of every prompt."""
    return cluster_registry(shared_services(workspace))


@task(task_run_name="record the groups in MLflow", **RETRIED)
def record_groups(workspace: str, report: ClusterReport) -> dict[str, str]:
    """Write groups, numbers and the map to MLflow; where to look at them."""
    return record_clustering(shared_services(workspace), report)
