"""A knowledge base changed: test what retrieves from it, and nothing else."""

from prefect import flow

from promptops.errors import PromptOpsError
from tasks.limits import llm_slot
from tasks.regression import regress, retrieving


@flow(name="kb-regression", flow_run_name="regression on {kb}")
def kb_regression(workspace: str, kb: str = "") -> dict[str, str]:
    """Test every prompt bound to a knowledge base against its present version.

    Args:
        workspace: The workspace's folder.
        kb: The knowledge base; every one when empty.

    Returns:
        The verdict of each prompt; of one that failed, the error.
    """
    verdicts: dict[str, str] = {}
    with llm_slot(workspace):
        for ref in retrieving(workspace, kb):
            try:
                verdicts[ref] = regress(workspace, ref).verdict
            except PromptOpsError as problem:
                verdicts[ref] = str(problem)
    return verdicts
