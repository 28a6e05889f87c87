"""Propose wording for other models and families over a whole registry."""

from collections.abc import Sequence
from itertools import islice

from prefect import flow

from tasks.rewriting import prompts_to_rewrite, rewrite_batch

_BATCH = 50
"""Prompts a task: a task run costs a second or more, a rewrite milliseconds."""


@flow(name="rewriting", flow_run_name="rewrite for other models")
def rewriting(
    workspace: str,
    only: Sequence[str] = (),
    families: Sequence[str] = (),
    models: Sequence[str] = (),
    every_family: bool = False,
) -> dict[str, str]:
    """Rewrite prompts for targets, the workspace's families when none are named.

    Variants whose base wording or dialect has changed are derived again.

    Returns:
        What came of each prompt: its proposal, the targets that were refused, and those that take
        the request only when a person has mended it.
    """
    refs = iter(only or prompts_to_rewrite(workspace))
    found: dict[str, str] = {}
    while batch := list(islice(refs, _BATCH)):
        found |= rewrite_batch(workspace, batch, families, models, every_family)
    return found
