"""Propose to bind a prompt to the knowledge base that it was just measured with."""

from promptops.core.clock import Clock
from promptops.prompts.loader import PromptFile
from promptops.prompts.proposals import Proposal
from promptops.regression.result import RegressionResult

ACCEPTABLE = frozenset({"BASELINE", "PASS", "IMPROVED"})
"""Verdicts after which a new version may be bound."""


def to_proposal(
    result: RegressionResult, file: PromptFile, version: str, clock: Clock
) -> Proposal | None:
    """The proposal to set ``retrieval.version``.

    Args:
        result: The run that measured the new version.
        file: The prompt.
        version: The new version of the knowledge base.
        clock: Dates the proposal.

    Returns:
        None when the verdict does not allow it, the prompt does not retrieve, or it is bound to
        that version already.
    """
    retrieval = file.prompt.retrieval
    if result.verdict not in ACCEPTABLE or retrieval is None or retrieval.version == version:
        return None
    bound = retrieval.model_copy(update={"version": version})
    return Proposal.of(
        file,
        file.prompt.replace(retrieval=bound),
        kind="rebind",
        title=f"Bind {file.prompt.id} to {result.kb} {result.new.partition(' ')[0]}",
        summary=f"{result.verdict}: {result.conclusion.reason}.",
        evidence={key: value for key, value in result.to_json().items() if key != "cases"},
        clock=clock,
    )
