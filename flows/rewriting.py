"""Propose wording for other model families over a whole registry."""

from collections.abc import Sequence

from prefect import flow

from tasks.rewriting import prompts_to_rewrite, rewrite


@flow(name="rewriting", flow_run_name="rewrite for other families")
def rewriting(workspace: str, only: Sequence[str] = ()) -> dict[str, str]:
    """Rewrite prompts for the workspace's families; the proposal of each, empty for none."""
    refs = only or prompts_to_rewrite(workspace)
    done = {ref: rewrite(workspace, ref) for ref in refs}
    return {ref: result.proposal.id if result.proposal else "" for ref, result in done.items()}
