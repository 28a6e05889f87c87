"""Group the prompts of a workspace, find duplicates, and keep the map, so that drift is seen."""

from prefect import flow
from prefect.artifacts import create_table_artifact

from promptops.operations.cluster_tracking import group_rows
from tasks.clustering import cluster, record_groups


@flow(name="clustering", flow_run_name="group prompts")
def clustering(workspace: str) -> dict[str, int]:
    """Cluster the registry, and write groups, numbers and the map to MLflow.

    Returns:
        Counts of clusters, duplicate pairs, outliers, and of prompts that changed their cluster.
    """
    report = cluster(workspace)
    record_groups(workspace, report)
    summary = report.summary
    create_table_artifact(
        key="clusters",
        table=group_rows(report),
        description=f"{summary['clusters']} clusters of {summary['items']} prompts",
    )
    return {
        "clusters": summary["clusters"],
        "duplicates": summary["duplicate_pairs"],
        "outliers": summary["noise"],
        "moved": summary["moved"],
    }
