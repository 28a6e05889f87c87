"""Lint the registry."""

from prefect import task

from promptops.lint.report import LintReport
from promptops.operations.lint_sweep import record_sweep
from promptops.operations.linting import lint_registry
from promptops.wiring import shared_services
from tasks.policy import CORES, RETRIED


@task(task_run_name="lint the registry", **RETRIED)
def lint(workspace: str) -> LintReport:
    """Findings over every prompt file."""
    return lint_registry(shared_services(workspace), workers=CORES)


@task(task_run_name="record the lint run in MLflow", **RETRIED)
def record_lint(workspace: str, report: LintReport) -> dict[str, str]:
    """Write the counts to MLflow; where to look at them."""
    return record_sweep(shared_services(workspace), report)
