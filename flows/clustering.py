"""Group the prompts of a workspace and find duplicates."""

from prefect import flow

from tasks.clustering import cluster


@flow(name="clustering", flow_run_name="group prompts")
def clustering(workspace: str) -> dict[str, int]:
    """Cluster the registry; how many groups and duplicate pairs there are."""
    report = cluster(workspace)
    return {"clusters": len(report.clusters), "duplicates": len(report.duplicates)}
