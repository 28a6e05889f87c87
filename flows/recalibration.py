"""Learn from logged runs which target should answer what."""

from prefect import flow

from tasks.routing import recalibrate


@flow(name="recalibration", flow_run_name="recalibrate routing")
def recalibration(workspace: str, *, apply: bool = True) -> dict[str, int]:
    """Recalibrate every policy; the number of prompts that change target, by policy."""
    return {
        item.policy.name: len(item.report.changed) for item in recalibrate(workspace, apply=apply)
    }
