"""Write what people look at: MLflow runs and the report."""

from prefect import task

from promptops.operations.night import Night
from promptops.operations.tracking import record_night, save_report
from promptops.reporting.night import NightReport
from promptops.wiring import shared_services
from tasks.policy import ONCE, RETRIED


@task(task_run_name="record the night in MLflow", **RETRIED)
def record(workspace: str, night: Night) -> dict[str, str]:
    """Mirror the night in MLflow; links to look at."""
    return record_night(shared_services(workspace), night)


@task(task_run_name="write the report", **ONCE)
def write_report(workspace: str, report: NightReport) -> NightReport:
    """Write the report as HTML and JSON; the report with its place."""
    return save_report(shared_services(workspace), report)
