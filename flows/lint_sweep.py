"""Lint the prompts of a workspace and keep the counts, so that a trend can be seen."""

from prefect import flow
from prefect.artifacts import create_table_artifact

from tasks.linting import lint, record_lint


@flow(name="lint-sweep", flow_run_name="lint the registry")
def lint_sweep(workspace: str) -> dict[str, int]:
    """Lint every prompt, and write the counts to MLflow by severity, group and rule.

    Returns:
        Counts of prompts, errors, warnings, infos, and of what could not be checked.
    """
    report = lint(workspace)
    record_lint(workspace, report)
    summary = report.summary()
    ranked = sorted(summary["by_code"].items(), key=lambda item: (-item[1], item[0]))
    create_table_artifact(
        key="lint",
        table=[{"rule": code, "findings": count} for code, count in ranked],
        description=f"{summary['findings']} findings in {summary['checked']} prompts",
    )
    return {name: summary[name] for name in ("checked", "errors", "warnings", "infos", "skipped")}
