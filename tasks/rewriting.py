"""Rewrite prompts for models and families."""

from collections.abc import Sequence

from prefect import task

from promptops.errors import PromptOpsError
from promptops.operations.rewriting import Rewritten, rewrite_prompt, targets_of
from promptops.prompts.registry import SUFFIX
from promptops.wiring import shared_services
from tasks.policy import RETRIED


@task(task_run_name="rewrite {ref}", **RETRIED)
def rewrite(workspace: str, ref: str) -> Rewritten:
    """Rewrite a prompt for the workspace's families and write one proposal."""
    services = shared_services(workspace)
    return rewrite_prompt(services, services.registry.get(ref))


@task(task_run_name="rewrite {refs[0]} and on", **RETRIED)
def rewrite_batch(
    workspace: str,
    refs: Sequence[str],
    families: Sequence[str] = (),
    models: Sequence[str] = (),
    every_family: bool = False,
) -> dict[str, str]:
    """Rewrite prompts and write one proposal each; what came of each, in words.

    A prompt that cannot be rewritten stops no other one. Doing it again changes nothing: a proposal
    is known by what it changes.
    """
    services = shared_services(workspace)
    targets = targets_of(services, families=families, models=models, every=every_family)
    found = {}
    for ref in refs:
        try:
            found[ref] = _outcome(
                rewrite_prompt(services, services.registry.get(ref), targets=targets)
            )
        except PromptOpsError as problem:
            found[ref] = f"error[{problem.code}]: {problem}"
    return found


def _outcome(found: Rewritten) -> str:
    proposed = found.proposal.id if found.proposal else "nothing to propose"
    refused = [f"refused for {name}: {reason}" for name, reason in found.refused.items()]
    left = [
        f"cannot be sent to {each.name}: {', '.join(skip.reason for skip in each.by_hand)}"
        for each in found.rewrites
        if each.by_hand
    ]
    return "; ".join([proposed, *refused, *left])


@task(task_run_name="list prompts", **RETRIED)
def prompts_to_rewrite(workspace: str) -> list[str]:
    """Every prompt of the registry; of one that cannot be read its own task tells."""
    paths = shared_services(workspace).registry.paths()
    return list(dict.fromkeys(path.name.removesuffix(SUFFIX) for path in paths))
