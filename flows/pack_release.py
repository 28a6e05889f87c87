"""Build a candidate pack and put it where data teams pull from."""

from prefect import flow

from tasks.packing import build_pack, log_pack


@flow(name="pack-release", flow_run_name="build pack {pack}")
def pack_release(workspace: str, pack: str = "") -> dict[str, str]:
    """Build a pack with its evidence and log it to MLflow; its name, digest, status and run."""
    built = build_pack(workspace, pack)
    run = log_pack(workspace, built)
    return {"name": built.name, "digest": built.digest, "status": built.status, "run": run}
